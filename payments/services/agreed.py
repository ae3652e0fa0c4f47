"""Making a transfer that its payer agreed to before: no page, no code, the same rules and the same booking."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction

from accounts.models import BankAccount, Customer
from core import audit, outbox, policy
from ledger import posting
from ledger.calendar import business_date
from payments import queries, references, watching
from payments.models import Transfer
from payments.refusals import AccountClosed, CurrencyDiffers, InsufficientFunds, UnknownDestination, UnknownSource
from payments.same_payee import gone_to
from payments.services import booking, doors
from payments.services.orders import Ends, Order, look_up
from payments.services.rules import within_limits
from payments.services.transfers import CONFIRMED, KIND

ACTOR = "system: standing orders"
LAST_MOMENT = time(23, 59, 59, 999999)
log = structlog.get_logger(__name__)


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
class Made:
    """What became of it: a transfer that has gone, or one whose money is held until somebody has looked at it."""

    transfer: uuid.UUID
    held: bool


@dataclass(frozen=True, slots=True)
class _Moves:
    kind: str
    amount: int
    currency: str


def make(*, customer: Customer, agreed: Agreed, on: date, now: datetime) -> Made:
    """This function will move what was agreed for the business date `on`, once for its key, or hold it.

    Needs an open transaction in which the customer's row is locked; a refusal leaves it to the caller to give the call
    a block of its own. Limits are judged on `on`, with all that was moved on it before. The booking, the transfer with
    its receipt, the trail and the fact stand together.

    What goes to somebody else is shown to the monitor (payments.watching), as a transfer is that its payer confirms
    this moment: it goes, or its money is held and its payer is told. Where the monitor gives no verdict, it goes or is
    held by `watching.unjudged`. Raises UnknownSource, UnknownDestination, SameAccount, AccountClosed, CurrencyDiffers,
    NotOffered, InsufficientFunds, LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit,
    PayeeCannotTake.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("make() belongs into the transaction of its date")
    if customer.standing != Customer.Standing.VERIFIED:
        raise UnknownSource
    order, moment = agreed.order, judged_at(on, now)
    ends = look_up(customer, order)
    standing = queries.standing(customer_id=customer.pk, currency=ends.currency, payee_id=ends.payee_id, now=moment)
    judge(customer, agreed, ends, standing, on=on, moment=moment)
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
    made, blind = uuid.uuid4(), False
    if ends.kind != Transfer.Kind.OWN:
        verdict, blind = _verdict(moving(customer, agreed, ends, made), now)
        if holds(verdict, agreed):
            hold(customer, agreed, ends, made, verdict, blind=blind, on=on, now=now)
            return Made(made, held=True)
    posted = _book(customer, agreed, ends.shown_name, ends.currency, on)
    row = row_of(customer, agreed, ends, made, posted.entry_id, on, now)
    fact = fact_of(customer, agreed, row, blind=blind)
    outbox.record(kind=CONFIRMED, payload=fact.payload, owner=fact.owner, act=fact.act, change=_insert(row), now=now)
    if blind:
        booking.tell_operations(made, held=False, now=now)
    return Made(made, held=False)


def moving(customer: Customer, agreed: Agreed, ends: Ends, made: uuid.UUID) -> watching.Moving:
    """This function will say what the monitor is asked about a transfer that was agreed to before."""
    return watching.Moving(
        kind=ends.kind,
        public_id=made,
        payer_id=customer.pk,
        source_id=ends.source_id,
        destination_id=ends.destination_id,
        payee=agreed.destination.number,
        payee_since=ends.payee_since,
        amount=agreed.order.amount,
        currency=ends.currency,
        by_code=agreed.step_up is not None,
        channel="system",
    )


def _verdict(one: watching.Moving, now: datetime) -> tuple[watching.Verdict, bool]:
    """What the monitor says, and whether it said nothing."""
    try:
        with transaction.atomic():
            return watching.judge(one, now=now), False
    except watching.MonitorFailed as failure:
        log.error("monitor_failed", transfer=str(one.public_id), error=repr(failure.__cause__ or failure))
    return watching.unjudged(one, now=now), True


def holds(verdict: watching.Verdict, agreed: Agreed) -> bool:
    """This function will say whether a verdict keeps back what was agreed to before.

    A rule that asks for a code is content with the one that the order was agreed to with.
    """
    return verdict.outcome > watching.Outcome.STEP_UP or (
        verdict.outcome is watching.Outcome.STEP_UP and agreed.step_up is None
    )


