"""Telling both sides where a recall stands, and a customer what became of a dispute. Each message has its key."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import Customer, Disposition
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.reviews import services as desk
from core.ui import formats
from ledger.money import Money
from payments.recalls import presenting, reasons
from payments.recalls.models import Dispute, Recall
from payments.recalls.states import State

REQUEST, ANSWER, DISPUTE = "recalls.request", "recalls.answer", "recalls.dispute"
EVENTS = (
    Event(REQUEST, gettext_lazy("Somebody asks for money back"), MONEY),
    Event(ANSWER, gettext_lazy("Money you asked back"), MONEY),
    Event(DISPUTE, gettext_lazy("A movement you told us about"), MONEY),
)


def tell(fact: Fact) -> None:
    """This handler will tell the payer, and the payee who is asked, where a recall stands."""
    recall = Recall.objects.select_related("payer__user", "transfer", "payment", "abroad").get(
        public_id=fact.payload["recall"]
    )
    state = State(fact.payload["state"])
    if recall.transfer_id is not None:
        _tell_payee(recall, state, fact)
    if recall.payer.user is None:
        return
    inbox.send(
        user=recall.payer.user,
        event=ANSWER,
        key=f"recall:{recall.public_id}:{state.value}",
        text=lambda: _to_payer(recall, state),
        link=reverse("recall", args=[recall.public_id]),
        now=fact.created_at,
    )


def _tell_payee(recall: Recall, state: State, fact: Fact) -> None:
    if state not in {State.ASKED, State.UNANSWERED} or recall.transfer is None:
        return
    holders = Disposition.objects.filter(
        bank_account_id=recall.transfer.destination_id, customer__user__isnull=False
    ).select_related("customer__user")
    for holder in holders.exclude(customer_id=recall.payer_id):
        inbox.send(
            user=holder.customer.user,  # type: ignore[arg-type]  # the filter above says there is one
            event=REQUEST,
            key=f"recall:{recall.public_id}:payee:{state.value}",
            text=lambda: _to_payee(recall, state),
            link=reverse("recall_asked", args=[recall.public_id]),
            now=fact.created_at,
        )


def _figures(recall: Recall) -> dict[str, str]:
    paid = recall.paid
    refusal = reasons.refusal(recall.answer_code)
    return {
        "amount": formats.amount(Money(recall.amount, recall.currency).decimal, recall.currency),
        "payee": recall.payee_name,
        "payer": paid.payer_name,
        "until": formats.moment(timezone.localtime(recall.answer_by), get_language()),
        "reference": recall.reference,
        "paid": paid.reference,
        "reason": str(refusal.tells),
        "advice": str(refusal.advice),
    }


def _to_payee(recall: Recall, state: State) -> tuple[str, str]:
    figures = _figures(recall)
    if state is State.ASKED:
        return _("%(payer)s asks for %(amount)s back") % figures, _(
            "It came with the transfer %(paid)s. Look at it and say yes or no until %(until)s. Nothing leaves your "
            "account without your word. Answer here in the bank alone, never by a link or on the telephone."
        ) % figures
    return _("The request for %(amount)s is over") % figures, _(
        "You have not answered %(payer)s, and no money has left your account. Reference %(reference)s."
    ) % figures


def _to_payer(recall: Recall, state: State) -> tuple[str, str]:
    figures = _figures(recall)
    match state:
        case State.ASKED:
            return _("You asked for %(amount)s back") % figures, _(
                "We ask for you and tell you the answer, until %(until)s at the latest. We cannot force it. Reference "
                "%(reference)s."
            ) % figures
        case State.SENT:
            return _("The other bank has your request for %(amount)s") % figures, _(
                "It has until %(until)s. We cannot force it. Reference %(reference)s."
            ) % figures
        case State.AGREED:
            return _("The other bank agrees to send %(amount)s back") % figures, _(
                "The money is not here yet; we tell you when it is. Reference %(reference)s."
            ) % figures
        case State.REFUSED:
            return _("%(amount)s does not come back") % figures, _(
                "%(reason)s %(advice)s Reference %(reference)s."
            ) % figures
        case State.UNANSWERED:
            return _("Nobody has answered about %(amount)s") % figures, _(
                "The time for an answer is over. What you can do now stands on the page of your request. Reference "
                "%(reference)s."
            ) % figures
    return _returned(recall, figures)


def _returned(recall: Recall, figures: dict[str, str]) -> tuple[str, str]:
    if recall.abroad is None:
        return _("%(amount)s is back") % figures, _(
            "The money of your payment %(paid)s is on your account again. Reference %(reference)s."
        ) % figures
    came = Money(recall.abroad.came_back or 0, recall.currency)  # banks on the way may have kept some of it
    figures["amount"] = formats.amount(came.decimal, recall.currency)
    told = f"{presenting.back_from_abroad(recall.abroad)} "
    return _("%(amount)s is back") % figures, told + _("Reference %(reference)s.") % figures


def disputed(dispute: Dispute) -> None:
    """This function will tell a customer that a movement is being looked into. Joins the open transaction."""
    _about(dispute, dispute.opened_at)


def settled(dispute: Dispute) -> None:
    """This function will tell a customer what colleagues have decided. Joins the open transaction."""
    if dispute.ended_at is not None:
        _about(dispute, dispute.ended_at)


def _about(dispute: Dispute, now: object) -> None:
    customer = Customer.objects.select_related("user").get(pk=dispute.customer_id)
    if customer.user is None:
        return
    inbox.send(
        user=customer.user,
        event=DISPUTE,
        key=f"dispute:{dispute.public_id}:{dispute.state}",
        text=lambda: _of_dispute(dispute),
        link=reverse("dispute", args=[dispute.public_id]),
        now=now,  # type: ignore[arg-type]
    )


def _of_dispute(dispute: Dispute) -> tuple[str, str]:
    figures = {
        "amount": formats.amount(Money(abs(dispute.amount), dispute.currency).decimal, dispute.currency),
        "by": formats.moment(timezone.localtime(dispute.promised_by), get_language()),
        "reference": dispute.reference,
    }
    match dispute.state:
        case Dispute.State.OPEN:
            return _("We look into the movement of %(amount)s") % figures, _(
                "You get an answer by %(by)s. Reference %(reference)s."
            ) % figures
        case Dispute.State.UPHELD:
            return _("You were right about the movement of %(amount)s") % figures, _(
                "If money is owed to you, two colleagues book it, and it stands among your transactions with the "
                "reference %(reference)s."
            ) % figures
    told = " ".join(
        f"{reason.tells} {reason.advice}".strip() for reason in desk.told("dispute", str(dispute.public_id))
    )
    return _("The movement of %(amount)s stands") % figures, f"{told} " + _("Reference %(reference)s.") % figures
