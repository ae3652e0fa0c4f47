"""Payments to other banks on a customer's word: draft, promise, confirm once, take back while it has not left."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts.access import stepup
from accounts.models import Customer
from core import audit, policy
from ledger import balances, posting
from ledger.calendar import business_date
from payments import references, watching
from payments.clearing import allowance, queries
from payments.clearing.models import Payment
from payments.clearing.paths import Mode
from payments.clearing.refusals import PromiseChanged, TooLate
from payments.clearing.services import accepting, held_payments, moves, promises
from payments.clearing.services.accepting import KIND, shown
from payments.clearing.states import UNCONFIRMED, State
from payments.refusals import (
    AccountClosed,
    DraftVoid,
    InsufficientFunds,
    KeyTaken,
    SumUnconfirmed,
    UnknownSource,
    UnknownTransfer,
)
from payments.services import booking
from payments.services.payees import Entry, keep
from payments.services.rules import OPERATION, Asked

__all__ = [
    "KIND", "Drafted", "Order", "arrange_payee",
    "confirm", "draft", "expire_drafts", "may_take_back", "remove_payee", "renew", "shown",
    "take_back", "takes",
]  # fmt: skip
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants sent to another bank; amount in minor units of the account's currency."""

    source: uuid.UUID
    bank: str
    number: str
    name: str
    amount: int
    mode: Mode
    memo: str = ""
    keep_payee: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft to check; `repeated` when the same form had made it before, `confirmed` when it has been sent."""

    payment_id: uuid.UUID
    repeated: bool = field(default=False)
    confirmed: bool = field(default=False)


def draft(*, customer: Customer, key: uuid.UUID, order: Order, now: datetime) -> Drafted:
    """This function will keep an order with its promise as a draft to be checked and confirmed, once for each form.

    The same form with the same content answers with the first draft; with other content it replaces a draft, and raises
    KeyTaken once that was confirmed. Raises UnknownSource, AccountClosed, UnknownBank, NoWay, NotOffered,
    InsufficientFunds, LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit: what confirming would
    refuse too, said early.
    """
    if order.amount <= 0:
        raise ValueError("an order moves at least one minor unit")
    today = business_date(now)
    life = timedelta(minutes=int(policy.value("transfer.draft_minutes", on=today)))
    with transaction.atomic():
        payer = queries.lock_customer(customer)
        before = customer.bank_payments.filter(key=key).exclude(state=State.VOID).first()
        if before is not None and before.state != State.DRAFT:
            if _same(before, order):
                return Drafted(before.public_id, repeated=True, confirmed=True)
            raise KeyTaken(before.public_id)
        source = queries.source_of(customer, order.source)
        if source is None:
            raise UnknownSource
        if not source.open:
            raise AccountClosed
        if source.spendable is not None and order.amount > source.spendable:
            raise InsufficientFunds(max(0, source.spendable), source.currency)
        accepting.pass_doors(
            payer, source_id=source.bank_account_id, amount=order.amount, currency=source.currency, now=now
        )
        allowance.within_limits(
            customer=payer,
            bank=order.bank,
            number=order.number,
            amount=order.amount,
            currency=source.currency,
            now=now,
        )
        promise = accepting.promise(order.bank, order.mode, order.amount, source.currency, now=now)
        if before is not None:
            if _same(before, order) and before.expires_at > now:
                return Drafted(before.public_id, repeated=True)
            before.state = State.VOID
            before.save(update_fields=["state"])
        made = Payment.objects.create(
            reference=references.new_reference(today),
            payer=customer,
            source_id=source.bank_account_id,
            payer_name=customer.legal_name,
            payee_bank=order.bank,
            payee_number=order.number,
            payee_name=order.name,
            keep_payee=order.keep_payee,
            amount=order.amount,
            currency=source.currency,
            memo=order.memo,
            mode=order.mode,
            path=promise.path,
            execute_at=promise.execute_at,
            promised_by=promises.latest(promise, mode=order.mode, draft_life=life),
            key=key,
            created_at=now,
            expires_at=now + life,
        )
    return Drafted(made.public_id)


def _same(before: Payment, order: Order) -> bool:
    return (
        before.source.public_id, before.payee_bank, before.payee_number, before.payee_name, before.amount, before.mode,
        before.memo, before.keep_payee,
    ) == (
        order.source, order.bank, order.number, order.name, order.amount, order.mode.value, order.memo,
        order.keep_payee,
    )  # fmt: skip


def takes(*, customer: Customer, payment: Payment, now: datetime) -> Asked:
    """This function will say what confirming a draft takes, as things stand.

    Raises LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    standing = allowance.within_limits(
        customer=customer,
        bank=payment.payee_bank,
        number=payment.payee_number,
        amount=payment.amount,
        currency=payment.currency,
        now=now,
    )
    return allowance.asked(
        customer=customer, amount=payment.amount, currency=payment.currency, standing=standing, now=now
    )


