"""Transfers on a customer's word: fill in, check, confirm once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection, transaction

from accounts.access import stepup
from accounts.models import BankAccount, Customer, Disposition
from core import audit, outbox, policy
from ledger import balances, posting
from ledger.calendar import business_date
from payments import limits, queries, references
from payments.models import Transfer

OPERATION = "payments.transfer"
KIND = "payments.transfer"
CONFIRMED = "payments.transfer_confirmed"


class TransferRefused(Exception):
    """The transfer cannot be made. No money has moved."""


class UnknownSource(TransferRefused):
    """The account to pay from is not one the customer may dispose of."""


class UnknownDestination(TransferRefused):
    """There is no such payee or own account for this customer."""


class SameAccount(TransferRefused):
    """Both ends are the same account."""


class AccountClosed(TransferRefused):
    """One of the two accounts is closed."""


class CurrencyDiffers(TransferRefused):
    """The two accounts are kept in different currencies."""


class NotOffered(TransferRefused):
    """No limits are set for this currency, so nothing may leave in it."""


class InsufficientFunds(TransferRefused):
    """The account does not hold enough; `available` is what may be spent now, in minor units of `currency`."""

    def __init__(self, available: int, currency: str) -> None:
        super().__init__(available, currency)
        self.available, self.currency = available, currency


class LimitReached(TransferRefused):
    """A limit would be passed; `breach` says which, what is left, and when it is whole again."""

    def __init__(self, breach: limits.Breach, currency: str) -> None:
        super().__init__(breach, currency)
        self.breach, self.currency = breach, currency


class KeyTaken(TransferRefused):
    """The form has made another transfer already; `transfer_id` is that one's public id."""

    def __init__(self, transfer_id: uuid.UUID) -> None:
        super().__init__(transfer_id)
        self.transfer_id = transfer_id


class UnknownTransfer(TransferRefused):
    """The customer has no such transfer."""


class DraftVoid(TransferRefused):
    """The draft was replaced or is too old; it cannot be confirmed any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants moved: exactly one of `to_account` and `to_payee` is given. Minor units."""

    source: uuid.UUID
    to_account: uuid.UUID | None
    to_payee: uuid.UUID | None
    amount: int
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft to check; `repeated` when the same form had made it before."""

    transfer_id: uuid.UUID
    repeated: bool
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The transfer that was made; `repeated` when this call found it done."""

    transfer_id: uuid.UUID
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both ends of an order, looked up for its customer."""

    source_id: int
    destination_id: int
    payee_id: int | None
    currency: str
    kind: str
    shown_name: str
    payee_name: str


def draft(*, customer: Customer, key: uuid.UUID, order: Order, now: datetime) -> Drafted:
    """This function will keep an order as a draft to be checked and confirmed, once for each form (`key`).

    Nothing is booked. The same form with the same content answers with the first draft, or with what became of it. The
    same form with other content replaces a draft that nobody confirmed; when it was confirmed, raises KeyTaken. Raises
    UnknownSource, UnknownDestination, SameAccount, AccountClosed, CurrencyDiffers, NotOffered, InsufficientFunds,
    LimitReached: what confirming would refuse too, said early.
    """
    if order.amount <= 0:
        raise ValueError("an order moves at least one minor unit")
    today = business_date(now)
    before = queries.transfer_by_key(customer, key)
    if before is not None and _is_same(before, order, now):
        return Drafted(before.public_id, repeated=True, confirmed=before.state == Transfer.State.CONFIRMED)
    if before is not None and before.state == Transfer.State.CONFIRMED:
        raise KeyTaken(before.public_id)
    ends = _look_up(customer, order)
    _within_limits(customer=customer, kind=ends.kind, amount=order.amount, currency=ends.currency, now=now)
    made = uuid.uuid4()
    life = timedelta(minutes=int(policy.value("transfer.draft_minutes", on=today)))
    values: list[Any] = [
        made, references.new_reference(today), customer.pk, ends.source_id, ends.destination_id, ends.payee_id,
        ends.kind, order.amount, ends.currency, order.memo, ends.shown_name, customer.legal_name, ends.payee_name, key,
        now, now + life,
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        if before is not None:
            _move(before.id, to=Transfer.State.REFUSED)
        cursor.execute(_INSERT, values)
        if cursor.fetchone() is not None:
            return Drafted(made, repeated=False)
    # The same form was sent twice at the same moment, and the other one was first.
    first = queries.transfer_by_key(customer, key)
    if first is None or not _is_same(first, order, now):
        raise KeyTaken(first.public_id if first else made)
    return Drafted(first.public_id, repeated=True, confirmed=first.state == Transfer.State.CONFIRMED)


_INSERT = """
    INSERT INTO payments_transfer (public_id, reference, payer_id, source_id, destination_id, payee_id, kind, amount,
                                   currency, memo, shown_name, payer_name, payee_name, key, created_at, expires_at,
                                   state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'draft')
    ON CONFLICT (payer_id, key) WHERE state IN ('draft', 'confirmed') DO NOTHING
    RETURNING id
