"""A payment abroad as its payer sees it: finished values for the templates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from core.reviews import services as desk
from core.ui import formats
from ledger.money import Money
from payments.crossborder import aftermath, comeback_reasons, figures, ibans, queries, sentences
from payments.crossborder.aftermath import Comeback, Promise
from payments.crossborder.fees import Charges
from payments.crossborder.figures import HOME, WORTH
from payments.crossborder.models import Payment, Step
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.quota import Basis, Quota
from payments.crossborder.services.confirming import SUBJECT, may_take_back
from payments.crossborder.states import State

TONES = {
    State.ACCEPTED: "waiting",
    State.REVIEW: "waiting",
    State.READY: "waiting",
    State.SENT: "waiting",
    State.ARRIVED: "good",
    State.REJECTED: "bad",
    State.RETURNED: "bad",
    State.REFUSED: "bad",
    State.REVOKED: "info",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A quota as a bar: what is used, what is left, when it starts anew."""

    most: Money
    used: Money
    left: Money
    share: int
    over: bool
    whole_on: date


@dataclass(frozen=True, slots=True)
class Priced:
    """Both amounts, the rate, and the fees in money."""

    amount: Money
    arrives: Money  # what leaves the bank for the payee
    debit: Money
    fee: Money
    taken: Money | None  # everything, where it is of one currency
    rate: str
    rate_until: datetime | None
    charges: str
    charges_text: str
    others: Money  # what the banks on the way take, as far as anybody can say
    worth: Money
    bought: bool
    by_papers: bool
    ground: str


def bar(quota: Quota, *, whole_on: date) -> Bar:
    """This function will draw a quota."""
    return Bar(
        most=Money(quota.most, WORTH),
        used=Money(min(quota.used, quota.most), WORTH),
        left=Money(quota.left, WORTH),
        share=quota.share,
        over=quota.left == 0,
        whole_on=whole_on,
    )


def year(customer: Customer, *, today: date) -> Bar:
    """This function will draw the yearly quota of a customer, in one query."""
    return bar(queries.year_of(customer, on=today), whole_on=date(today.year + 1, 1, 1))


def priced(payment: Payment, *, today: date) -> Priced:
    """This function will say what a payment comes to."""
    bears = payment.charges == Charges.BEN
    taken = payment.debit + (0 if bears else payment.fee)
    return Priced(
        amount=Money(payment.amount, payment.currency),
        arrives=Money(payment.leaves, payment.currency),
        debit=Money(payment.debit, payment.debit_currency),
        fee=Money(payment.fee, payment.fee_currency),
        taken=Money(taken, payment.debit_currency),
        rate=sentences.rate(payment) if payment.rate is not None else "",
        rate_until=payment.quote_expires_at,
        charges=str(payment.get_charges_display()),
        charges_text=_charges(payment),
        others=Money(figures.tariff(on=today).others, HOME),
        worth=Money(payment.usd, WORTH),
        bought=payment.quote is not None,
        by_papers=payment.basis == Basis.PAPERS,
        ground=str(payment.get_basis_display()),
    )


