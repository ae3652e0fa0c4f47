"""Making a transfer that its payer agreed to before: no page, no code, the same rules and the same booking."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models import BankAccount, Customer
from core import audit, outbox
from ledger import posting
from ledger.calendar import business_date
from payments import queries, references
from payments.refusals import AccountClosed, CurrencyDiffers, InsufficientFunds, UnknownDestination, UnknownSource
from payments.services import doors
from payments.services.orders import Order, look_up
from payments.services.rules import within_limits
from payments.services.transfers import CONFIRMED, KIND

LAST_MOMENT = time(23, 59, 59, 999999)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed: the order, the key under which it is booked once, the form's key, the answer that proved it."""

    order: Order
    source: BankAccount
    destination: BankAccount
    posting_key: str
    key: uuid.UUID
    step_up: uuid.UUID | None
    reason: str  # for the trail: what it follows from


@dataclass(frozen=True, slots=True)
class _Moves:
    kind: str
    amount: int
    currency: str


def make(*, customer: Customer, agreed: Agreed, on: date, now: datetime) -> uuid.UUID:
    """This function will move what was agreed for the business date `on`, once for its key; answers the transfer's id.

    Needs an open transaction in which the customer's row is locked; a refusal leaves it to the caller to give the call
    a block of its own. Limits are judged on `on`, with all that was moved on it before. The booking, the transfer with
    its receipt, the trail and the fact stand together. Raises UnknownSource, UnknownDestination, SameAccount,
    AccountClosed, CurrencyDiffers, NotOffered, InsufficientFunds, LimitReached, PayeeYoung, SecondStepYoung,
    IdentityExpired, ClassLimit, PayeeCannotTake.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("make() belongs into the transaction of its date")
    if customer.standing != Customer.Standing.VERIFIED:
        raise UnknownSource
    order, moment = agreed.order, judged_at(on, now)
    ends = look_up(customer, order)
    standing = queries.standing(customer_id=customer.pk, currency=ends.currency, payee_id=ends.payee_id, now=moment)
    moves = _Moves(ends.kind, order.amount, ends.currency)
    within_limits(customer, moves=moves, standing=standing, payee_since=ends.payee_since, now=moment)
    doors.money_may_leave(document_expires_on=customer.document_expires_on, stays_own=ends.stays_own, today=on)
    doors.class_allows(
        classed=ends.classed,
        source_id=ends.source_id,
        destination_id=ends.destination_id,
        own=ends.stays_own,
        amount=order.amount,
        currency=ends.currency,
        today=on,
    )
    if (ends.source_id, ends.destination_id) != (agreed.source.pk, agreed.destination.pk):
        raise UnknownDestination  # the payee's account is another one by now
    posted = _book(customer, agreed, ends.shown_name, ends.currency, on)
    made = uuid.uuid4()
    values = [
        made, references.new_reference(on), customer.pk, ends.source_id, ends.destination_id, ends.payee_id, ends.kind,
        order.amount, ends.currency, order.memo, ends.shown_name, customer.legal_name, ends.payee_name, agreed.key,
        agreed.step_up, posted.entry_id, references.new_verification_code(), on, now, now, now,
    ]  # fmt: skip
    outbox.record(
        kind=CONFIRMED,
        payload={"transfer": str(made)},
        owner=customer,
        act=audit.Act(
            act=CONFIRMED,
            actor="system: standing orders",
            subject=f"payments.transfer:{made}",
            after={"amount": order.amount, "currency": ends.currency, "entry": posted.entry_id},
            reason=agreed.reason,
        ),
        change=outbox.Change(_INSERT, values),
        now=now,
    )
    return made


def judged_at(on: date, now: datetime) -> datetime:
    """This function will give the moment of a business date at which what is due on it is judged.

    That is now, while the date lasts; the end of it, for a date that is made up for after days off.
    """
    if business_date(now) == on:
        return now
    return datetime.combine(on, LAST_MOMENT, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _book(customer: Customer, agreed: Agreed, shown_name: str, currency: str, on: date) -> posting.Posted:
    amount, memo = agreed.order.amount, agreed.order.memo
    try:
        return posting.post(
            key=agreed.posting_key,
            kind=KIND,
            channel="system",
            business_date=on,
            lines=[
                posting.Line(agreed.source.ledger_account_id, -amount, _narrative(shown_name, memo)),
                posting.Line(agreed.destination.ledger_account_id, amount, _narrative(customer.legal_name, memo)),
            ],
        )
    except posting.BelowFloor:
        raise InsufficientFunds(0, currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
    except posting.WrongCurrency:
        raise CurrencyDiffers from None


def _narrative(name: str, memo: str) -> str:
    return (f"{name} · {memo}" if memo else name)[:200]


_INSERT = """
    INSERT INTO payments_transfer (public_id, reference, payer_id, source_id, destination_id, payee_id, kind, amount,
                                   currency, memo, shown_name, payer_name, payee_name, key, step_up, entry_id,
                                   verification_code, business_date, created_at, expires_at, confirmed_at, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'confirmed')
    RETURNING id
"""
