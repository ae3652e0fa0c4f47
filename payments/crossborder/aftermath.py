"""What became of a payment after it left, as its payer reads it: the promise against what happened, what came back."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.numbers import grouped
from core.ui import formats
from ledger.calendar import business_date
from ledger.money import Money
from payments.crossborder import comeback_reasons
from payments.crossborder.models import Payment
from payments.crossborder.states import CAME_BACK, State


@dataclass(frozen=True, slots=True)
class Promise:
    """When it should have arrived and whether it did; `word` is empty while nobody knows."""

    day: date
    word: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Comeback:
    """What came back, why it is less, and where it is."""

    why: str
    advice: str
    sent: Money
    kept: Money
    came: Money
    credited: Money | None  # None: it waits with us
    account: str
    turned: bool  # into the currency of the account
    fee: Money
    fee_back: bool


def promise(payment: Payment, *, today: date) -> Promise | None:
    """This function will hold what was promised against what happened; None before it left, and when it came back."""
    state, day = State(payment.state), payment.promised_on
    if day is None or state in CAME_BACK:
        return None
    if payment.arrived_at is not None and state is State.ARRIVED:
        arrived = business_date(payment.arrived_at)
        when = {"moment": formats.moment(timezone.localtime(payment.arrived_at), get_language())}
        if arrived <= day:
            return Promise(day, _("Kept"), "good", _("It arrived at %(moment)s.") % when)
        return Promise(day, _("Not kept"), "bad", _("It arrived later: at %(moment)s.") % when)
    if state is State.SENT and today > day:
        return Promise(day, _("Not kept so far"), "bad", _("It should have arrived by now."))
    return Promise(day, "", "", "")


def is_late(payment: Payment, *, today: date) -> bool:
    """This function will say whether a payment should have arrived and nobody has said that it did."""
    return payment.state == State.SENT and payment.promised_on is not None and today > payment.promised_on


def comeback(payment: Payment) -> Comeback | None:
    """This function will tell what came back of a payment; None where nothing did."""
    if State(payment.state) not in CAME_BACK or payment.came_back is None:
        return None
    reason = comeback_reasons.reason(payment.reason_code)
    credited = None if payment.credited is None else Money(payment.credited, payment.credited_currency)
    return Comeback(
        why=str(reason.tells),
        advice=str(reason.advice),
        sent=Money(payment.leaves, payment.currency),
        kept=Money(payment.leaves - payment.came_back, payment.currency),
        came=Money(payment.came_back, payment.currency),
        credited=credited,
        account=grouped(payment.credited_to.number) if payment.credited_to else "",
        turned=credited is not None and credited.currency != payment.currency,
        fee=Money(payment.fee, payment.fee_currency),
        fee_back=payment.fee_back_id is not None,
    )
