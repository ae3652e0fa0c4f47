"""Making a payment to another bank that its payer agreed to before: no page, no code, the same rules, the same booking.

It goes as an ordinary payment, which its payer can take back for two hours; where the system that carries the sum is
closed by then, it leaves on the next day on which that opens.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from accounts.models import Customer
from core import policy
from ledger import posting
from ledger.calendar import business_date
from payments import references, watching
from payments.clearing import allowance, queries
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode, Offer
from payments.clearing.refusals import NoWay
from payments.clearing.services import accepting, held_payments
from payments.queries import OwnEnd
from payments.refusals import AccountClosed, InsufficientFunds, UnknownDestination, UnknownSource
from payments.services import booking

ACTOR, CHANNEL = "system: standing orders", "system"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed: from which account to whom, the key that makes it once, the answer that proved it."""

    source: uuid.UUID
    payee: OtherPayee
    amount: int  # minor units of the account's currency
    memo: str
    key: uuid.UUID
    step_up: uuid.UUID | None
    reason: str  # for the trail: what it follows from


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it: a payment that was accepted, or one whose money is held until somebody has looked at it."""

    payment: uuid.UUID
    held: bool


def offer(bank_code: str, amount: int, currency: str, *, now: datetime) -> tuple[Mode, Offer]:
    """This function will say how an agreed payment would go now. Raises UnknownBank, NotOffered, and NoWay where no
    system that the payee's bank takes part in carries the sum on any day."""
    try:
        return Mode.ORDINARY, accepting.promise(bank_code, Mode.ORDINARY, amount, currency, now=now)
    except NoWay as refusal:
        if refusal.found.instead is None:
            raise
        return Mode.NEXT_DAY, refusal.found.instead


def make(*, customer: Customer, agreed: Agreed, now: datetime) -> Made:
    """This function will take what was agreed into clearing, once for its key, or hold it.

    Needs an open transaction in which the customer's row is locked; a refusal leaves it to the caller to give the call
    a block of its own. It is booked on the business date on which it goes. As a payment that its payer confirms this
    moment, it is shown to the monitor (payments.watching): it goes, or its money is held and its payer is told; where
    the monitor gives no verdict, `watching.unjudged` says which. Raises UnknownSource, UnknownDestination,
    AccountClosed, UnknownBank, NoWay, NotOffered, InsufficientFunds, LimitReached, PayeeYoung, SecondStepYoung,
    IdentityExpired, ClassLimit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("make() belongs into the transaction of its date")
    source, payee = queries.source_of(customer, agreed.source), agreed.payee
    if customer.standing != Customer.Standing.VERIFIED or source is None:
        raise UnknownSource
    if not source.open:
        raise AccountClosed
    if payee.archived_at is not None:
        raise UnknownDestination
    if source.spendable is not None and agreed.amount > source.spendable:
        raise InsufficientFunds(max(0, source.spendable), source.currency)
    accepting.pass_doors(
        customer, source_id=source.bank_account_id, amount=agreed.amount, currency=source.currency, now=now
    )
    allowance.within_limits(
        customer=customer, bank=payee.bank_code, number=payee.number, amount=agreed.amount, currency=source.currency,
        now=now,
    )  # fmt: skip
    mode, found = offer(payee.bank_code, agreed.amount, source.currency, now=now)
    payment = _draft(customer, agreed, source, mode, found, now)
    verdict, blind = _verdict(payment, agreed, now)
    with _refusals(source.currency):
        if _holds(verdict, agreed):
            _hold(customer, payment, agreed, verdict, blind=blind, now=now)
            return Made(payment.public_id, held=True)
        posted = posting.post(
            key=accepting.key(payment),
            kind=accepting.KIND,
            channel=CHANNEL,
            business_date=business_date(now),
            lines=accepting.lines(payment, now=now),
        )
    more = {"reason": agreed.reason, **({"not_judged": True} if blind else {})}
    accepting.accept(customer, payment, entry_id=posted.entry_id, found=found, actor=ACTOR, more=more, now=now)
    if blind:
        booking.tell_operations(payment.public_id, held=False, now=now)
    return Made(payment.public_id, held=False)


def _draft(customer: Customer, agreed: Agreed, source: OwnEnd, mode: Mode, found: Offer, now: datetime) -> Payment:
    made: Payment = Payment.objects.create(
        reference=references.new_reference(business_date(now)),
        payer=customer,
        source_id=source.bank_account_id,
        payer_name=customer.legal_name,
        payee_bank=agreed.payee.bank_code,
        payee_number=agreed.payee.number,
        payee_name=agreed.payee.name,
        amount=agreed.amount,
        currency=source.currency,
        memo=agreed.memo,
        mode=mode,
        path=found.path,
        execute_at=found.execute_at,
        promised_by=found.arrives_by,
        key=agreed.key,
        step_up=agreed.step_up,
        created_at=now,
        expires_at=now,
    )
    return made


def _verdict(payment: Payment, agreed: Agreed, now: datetime) -> tuple[watching.Verdict, bool]:
    """What the monitor says, and whether it said nothing."""
    moving = accepting.moving(payment, by_code=agreed.step_up is not None, channel=CHANNEL)
    try:
        with transaction.atomic():
            return watching.judge(moving, now=now), False
    except watching.MonitorFailed as failure:
        log.error("monitor_failed", payment=str(payment.public_id), error=repr(failure.__cause__ or failure))
    return watching.unjudged(moving, now=now), True


def _holds(verdict: watching.Verdict, agreed: Agreed) -> bool:
    """A rule that asks for a code is content with the one that the order was agreed to with."""
    asked = watching.Outcome.STEP_UP
    return verdict.outcome > asked or (verdict.outcome is asked and agreed.step_up is None)


def _hold(
    customer: Customer, payment: Payment, agreed: Agreed, verdict: watching.Verdict, *, blind: bool, now: datetime
) -> None:
    if verdict.until is None:  # a code is asked for, and nobody is there to give it: its payer says so once more
        hours = int(policy.value("transfer.unjudged_hours", on=business_date(now)))
        verdict = watching.Verdict(watching.Outcome.CONFIRM, now + timedelta(hours=hours), verdict.alert)
    proof = booking.Proof(agreed.step_up, not_judged=blind)
    held_payments.hold(customer, payment, proof=proof, verdict=verdict, channel=CHANNEL, actor=ACTOR, now=now)


@contextmanager
def _refusals(currency: str) -> Iterator[None]:
    """Say in the words of payments what the books refuse."""
    try:
        yield
    except posting.BelowFloor:
        raise InsufficientFunds(0, currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