"""


class Shown(Protocol):
    """What of a transfer its payer is shown; a record and a locked draft both have it."""

    @property
    def public_id(self) -> uuid.UUID: ...
    @property
    def source_number(self) -> str: ...
    @property
    def destination_number(self) -> str: ...
    @property
    def shown_name(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def memo(self) -> str: ...


def shown(transfer: Shown) -> Mapping[str, str | int]:
    """This function will spell out what the payer was shown and approves: the payload of the step-up."""
    return {
        "transfer": str(transfer.public_id),
        "from": transfer.source_number,
        "to": transfer.destination_number,
        "payee": transfer.shown_name,
        "amount": transfer.amount,
        "currency": transfer.currency,
        "memo": transfer.memo,
    }


def asks_for_code(*, kind: str, now: datetime) -> bool:
    """This function will say whether confirming a transfer of this kind takes a step-up."""
    return kind != Transfer.Kind.OWN or bool(policy.value("transfer.own.step_up", on=business_date(now)))


def confirm(
    *, customer: Customer, transfer_id: uuid.UUID, challenge_id: uuid.UUID | None, session: str = "", now: datetime
) -> Confirmed:
    """This function will move the money of a draft, once; a repeat is answered with the first result.

    One transaction: the payer's row is locked (it is the queue of everything this customer moves), limits are summed
    under that lock, the answered step-up is used up, the books take the entry under the transfer's own key, the draft
    becomes confirmed, the trail and the outbox hear of it last. Whatever is refused leaves no trace: no entry, no fact,
    the draft and the step-up as they were.

    Raises UnknownTransfer, DraftVoid, UnknownSource, UnknownDestination, AccountClosed, CurrencyDiffers, NotOffered,
    LimitReached, InsufficientFunds, and stepup.Refused.
    """
    try:
        with transaction.atomic(durable=True):
            return _confirm(customer, transfer_id, challenge_id, session, now)
    except posting.BelowFloor:
        transfer = queries.transfer_of(customer, transfer_id)
        if transfer is None:
            raise UnknownTransfer from None
        left = balances.of([transfer.source_ledger_id])[transfer.source_ledger_id].spendable
        raise InsufficientFunds(max(0, left or 0), transfer.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
    except posting.WrongCurrency:
        raise CurrencyDiffers from None


_LOCK = """
    SELECT t.id, t.public_id, t.state, t.kind, t.amount, t.currency, t.memo, t.shown_name, t.payer_name, t.expires_at,
           s.number, s.ledger_account_id, d.number, d.ledger_account_id,
           s.status = 'open' AND d.status = 'open', s.currency = d.currency AND s.currency = t.currency,
           EXISTS (SELECT 1 FROM accounts_disposition h WHERE h.customer_id = c.id AND h.bank_account_id = s.id),
           CASE WHEN t.kind = 'customer' THEN p.state = 'active'
                ELSE EXISTS (SELECT 1 FROM accounts_disposition h
                              WHERE h.customer_id = c.id AND h.bank_account_id = d.id) END,
           c.standing
      FROM accounts_customer c
      JOIN payments_transfer t ON t.payer_id = c.id
      JOIN accounts_bankaccount s ON s.id = t.source_id
      JOIN accounts_bankaccount d ON d.id = t.destination_id
      LEFT JOIN payments_payee p ON p.id = t.payee_id
     WHERE c.id = %s AND t.public_id = %s
       FOR NO KEY UPDATE OF c, t
"""


@dataclass(frozen=True, slots=True)
class _Locked:
    """A draft under its payer's lock, with what may have changed since it was filled in."""

    id: int
    public_id: uuid.UUID
    state: str
    kind: str
    amount: int
    currency: str
    memo: str
    shown_name: str
    payer_name: str
    expires_at: datetime
    source_number: str
    source_ledger_id: int
    destination_number: str
    destination_ledger_id: int
    accounts_open: bool
    one_currency: bool
    may_dispose: bool
    may_be_paid: bool
    standing: str


