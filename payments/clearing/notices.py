"""Telling the payer what became of a payment. Handlers of facts: called at least once, so each message has its key."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui.formats import amount
from ledger.money import Money
from payments.clearing import banks, reasons
from payments.clearing.models import Payment
from payments.clearing.states import State

EVENTS = (
    Event("clearing.sent", gettext_lazy("On its way to another bank"), MONEY),
    Event("clearing.arrived", gettext_lazy("Arrived at another bank"), MONEY),
    Event("clearing.back", gettext_lazy("Came back from another bank"), MONEY),
    Event("clearing.checking", gettext_lazy("A payment to another bank is being checked"), MONEY),
)


def tell(fact: Fact) -> None:
    """This handler will tell the payer where their payment stands, in the states that concern them."""
    payment = Payment.objects.select_related("payer__user", "source").get(public_id=fact.payload["payment"])
    told = _EVENT_OF.get(State(fact.payload["state"]))
    if told is None or payment.payer.user is None:
        return
    state = State(fact.payload["state"])
    inbox.send(
        user=payment.payer.user,
        event=told,
        key=f"clearing:{payment.public_id}:{state.value}",
        text=lambda: _text(payment, state),
        link=reverse("bank_payment", args=[payment.public_id]),
        now=fact.created_at,
    )


_EVENT_OF = {
    State.ACCEPTED: "clearing.sent",
    State.SETTLED: "clearing.arrived",
    State.CHECKING: "clearing.checking",
    State.REJECTED: "clearing.back",
    State.RETURNED: "clearing.back",
    State.REVOKED: "clearing.back",
}


def tell_given_back(fact: Fact) -> None:
    """This handler will tell the payer that colleagues have put money that came back onto their account."""
    payment = Payment.objects.select_related("payer__user", "source").get(public_id=fact.payload["payment"])
    if payment.payer.user is None:
        return
    figures = {
        "amount": amount(Money(fact.payload["amount"], payment.currency).decimal, payment.currency),
        "payee": payment.payee_name,
        "source": masks.tail(payment.source.number),
        "reference": payment.reference,
    }
    inbox.send(
        user=payment.payer.user,
        event="clearing.back",
        key=f"clearing:{payment.public_id}:given:{fact.payload['item']}",
        text=lambda: (
            _("%(amount)s came back from your payment to %(payee)s") % figures,
            _("The money is on your account ending in %(source)s. Reference %(reference)s.") % figures,
        ),
        link=reverse("bank_payment", args=[payment.public_id]),
        now=fact.created_at,
    )


def bank_name(code: str) -> str:
    """This function will name a bank in the language of the moment; its number where the directory lost it."""
    found = banks.find(code)
    return found.name(get_language() or settings.LANGUAGE_CODE) if found else code


def _text(payment: Payment, state: State) -> tuple[str, str]:
    reason = reasons.reason(payment.reason_code)
    figures = {
        "amount": amount(Money(payment.amount, payment.currency).decimal, payment.currency),
        "payee": payment.payee_name,
        "bank": bank_name(payment.payee_bank),
        "number": masks.tail(payment.payee_number),
        "source": masks.tail(payment.source.number),
        "reference": payment.reference,
        "reason": str(reason.tells),
        "advice": str(reason.advice),
    }
    match state:
        case State.ACCEPTED:
            return _("%(amount)s on its way to %(payee)s") % figures, _(
                "To %(bank)s, account ending in %(number)s, from your account ending in %(source)s. We tell you when "
                "it has arrived. Reference %(reference)s."
            ) % figures
        case State.SETTLED:
            return _("%(amount)s arrived at %(payee)s's bank") % figures, _(
                "%(bank)s has the money for the account ending in %(number)s. Reference %(reference)s."
            ) % figures
        case State.CHECKING:
            return _("We are checking where %(amount)s to %(payee)s is") % figures, _(
                "%(bank)s has not answered yet. The money is neither lost nor paid twice: we have asked, and we tell "
                "you the answer. Send nothing again. Reference %(reference)s."
            ) % figures
        case State.REVOKED:
            return _("You took back %(amount)s") % figures, _(
                "The payment to %(payee)s was not sent. The money is on your account ending in %(source)s again. "
                "Reference %(reference)s."
            ) % figures
    return _("%(amount)s to %(payee)s came back") % figures, _(
        "%(reason)s The money is on your account ending in %(source)s again. %(advice)s Reference %(reference)s."
    ) % figures