def _charges(payment: Payment) -> str:
    match payment.charges:
        case Charges.OUR:
            return _("You pay our fee and what banks on the way take. The whole amount reaches the payee's bank.")
        case Charges.SHA:
            return _("You pay our fee. Banks on the way may take theirs out of the amount before it arrives.")
    return _("Our fee is taken out of the amount, and banks on the way may take theirs. You pay nothing on top.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a payment shows."""

    payment: Payment
    title: str
    lead: str
    tone: str
    icon: str
    price: Priced
    number: str
    source_number: str
    payee_country: str
    bank_country: str
    purpose: str
    may_take_back: bool
    steps: list[dict[str, Any]]
    reasons: list[tuple[str, str]]
    promise: Promise | None
    comeback: Comeback | None
    asks_back: bool  # it left and has not come back: what a payer can still do


def of(payment: Payment, steps: list[Step], *, today: date) -> Shown:
    """This function will present a confirmed payment."""
    state = State(payment.state)
    title, lead, icon = _WORDS[state]
    if aftermath.is_late(payment, today=today):
        lead, icon = _LATE, "clock"
    told = desk.told(SUBJECT, str(payment.public_id)) if state is State.REFUSED else []
    return Shown(
        payment=payment,
        title=str(title),
        lead=str(lead),
        tone=TONES[state],
        icon=icon,
        price=priced(payment, today=today),
        number=number_of(payment),
        source_number=grouped(payment.source.number),
        payee_country=sentences.country(payment.payee_country),
        bank_country=sentences.country(payment.bank_country),
        purpose=str(PURPOSES[payment.purpose].label),
        may_take_back=may_take_back(payment),
        steps=_timeline(payment, state, steps),
        reasons=[(str(reason.tells), str(reason.advice)) for reason in told],
        promise=aftermath.promise(payment, today=today),
        comeback=aftermath.comeback(payment),
        asks_back=state in {State.SENT, State.ARRIVED},
    )


def number_of(payment: Payment) -> str:
    """This function will write the payee's account as people compare it."""
    return ibans.shown(payment.payee_number, is_iban=payment.is_iban)


_WORDS: dict[State, tuple[Lazy, Lazy, str]] = {
    State.ACCEPTED: (
        gettext_lazy("Your payment is accepted"),
        gettext_lazy("The money has left your account. We look at the payee and the country, usually within a minute."),
        "clock",
    ),
    State.REVIEW: (
        gettext_lazy("We are looking at your payment"),
        gettext_lazy(
            "A colleague looks at it before it leaves. The money waits with us at the rate you confirmed. You need do "
            "nothing; we tell you the outcome."
        ),
        "clock",
    ),
    State.READY: (
        gettext_lazy("Your payment leaves next"),
        gettext_lazy("It goes out with the next message to our correspondent bank, on a working day."),
        "clock",
    ),
    State.SENT: (
        gettext_lazy("Your payment is on its way abroad"),
        gettext_lazy("Our correspondent bank has it. We tell you when it has arrived, or if it comes back."),
        "clock",
    ),
    State.ARRIVED: (
        gettext_lazy("Your payment has arrived"),
        gettext_lazy("The payee's bank has put it on the payee's account. Nothing more is to be done."),
        "done",
    ),
    State.REJECTED: (
        gettext_lazy("Your payment was not carried out"),
        gettext_lazy("A bank on the way did not accept it. Below you see why, and where the money is."),
        "warning",
    ),
    State.RETURNED: (
        gettext_lazy("Your payment was sent back"),
        gettext_lazy("It did not stay with the payee. Below you see why, how much came back, and where it is."),
        "warning",
    ),
    State.REFUSED: (
        gettext_lazy("We could not send your payment"),
        gettext_lazy("Everything is on your account again, at the same rate and with the fee."),
        "warning",
    ),
    State.REVOKED: (
        gettext_lazy("You took this payment back"),
        gettext_lazy("It was not sent. The money and the fee are on your account again."),
        "info",
    ),
}
_LATE = gettext_lazy(
    "It should have arrived by now. We are asking the banks on the way. Send nothing again: we tell you the outcome."
)
_STEPS = {
    State.ACCEPTED: gettext_lazy("Accepted: the money has left your account"),
    State.REVIEW: gettext_lazy("Being looked at by a colleague"),
    State.READY: gettext_lazy("Cleared to leave"),
    State.SENT: gettext_lazy("Handed to our correspondent bank"),
    State.ARRIVED: gettext_lazy("Arrived: the payee's bank has put it on the account"),
    State.REJECTED: gettext_lazy("Not carried out by a bank on the way, money given back"),
    State.RETURNED: gettext_lazy("Sent back, what came back given to you"),
    State.REFUSED: gettext_lazy("Refused by us, everything given back"),
    State.REVOKED: gettext_lazy("Taken back by you, everything given back"),
}
_NEWS = {  # what was only heard, in the words of the messages
    "ACSP": gettext_lazy("Accepted by our correspondent bank"),
    "ACSC": gettext_lazy("Passed on: the banks have settled it among themselves"),
    "PDNG": gettext_lazy("Being looked at by a bank on the way"),
}
_STOPPED = {State.REFUSED, State.REJECTED, State.RETURNED}
_AHEAD = {
    State.ACCEPTED: (State.READY, State.SENT),
    State.REVIEW: (State.READY, State.SENT),
    State.READY: (State.SENT,),
}


def _timeline(payment: Payment, state: State, steps: list[Step]) -> list[dict[str, Any]]:
    shown = _past(steps)
    if state is State.REVIEW and shown:
        shown[-1]["state"], shown[-1]["text"] = "now", _("A person decides, with the documents you sent")
    for number, coming in enumerate(_AHEAD.get(state, ()), start=int(state is State.REVIEW)):
        shown.append(
            {
                "title": str(_STEPS[coming]),
                "state": "now" if number == 0 else "next",
                "at": None,
                "text": _("On a working day") if coming is State.SENT else "",
            }
        )
    if state is State.SENT and payment.promised_on is not None:
        expected = _("Expected by %(day)s") % {"day": formats.day(payment.promised_on, get_language())}
        shown.append({"title": _("Arrives at the payee's bank"), "state": "next", "at": None, "text": expected})
    return shown


def _past(steps: list[Step]) -> list[dict[str, Any]]:
    """What happened, each thing once: a state it came to, or news that changed none."""
    shown: list[dict[str, Any]] = []
    told: set[str] = set()
    before = ""
    for step in steps:
        moved, before = step.state != before, step.state
        title = _STEPS[State(step.state)] if moved else _NEWS.get(step.heard)
        if title is None or step.heard in told or not (moved or step.state == State.SENT):
            continue
        told |= {step.heard} - {""}
        stopped = moved and State(step.state) in _STOPPED
        text = str(comeback_reasons.reason(step.code).tells) if stopped and step.code else ""
        shown.append({"title": str(title), "state": "stopped" if stopped else "done", "at": step.at, "text": text})
    return shown