def hold(
    customer: Customer,
    agreed: Agreed,
    ends: Ends,
    made: uuid.UUID,
    verdict: watching.Verdict,
    *,
    blind: bool,
    on: date,
    now: datetime,
) -> None:
    """This function will hold the money of what was agreed on its account, and write the transfer down as held.

    Raises AccountClosed, CurrencyDiffers, InsufficientFunds.
    """
    if verdict.until is None:  # a code is asked for, and nobody is there to give it: its payer says so once more
        hours = int(policy.value("transfer.unjudged_hours", on=business_date(now)))
        verdict = watching.Verdict(watching.Outcome.CONFIRM, now + timedelta(hours=hours), verdict.alert)
    row = row_of(customer, agreed, ends, made, None, on, now)
    waiting = booking.Waiting(
        subject=booking.SUBJECT,
        kind=ends.kind,
        public_id=made,
        ledger_id=agreed.source.ledger_account_id,
        key=agreed.posting_key,
        amount=agreed.order.amount,
        currency=ends.currency,
        payee_since=ends.payee_since,
        change=_insert(row),
        channel="system",
        actor=ACTOR,
    )
    with _refusals(ends.currency):
        booking.hold_money(customer, waiting, proof=booking.Proof(None, not_judged=blind), verdict=verdict, now=now)


def judge(
    customer: Customer, agreed: Agreed, ends: Ends, standing: queries.Standing, *, on: date, moment: datetime
) -> None:
    """This function will refuse what limits, a new payee, a young second step or an old document forbid."""
    moves = _Moves(ends.kind, agreed.order.amount, ends.currency)
    within_limits(
        customer,
        moves=moves,
        standing=standing,
        payee_since=ends.payee_since,
        gone_to_payee=lambda: gone_to(
            payer_id=customer.pk, destination_id=ends.destination_id, currency=ends.currency, on=on
        ),
        now=moment,
    )
    doors.money_may_leave(document_expires_on=customer.document_expires_on, stays_own=ends.stays_own, today=on)


def row_of(
    customer: Customer, agreed: Agreed, ends: Ends, made: uuid.UUID, entry_id: int | None, on: date, now: datetime
) -> dict[str, Any]:
    """This function will give the transfer by the columns of its table: with its receipt, or held without an entry."""
    gone = {
        "entry_id": entry_id, "verification_code": references.new_verification_code(), "business_date": on,
        "confirmed_at": now, "state": "confirmed",
    }  # fmt: skip
    return {
        "public_id": made, "reference": references.new_reference(on), "payer_id": customer.pk,
        "source_id": ends.source_id, "destination_id": ends.destination_id, "payee_id": ends.payee_id,
        "kind": ends.kind, "amount": agreed.order.amount, "currency": ends.currency, "memo": agreed.order.memo,
        "shown_name": ends.shown_name, "payer_name": customer.legal_name, "payee_name": ends.payee_name,
        "key": agreed.key, "step_up": agreed.step_up, "created_at": now, "expires_at": now,
        **({"state": "held"} if entry_id is None else gone),
    }  # fmt: skip


def fact_of(customer: Customer, agreed: Agreed, row: dict[str, Any], *, blind: bool = False) -> outbox.One:
    """This function will give the fact of a transfer and its row of the trail; `blind` where no rule has judged it."""
    made = row["public_id"]
    return outbox.One(
        payload={"transfer": str(made)},
        owner=customer,
        act=audit.Act(
            act=CONFIRMED,
            actor=ACTOR,
            subject=f"payments.transfer:{made}",
            after={
                "amount": row["amount"], "currency": row["currency"], "entry": row["entry_id"],
                **booking.Proof(None, not_judged=blind).marks(),
            },
            reason=agreed.reason,
        ),
    )  # fmt: skip


def judged_at(on: date, now: datetime) -> datetime:
    """This function will give the moment of a business date at which what is due on it is judged.

    That is now, while the date lasts; the end of it, for a date that is made up for after days off.
    """
    if business_date(now) == on:
        return now
    return datetime.combine(on, LAST_MOMENT, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _book(customer: Customer, agreed: Agreed, shown_name: str, currency: str, on: date) -> posting.Posted:
    draft = draft_of(customer, agreed, shown_name, on)
    with _refusals(currency):
        return posting.post(
            key=draft.key, kind=draft.kind, channel=draft.channel, business_date=draft.business_date, lines=draft.lines
        )


@contextmanager
def _refusals(currency: str) -> Iterator[None]:
    """Say in the words of payments what the books refuse."""
    try:
        yield
    except posting.BelowFloor:
        raise InsufficientFunds(0, currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
    except posting.WrongCurrency:
        raise CurrencyDiffers from None


def draft_of(customer: Customer, agreed: Agreed, shown_name: str, on: date) -> posting.Draft:
    """This function will give the entry that moves the money."""
    amount, memo = agreed.order.amount, agreed.order.memo
    return posting.Draft(
        key=agreed.posting_key,
        kind=KIND,
        channel="system",
        business_date=on,
        lines=[
            posting.Line(agreed.source.ledger_account_id, -amount, _narrative(shown_name, memo)),
            posting.Line(agreed.destination.ledger_account_id, amount, _narrative(customer.legal_name, memo)),
        ],
    )


def _narrative(name: str, memo: str) -> str:
    return (f"{name} · {memo}" if memo else name)[:200]


def _insert(row: dict[str, Any]) -> outbox.Change:
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    return outbox.Change(f"INSERT INTO payments_transfer ({columns}) VALUES ({places}) RETURNING id", [*row.values()])  # noqa: S608 - our own words
