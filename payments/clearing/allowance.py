"""What stands before a payment to another bank: the limits and the proof of every transfer to others."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from accounts.models import Customer
from ledger.calendar import business_date
from payments import queries
from payments.clearing.models import Payment
from payments.clearing.states import UNCONFIRMED, State
from payments.queries import Standing
from payments.services import rules
from payments.services.rules import Asked

NEVER_LEFT = UNCONFIRMED | {State.STOPPED, State.REVOKED, State.REJECTED}  # as payments_standing counts (0003)
KIND = "bank"  # as against a transfer's kinds: neither between own accounts nor to another customer of this bank


@dataclass(frozen=True, slots=True)
class Moving:
    """What of a payment the rules of transfers look at."""

    amount: int
    currency: str
    kind: str = KIND


def within_limits(*, customer: Customer, bank: str, number: str, amount: int, currency: str, now: datetime) -> Standing:
    """This function will let an amount pass that is within every limit, and answer how far the customer has gone.

    An account at another bank that the customer has not paid before counts as new, like a payee that was just added.
    Under the payer's lock it is what counts. Raises LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    standing = queries.standing(customer_id=customer.pk, currency=currency, now=now)
    since = known_since(payer_id=customer.pk, bank=bank, number=number)
    rules.within_limits(
        customer,
        moves=Moving(amount, currency),
        standing=standing,
        payee_since=since or now,
        gone_to_payee=lambda: gone_to(payer_id=customer.pk, bank=bank, number=number, currency=currency, now=now),
        now=now,
    )
    return standing


def gone_to(*, payer_id: int, bank: str, number: str, currency: str, now: datetime) -> int:
    """This function will sum a day's payments of one payer to one account at another bank, in minor units."""
    counted = Q(state=State.HELD) | Q(business_date=business_date(now)) & ~Q(state__in=NEVER_LEFT)
    found = Payment.objects.filter(counted, payer=payer_id, payee_bank=bank, payee_number=number, currency=currency)
    return int(found.aggregate(gone=Sum("amount"))["gone"] or 0)


def known_since(*, payer_id: int, bank: str, number: str) -> datetime | None:
    """This function will say when the payer first paid an account at another bank; None while they have not."""
    return (
        Payment.objects.filter(payer=payer_id, payee_bank=bank, payee_number=number, confirmed_at__isnull=False)
        .order_by("confirmed_at")
        .values_list("confirmed_at", flat=True)
        .first()
    )


def asked(*, customer: Customer, amount: int, currency: str, standing: Standing, now: datetime) -> Asked:
    """This function will say what confirming takes: a code or a passkey, and for a large sum of the day its words."""
    return rules.asked(
        Moving(amount, currency), standing=standing, careful_until=customer.careful_until, seconds=None, now=now
    )
