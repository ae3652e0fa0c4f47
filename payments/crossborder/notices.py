"""Telling the payer what became of a payment. Handlers of facts: called at least once, so each message has its key."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox, masks
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.reviews import services as desk
from core.ui.formats import amount
from ledger.money import Money
from payments.crossborder import aftermath, sentences
from payments.crossborder.models import PayeeAbroad, Payment
from payments.crossborder.services.confirming import SUBJECT
from payments.crossborder.states import State

EVENTS = (
    Event("crossborder.payee", gettext_lazy("A payee abroad was added"), MONEY),
    Event("crossborder.review", gettext_lazy("A payment abroad is looked at"), MONEY),
    Event("crossborder.sent", gettext_lazy("A payment abroad was sent"), MONEY),
    Event("crossborder.arrived", gettext_lazy("A payment abroad has arrived"), MONEY),
    Event("crossborder.back", gettext_lazy("A payment abroad was given back"), MONEY),
)
_EVENT_OF = {
    State.REVIEW: "crossborder.review",
    State.SENT: "crossborder.sent",
    State.ARRIVED: "crossborder.arrived",
    State.REJECTED: "crossborder.back",
    State.RETURNED: "crossborder.back",
    State.REFUSED: "crossborder.back",
    State.REVOKED: "crossborder.back",
}


def tell(fact: Fact) -> None:
    """This handler will tell the payer where their payment stands, in the states that concern them."""
    state = State(fact.payload["state"])
    rows = Payment.objects.select_related("payer__user", "source", "credited_to")
    payment = rows.get(public_id=fact.payload["payment"])
    if state not in _EVENT_OF or payment.payer.user is None:
        return
    inbox.send(
        user=payment.payer.user,
        event=_EVENT_OF[state],
        key=f"crossborder:{payment.public_id}:{state.value}",
        text=lambda: _text(payment, state),
        link=reverse("payment_abroad", args=[payment.public_id]),
        now=fact.created_at,
    )


def tell_payee(fact: Fact) -> None:
    """This handler will tell a customer that a payee abroad came onto their list: it may not have been them."""
    payee = PayeeAbroad.objects.select_related("customer__user").get(public_id=fact.payload["payee"])
    if payee.customer.user is None:
        return
    inbox.send(
        user=payee.customer.user,
        event="crossborder.payee",
        key=f"crossborder:payee:{payee.public_id}",
        text=lambda: (
            _("%(name)s is on your list of payees abroad") % {"name": payee.name},
            _(
                "Account ending in %(number)s, %(country)s. If you did not add this payee, remove it and change your "
                "password."
            )
            % {"number": masks.tail(payee.number), "country": sentences.country(payee.bank_country)},
        ),
        link=reverse("payments_abroad"),
        now=fact.created_at,
    )


def _text(payment: Payment, state: State) -> tuple[str, str]:
    facts = {
        "amount": amount(Money(payment.amount, payment.currency).decimal, payment.currency),
        "payee": payment.payee_name,
        "country": sentences.country(payment.bank_country),
        "source": masks.tail(payment.source.number),
        "reference": payment.reference,
    }
    match state:
        case State.REVIEW:
            return _("We are looking at your payment of %(amount)s") % facts, _(
                "Before %(amount)s goes to %(payee)s in %(country)s a colleague looks at it. The money waits with us "
                "at the rate you confirmed. Reference %(reference)s."
            ) % facts
        case State.SENT:
            return _("%(amount)s on its way to %(payee)s") % facts, _(
                "Our correspondent bank has the payment to %(country)s. Reference %(reference)s."
            ) % facts
        case State.ARRIVED:
            return _("%(amount)s arrived at %(payee)s") % facts, _(
                "The payee's bank in %(country)s has put it on the payee's account. Reference %(reference)s."
            ) % facts
        case State.REJECTED | State.RETURNED:
            return _("%(amount)s to %(payee)s came back") % facts, _came_back(payment, facts)
        case State.REVOKED:
            return _("You took back %(amount)s") % facts, _(
                "The payment to %(payee)s was not sent. Everything is on your account ending in %(source)s again. "
                "Reference %(reference)s."
            ) % facts
    told = desk.told(SUBJECT, str(payment.public_id))
    why = " ".join(f"{reason.tells} {reason.advice}".strip() for reason in told)
    return _("We could not send %(amount)s to %(payee)s") % facts, _(
        "%(why)s Everything is on your account ending in %(source)s again, at the same rate and with the fee. "
        "Reference %(reference)s."
    ) % {**facts, "why": why}


def tell_given_back(fact: Fact) -> None:
    """This handler will tell the payer that colleagues have put money that came back onto their account."""
    payment = Payment.objects.select_related("payer__user").get(public_id=fact.payload["payment"])
    if payment.payer.user is None:
        return
    facts = {
        "amount": amount(Money(fact.payload["amount"], fact.payload["currency"]).decimal, fact.payload["currency"]),
        "payee": payment.payee_name,
        "reference": payment.reference,
    }
    inbox.send(
        user=payment.payer.user,
        event="crossborder.back",
        key=f"crossborder:{payment.public_id}:given:{fact.payload['item']}",
        text=lambda: (
            _("%(amount)s came back from your payment to %(payee)s") % facts,
            _("The money is on your account. Reference %(reference)s.") % facts,
        ),
        link=reverse("payment_abroad", args=[payment.public_id]),
        now=fact.created_at,
    )


def _came_back(payment: Payment, facts: dict[str, Any]) -> str:
    """Why it came back, how much, where it is, and whether the fee is back too."""
    found = aftermath.comeback(payment)
    assert found is not None  # noqa: S101 - asked of payments that came back
    facts = {
        **facts,
        "why": found.why,
        "advice": found.advice,
        "came": amount(found.came.decimal, found.came.currency),
        "kept": amount(found.kept.decimal, found.kept.currency),
        "fee": amount(found.fee.decimal, found.fee.currency),
    }
    told = [found.why]
    if found.kept.minor:
        told.append(_("Banks on the way kept %(kept)s of it, %(came)s came back.") % facts)
    if found.credited is None:
        told.append(_("Your account cannot take it: it waits with us, and we get in touch with you."))
    else:
        facts["credited"] = amount(found.credited.decimal, found.credited.currency)
        facts["account"] = masks.tail(payment.credited_to.number) if payment.credited_to else ""
        told.append(_("%(credited)s is on your account ending in %(account)s.") % facts)
    if found.fee.minor:
        told.append(_("Our fee of %(fee)s is back too.") % facts if found.fee_back else _("Our fee is not given back."))
    told += [found.advice, _("Reference %(reference)s.") % facts]
    return " ".join(told)
