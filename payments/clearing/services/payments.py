"""Payments to other banks on a customer's word: draft, promise, confirm once, take back while it has not left."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import stepup
from accounts.models import Customer
from core import audit, policy
from ledger import balances, posting
from ledger.calendar import business_date
from payments import references
from payments.clearing import allowance, banks, queries
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode, NoPath, Offer
from payments.clearing.refusals import NoWay, PromiseChanged, TooLate, UnknownBank
from payments.clearing.services import accounts, moves, promises
from payments.clearing.states import State
from payments.refusals import (
    AccountClosed,
    DraftVoid,
    InsufficientFunds,
    KeyTaken,
    SumUnconfirmed,
    UnknownSource,
    UnknownTransfer,
)
from payments.services import doors
from payments.services.rules import OPERATION, Asked

KIND = "clearing.payment"


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
        _doors(payer, source.bank_account_id, order.amount, source.currency, now)
        allowance.within_limits(
            customer=payer,
            bank=order.bank,
            number=order.number,
            amount=order.amount,
            currency=source.currency,
            now=now,
        )
        promise = _promise(order.bank, order.mode, order.amount, source.currency, now)
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


def _doors(payer: Customer, source_id: int, amount: int, currency: str, now: datetime) -> None:
    """Ask what the floor of the accounts lays down. Raises IdentityExpired, ClassLimit, NotOffered."""
    today = business_date(now)
    doors.money_may_leave(document_expires_on=payer.document_expires_on, stays_own=False, today=today)
    doors.class_allows(
        classed=True, source_id=source_id, destination_id=None, own=False, amount=amount, currency=currency, today=today
    )


def _promise(bank_code: str, mode: Mode, amount: int, currency: str, now: datetime) -> Offer:
    bank = banks.find(bank_code)
    if bank is None:
        raise UnknownBank(bank_code)
    found = promises.offer(mode=mode, amount=amount, currency=currency, bank=bank, now=now)
    if isinstance(found, NoPath):
        raise NoWay(found)
    return found


def _same(before: Payment, order: Order) -> bool:
    return (
        before.source.public_id, before.payee_bank, before.payee_number, before.payee_name, before.amount, before.mode,
        before.memo, before.keep_payee,
    ) == (
        order.source, order.bank, order.number, order.name, order.amount, order.mode.value, order.memo,
        order.keep_payee,
    )  # fmt: skip


def shown(payment: Payment) -> Mapping[str, str | int]:
    """This function will spell out what the payer was shown and approves: the payload of the step-up."""
    promised = "" if payment.mode == Mode.REAL_TIME else payment.promised_by.isoformat()
    return {
        "transfer": str(payment.public_id),
        "from": payment.source.number,
        "bank": payment.payee_bank,
        "to": payment.payee_number,
        "payee": payment.payee_name,
        "amount": payment.amount,
        "currency": payment.currency,
        "memo": payment.memo,
        "mode": payment.mode,
        "path": payment.path,
        "promised_by": promised,
    }


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

    Raises UnknownTransfer, DraftVoid, UnknownSource, AccountClosed, UnknownBank, NoWay, PromiseChanged, NotOffered,
    LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit, SumUnconfirmed,
    InsufficientFunds, stepup.Refused. `sum_confirmed` is the
    large sum of the day that the payer has confirmed in words, in minor units.
    """
    try:
        with transaction.atomic(durable=True):
            return _confirm(customer, payment_id, challenge_id, session, sum_confirmed, now)
    except posting.BelowFloor:
        found = customer.bank_payments.select_related("source").get(public_id=payment_id)
        ledger_id = found.source.ledger_account_id
        left = balances.of([ledger_id])[ledger_id].spendable
        raise InsufficientFunds(max(0, left or 0), found.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None


def _confirm(
    customer: Customer,
    payment_id: uuid.UUID,
    challenge_id: uuid.UUID,
    session: str,
    sum_confirmed: int | None,
    now: datetime,
) -> Payment:
    payer = queries.lock_customer(customer)
    payment = queries.locked(customer.bank_payments, payment_id)
    if payment is None:
        raise UnknownTransfer
    if payment.state not in {State.DRAFT, State.VOID}:
        return payment
    if payment.state != State.DRAFT or payment.expires_at <= now:
        raise DraftVoid
    source = queries.source_of(customer, payment.source.public_id)
    if payer.standing != Customer.Standing.VERIFIED or source is None:
        raise UnknownSource
    if not source.open:
        raise AccountClosed
    today = business_date(now)
    _doors(payer, source.bank_account_id, payment.amount, payment.currency, now)
    asks = takes(customer=payer, payment=payment, now=now)
    if asks.total is not None and asks.total != sum_confirmed:
        raise SumUnconfirmed(asks.total, payment.currency)
    promise = _promise(payment.payee_bank, Mode(payment.mode), payment.amount, payment.currency, now)
    if not _holds(payment, promise):
        raise PromiseChanged(promise.path)
    stepup.consume(
        user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
        challenge_id=challenge_id,
        operation=OPERATION,
        payload=asks.binds(shown(payment)),
        session=session,
        now=now,
    )
    posted = posting.post(
        key=f"clearing:{payment.public_id}",
        kind=KIND,
        channel="online",
        business_date=today,
        lines=[
            posting.Line(payment.source.ledger_account_id, -payment.amount, moves.narrative(payment)),
            posting.Line(accounts.own("clearing", payment.currency, now=now), payment.amount, payment.reference),
        ],
    )
    payment.step_up, payment.entry_id = challenge_id, posted.entry_id
    payment.execute_at = promise.execute_at
    if payment.mode == Mode.REAL_TIME:
        payment.promised_by = promise.arrives_by
    payment.business_date, payment.confirmed_at = today, now
    moves.step(
        payment,
        State.ACCEPTED,
        now=now,
        also=["step_up", "entry", "execute_at", "promised_by", "business_date", "confirmed_at"],
        actor=customer.user,
    )
    if payment.keep_payee:
        _keep(customer, payment, now)
    return payment


def _holds(payment: Payment, promise: Offer) -> bool:
    """Say whether the promise that was shown is still kept when the payment goes now."""
    if promise.path.value != payment.path:
        return False
    return payment.mode == Mode.REAL_TIME or promise.arrives_by <= payment.promised_by


def _keep(customer: Customer, payment: Payment, now: datetime) -> None:
    most = int(policy.value("payee.most", on=business_date(now)))
    kept = customer.other_payees.filter(archived_at=None)
    there = kept.filter(bank_code=payment.payee_bank, number=payment.payee_number).first()
    if there is None and kept.count() < most:
        OtherPayee.objects.create(
            customer=customer,
            bank_code=payment.payee_bank,
            number=payment.payee_number,
            name=payment.payee_name,
            created_at=now,
        )
    elif there is not None and there.name != payment.payee_name:
        there.name = payment.payee_name
        there.save(update_fields=["name"])


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
        promise = _promise(payment.payee_bank, mode, payment.amount, payment.currency, now)
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
        if payment is None or payment.state in {State.DRAFT, State.VOID}:
            raise UnknownTransfer
        if payment.state == State.REVOKED:
            return False
        if not may_take_back(payment, now=now):
            raise TooLate
        moves.give_back(payment, State.REVOKED, now=now, actor=customer.user)
    return True


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