def confirm(
    *,
    customer: Customer,
    payment_id: uuid.UUID,
    challenge_id: uuid.UUID,
    session: str = "",
    sum_confirmed: int | None = None,
    now: datetime,
) -> Payment:
    """This function will take the money into clearing, once; a repeat is answered with the first result.

    One transaction: the payer's row is locked, limits and promise are looked at anew, the answered step-up is used up,
    the books take the entry customer -> in clearing, the payment is accepted, trail and outbox hear of it last.

    Before that the monitor judges it (payments.watching), as it does every transfer to somebody else: it goes, or its
    money is held on its account (state `held`). Where the monitor gives no verdict, everything is undone and done once
    more without it, by `watching.unjudged`: a failing monitor approves nothing.

    Raises UnknownTransfer, DraftVoid, UnknownSource, AccountClosed, UnknownBank, NoWay, PromiseChanged, NotOffered,
    LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit, SumUnconfirmed,
    InsufficientFunds, stepup.Refused. `sum_confirmed` is the
    large sum of the day that the payer has confirmed in words, in minor units.
    """
    act = _Act(customer, payment_id, challenge_id, session, sum_confirmed, now)
    try:
        try:
            with transaction.atomic(durable=True):
                return _confirm(act, watching.judge)
        except watching.MonitorFailed as failure:
            log.error("monitor_failed", payment=str(payment_id), error=repr(failure.__cause__ or failure))
        with transaction.atomic(durable=True):
            return _confirm(act, watching.unjudged)
    except posting.BelowFloor:
        found = customer.bank_payments.select_related("source").get(public_id=payment_id)
        ledger_id = found.source.ledger_account_id
        left = balances.of([ledger_id])[ledger_id].spendable
        raise InsufficientFunds(max(0, left or 0), found.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None


@dataclass(frozen=True, slots=True)
class _Act:
    customer: Customer
    payment_id: uuid.UUID
    challenge_id: uuid.UUID
    session: str
    sum_confirmed: int | None
    now: datetime


def _confirm(act: _Act, judge: Callable[..., watching.Verdict]) -> Payment:
    customer, now = act.customer, act.now
    payer = queries.lock_customer(customer)
    payment = queries.locked(customer.bank_payments, act.payment_id)
    if payment is None:
        raise UnknownTransfer
    if payment.state not in UNCONFIRMED:
        return payment
    if payment.state != State.DRAFT or payment.expires_at <= now:
        raise DraftVoid
    source = queries.source_of(customer, payment.source.public_id)
    if payer.standing != Customer.Standing.VERIFIED or source is None:
        raise UnknownSource
    if not source.open:
        raise AccountClosed
    accepting.pass_doors(payer, source_id=payment.source_id, amount=payment.amount, currency=payment.currency, now=now)
    asks = takes(customer=payer, payment=payment, now=now)
    if asks.total is not None and asks.total != act.sum_confirmed:
        raise SumUnconfirmed(asks.total, payment.currency)
    promise = accepting.promise_of(payment, now=now)
    if not accepting.holds(payment, promise):
        raise PromiseChanged(promise.path)
    stepup.consume(
        user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
        challenge_id=act.challenge_id,
        operation=OPERATION,
        payload=asks.binds(shown(payment)),
        session=act.session,
        now=now,
    )
    verdict = judge(accepting.moving(payment), now=now)
    blind = judge is watching.unjudged
    if verdict.outcome > watching.Outcome.STEP_UP:
        proof = booking.Proof(challenge_id=act.challenge_id, not_judged=blind)
        held_payments.hold(payer, payment, proof=proof, verdict=verdict, now=now)
        payment.state = State.HELD.value
        return payment
    posted = posting.post(
        key=accepting.key(payment),
        kind=KIND,
        channel="online",
        business_date=business_date(now),
        lines=accepting.lines(payment, now=now),
    )
    payment.step_up = act.challenge_id
    accepting.accept(
        customer, payment, entry_id=posted.entry_id, found=promise, actor=customer.user,
        more={"not_judged": True} if blind else {}, now=now,
    )  # fmt: skip
    if blind:
        booking.tell_operations(payment.public_id, held=False, now=now)
    return payment


def renew(*, customer: Customer, payment_id: uuid.UUID, now: datetime) -> None:
    """This function will put a new promise into a draft whose first one no longer holds, to be shown again.

    Raises UnknownTransfer, DraftVoid, UnknownBank, NoWay, NotOffered.
    """
    with transaction.atomic():
        queries.lock_customer(customer)
        payment = queries.locked(customer.bank_payments, payment_id)
        if payment is None:
            raise UnknownTransfer
        if payment.state != State.DRAFT or payment.expires_at <= now:
            raise DraftVoid
        mode, left = Mode(payment.mode), payment.expires_at - now
        promise = accepting.promise_of(payment, now=now)
        payment.path, payment.execute_at = promise.path.value, promise.execute_at
        payment.promised_by = promises.latest(promise, mode=mode, draft_life=left)
        payment.save(update_fields=["path", "execute_at", "promised_by"])


def may_take_back(payment: Payment, *, now: datetime) -> bool:
    """This function will say whether a payment can be taken back at this moment."""
    return (
        payment.state == State.ACCEPTED
        and payment.mode != Mode.REAL_TIME
        and payment.batch_id is None
        and payment.execute_at > now
    )


def take_back(*, customer: Customer, payment_id: uuid.UUID, now: datetime) -> bool:
    """This function will give the money of a payment that has not left back to its payer; False when that was done.

    Starts a transaction and locks the payment, as sending does: one of the two wins. Raises UnknownTransfer, TooLate.
    """
    with transaction.atomic(durable=True):
        payment = queries.locked(customer.bank_payments, payment_id)
        if payment is None or payment.state in UNCONFIRMED:
            raise UnknownTransfer
        if payment.state == State.REVOKED:
            return False
        if not may_take_back(payment, now=now):
            raise TooLate
        moves.give_back(payment, State.REVOKED, now=now, actor=customer.user)
    return True


def arrange_payee(*, customer: Customer, payee_id: uuid.UUID, entry: Entry, now: datetime) -> bool:
    """This function will change how a customer keeps a payee at another bank; says whether anything changed.

    Raises UnknownTransfer.
    """
    with transaction.atomic():
        queries.lock_customer(customer)
        payee = queries.payee_of(customer, payee_id)
        if payee is None:
            raise UnknownTransfer
        return keep(payee, entry, act="clearing.payee_changed", actor=customer.user, now=now)


def remove_payee(*, customer: Customer, payee_id: uuid.UUID, now: datetime) -> bool:
    """This function will take a payee at another bank off the list and answer whether this call did."""
    with transaction.atomic():
        queries.lock_customer(customer)
        payee = customer.other_payees.filter(public_id=payee_id).first()
        if payee is None:
            raise UnknownTransfer
        if payee.archived_at is not None:
            return False
        payee.archived_at = now
        payee.save(update_fields=["archived_at"])
        audit.record(act="clearing.payee_removed", subject=payee, actor=customer.user, now=now)
    return True


def expire_drafts(*, now: datetime) -> int:
    """This function will void the drafts that nobody confirmed in time, and answer how many."""
    return Payment.objects.filter(state=State.DRAFT, expires_at__lte=now).update(state=State.VOID)