def _confirm(
    customer: Customer, transfer_id: uuid.UUID, challenge_id: uuid.UUID | None, session: str, now: datetime
) -> Confirmed:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [customer.pk, transfer_id])
        row = cursor.fetchone()
    if row is None:
        raise UnknownTransfer
    locked = _Locked(*row)
    if locked.state == Transfer.State.CONFIRMED:
        return Confirmed(locked.public_id, repeated=True)
    _still_possible(locked, now)
    _within_limits(customer=customer, kind=locked.kind, amount=locked.amount, currency=locked.currency, now=now)
    if asks_for_code(kind=locked.kind, now=now):
        if challenge_id is None:
            raise stepup.Unanswered
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(locked),
            session=session,
            now=now,
        )
    else:
        challenge_id = None
    today = business_date(now)
    posted = posting.post(
        key=f"transfer:{locked.public_id}",
        kind=KIND,
        channel="online",
        business_date=today,
        lines=[
            posting.Line(locked.source_ledger_id, -locked.amount, _narrative(locked.shown_name, locked.memo)),
            posting.Line(locked.destination_ledger_id, locked.amount, _narrative(locked.payer_name, locked.memo)),
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_transfer SET state = 'confirmed', entry_id = %s, verification_code = %s, step_up = %s,"
            " business_date = %s, confirmed_at = %s WHERE id = %s AND state = 'draft'",
            [posted.entry_id, references.new_verification_code(), challenge_id, today, now, locked.id],
        )
        if cursor.rowcount != 1:
            raise DraftVoid
    audit.record(
        act=CONFIRMED,
        subject=f"payments.transfer:{locked.public_id}",
        actor=customer.user,
        after={"amount": locked.amount, "currency": locked.currency, "entry": posted.entry_id},
        now=now,
    )
    outbox.record(kind=CONFIRMED, payload={"transfer": str(locked.public_id)}, owner=customer, now=now)
    return Confirmed(locked.public_id, repeated=False)


def expire_drafts(*, now: datetime) -> int:
    """This function will mark the drafts that nobody confirmed in time, in one statement, and answer how many."""
    return Transfer.objects.filter(state=Transfer.State.DRAFT, expires_at__lte=now).update(state=Transfer.State.EXPIRED)


def _still_possible(locked: _Locked, now: datetime) -> None:
    if locked.state != Transfer.State.DRAFT or locked.expires_at <= now:
        raise DraftVoid
    if locked.standing != Customer.Standing.VERIFIED or not locked.may_dispose:
        raise UnknownSource
    if not locked.may_be_paid:
        raise UnknownDestination
    if not locked.accounts_open:
        raise AccountClosed
    if not locked.one_currency:
        raise CurrencyDiffers


def _within_limits(*, customer: Customer, kind: str, amount: int, currency: str, now: datetime) -> None:
    today = business_date(now)
    if not queries.is_limited(kind=kind, on=today):
        return
    try:
        allowed = queries.limits_on(currency=currency, on=today)
    except policy.UnknownPolicy as missing:
        raise NotOffered(currency) from missing
    used = queries.used(customer_id=customer.pk, currency=currency, today=today)
    if breach := limits.breach(amount=amount, used=used, limits=allowed, today=today):
        raise LimitReached(breach, currency)


def _look_up(customer: Customer, order: Order) -> _Ends:
    """Find both ends among what the customer may use, and say early what confirming would refuse."""
    wanted = [order.source, *([order.to_account] if order.to_account else [])]
    held = {
        row[0]: row[1:]
        for row in Disposition.objects.filter(customer=customer, bank_account__public_id__in=wanted).values_list(
            "bank_account__public_id",
            "bank_account_id",
            "bank_account__status",
            "bank_account__currency",
            "bank_account__ledger_account_id",
        )
    }
    if order.source not in held:
        raise UnknownSource
    source_id, status, currency, ledger_id = held[order.source]
    open_source = status == BankAccount.Status.OPEN
    if order.to_account is not None:
        if order.to_account not in held:
            raise UnknownDestination
        if order.to_account == order.source:
            raise SameAccount
        destination_id, status, other, _ledger_id = held[order.to_account]
        open_both = open_source and status == BankAccount.Status.OPEN
        name = customer.legal_name
        ends = _Ends(source_id, destination_id, None, currency, Transfer.Kind.OWN.value, name, name)
    else:
        payee = queries.payee_of(customer, order.to_payee) if order.to_payee else None
        holder = queries.holder_of(payee.number) if payee else None
        if payee is None or holder is None:
            raise UnknownDestination
        if payee.bank_account_id == source_id:
            raise SameAccount
        other, open_both = payee.currency, open_source and payee.open
        ends = _Ends(
            source_id, payee.bank_account_id, payee.id, currency, Transfer.Kind.CUSTOMER.value,
            payee.shown_name, holder.legal_name,
        )  # fmt: skip
    if not open_both:
        raise AccountClosed
    if other != currency:
        raise CurrencyDiffers
    spendable = balances.of([ledger_id])[ledger_id].spendable
    if spendable is not None and order.amount > spendable:
        raise InsufficientFunds(max(0, spendable), currency)
    return ends


def _is_same(transfer: queries.TransferRecord, order: Order, now: datetime) -> bool:
    if transfer.state == Transfer.State.DRAFT and transfer.expires_at <= now:
        return False
    to_payee = transfer.payee_public_id
    to_account = None if to_payee else transfer.destination_public_id
    return (transfer.source_public_id, to_account, to_payee, transfer.amount, transfer.memo) == (
        order.source, order.to_account, order.to_payee, order.amount, order.memo,
    )  # fmt: skip


def _move(transfer_pk: int, *, to: Transfer.State) -> None:
    """Take a draft out of the way; one that was confirmed meanwhile stays as it is, and the insert will meet it."""
    Transfer.objects.filter(pk=transfer_pk, state=Transfer.State.DRAFT).update(state=to)


def _narrative(name: str, memo: str) -> str:
    return (f"{name} · {memo}" if memo else name)[:200]
