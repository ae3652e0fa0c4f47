"""What stands before a payment abroad: the limits and the proof of every transfer to others, at its worth in yuan."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Customer
from payments import queries
from payments.crossborder.figures import HOME
from payments.queries import Standing
from payments.services import rules
from payments.services.rules import Asked

KIND = "abroad"  # as against a transfer's kinds: neither between own accounts nor to another customer of this bank


@dataclass(frozen=True, slots=True)
class Moving:
    """What of a payment the rules of transfers look at."""

    amount: int
    currency: str = HOME
    kind: str = KIND


def within_limits(*, customer: Customer, worth: int, payee_since: datetime, now: datetime) -> Standing:
    """This function will let a payment worth so many fen pass that is within every limit.

    Under the payer's lock it is what counts. Raises LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    standing = queries.standing(customer_id=customer.pk, currency=HOME, now=now)
    rules.within_limits(customer, moves=Moving(worth), standing=standing, payee_since=payee_since, now=now)
    return standing


def asked(*, customer: Customer, worth: int, standing: Standing, now: datetime) -> Asked:
    """This function will say what confirming takes: a code or a passkey, and for a large sum of the day its words."""
    return rules.asked(Moving(worth), standing=standing, careful_until=customer.careful_until, seconds=None, now=now)
