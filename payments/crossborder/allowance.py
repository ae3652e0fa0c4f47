"""What stands before a payment abroad: the limits and the proof of every transfer to others, at its worth in yuan."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from accounts.models import Customer
from ledger.calendar import business_date
from payments import queries
from payments.crossborder.figures import HOME
from payments.crossborder.models import PayeeAbroad, Payment
from payments.crossborder.states import State
from payments.queries import Standing
from payments.services import rules
from payments.services.rules import Asked

NEVER_LEFT = frozenset({State.DRAFT, State.VOID, State.REFUSED, State.REVOKED})  # as payments_standing counts (0003)
KIND = "abroad"  # as against a transfer's kinds: neither between own accounts nor to another customer of this bank


@dataclass(frozen=True, slots=True)
class Moving:
    """What of a payment the rules of transfers look at."""

    amount: int
    currency: str = HOME
    kind: str = KIND


def within_limits(*, customer: Customer, worth: int, payee: PayeeAbroad, now: datetime) -> Standing:
    """This function will let a payment worth so many fen pass that is within every limit.

    Under the payer's lock it is what counts. Raises LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    standing = queries.standing(customer_id=customer.pk, currency=HOME, now=now)
    rules.within_limits(
        customer,
        moves=Moving(worth),
        standing=standing,
        payee_since=payee.created_at,
        gone_to_payee=lambda: gone_to(payer_id=customer.pk, payee=payee, now=now),
        now=now,
    )
    return standing


def gone_to(*, payer_id: int, payee: PayeeAbroad, now: datetime) -> int:
    """This function will sum what a day's payments of one payer to one account abroad were worth, in fen."""
    found = Payment.objects.filter(
        payer=payer_id, payee__bic=payee.bic, payee_number=payee.number, business_date=business_date(now)
    ).exclude(state__in=NEVER_LEFT)
    return int(found.aggregate(gone=Sum("cny"))["gone"] or 0)


def asked(*, customer: Customer, worth: int, standing: Standing, now: datetime) -> Asked:
    """This function will say what confirming takes: a code or a passkey, and for a large sum of the day its words."""
    return rules.asked(Moving(worth), standing=standing, careful_until=customer.careful_until, seconds=None, now=now)
