"""What the payments pages and services read, as plain values. Another customer's record is None, as if it were not."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.models import BankAccount, Customer, Disposition
from core import policy, prepared
from ledger.money import Money
from payments.limits import Limits, Used
from payments.models import Payee, Transfer


@dataclass(frozen=True, slots=True)
class KnownPayee:
    """A payee as their customer sees them."""

    id: int
    public_id: uuid.UUID
    alias: str
    shown_name: str
    bank_account_id: int
    number: str
    currency: str
    open: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who owns an account."""

    bank_account_id: int
    customer_id: int
    legal_name: str
    currency: str
    open: bool


_PAYEE = (
    "id",
    "public_id",
    "alias",
    "shown_name",
    "bank_account_id",
    "bank_account__number",
    "bank_account__currency",
    "bank_account__status",
    "confirmed_at",
)


_PAYEES = """
    SELECT p.id, p.public_id, p.alias, p.shown_name, b.id, b.number, b.currency, b.status, p.confirmed_at
      FROM payments_payee p JOIN accounts_bankaccount b ON b.id = p.bank_account_id
     WHERE p.customer_id = %s AND p.state = 'active'
     ORDER BY p.alias, p.id
"""


def payees_of(customer: Customer) -> list[KnownPayee]:
    """This function will list the payees a customer can pay, by name, in one query."""
    return [_known(row) for row in prepared.rows(_PAYEES, [customer.pk])]


def payee_of(customer: Customer, public_id: uuid.UUID) -> KnownPayee | None:
    """This function will find one active payee of a customer."""
    row = customer.payees.filter(state=Payee.State.ACTIVE, public_id=public_id).values_list(*_PAYEE).first()
    return _known(row) if row else None


def _known(row: tuple[Any, ...]) -> KnownPayee:
    return KnownPayee(*row[:7], row[7] == BankAccount.Status.OPEN.value, row[8])  # type: ignore[call-arg]


def holder_of(number: str) -> Holder | None:
    """This function will find who owns the account of a number; None when there is no such account or owner."""
    row = (
        Disposition.objects.filter(bank_account__number=number, role=Disposition.Role.OWNER)
        .values_list(
            "bank_account_id", "customer_id", "customer__legal_name", "bank_account__currency", "bank_account__status"
        )
        .first()
    )
    return Holder(*row[:4], row[4] == BankAccount.Status.OPEN.value) if row else None


def limits_on(*, currency: str, on: date) -> Limits:
    """This function will read the limits that count on a day. Raises policy.UnknownPolicy for a currency without."""
    unit = currency.lower()

    def minor(name: str) -> int:
        return Money.of(str(policy.value(f"transfer.{name}_limit.{unit}", on=on)), currency).minor

    return Limits(
        payment=minor("payment"),
        day=minor("daily"),
        year=minor("yearly"),
        day_count=int(policy.value("transfer.daily_count", on=on)),
        year_count=int(policy.value("transfer.yearly_count", on=on)),
    )


_SOURCE = """
    SELECT b.public_id, b.id, b.status = 'open', b.currency,
           CASE WHEN a.floor IS NULL THEN NULL ELSE a.balance - a.held - a.floor END
      FROM accounts_disposition h
      JOIN accounts_bankaccount b ON b.id = h.bank_account_id
      JOIN ledger_account a ON a.id = b.ledger_account_id
     WHERE h.customer_id = %s AND b.public_id = ANY (%s)
"""
_TARGET = """
    SELECT p.id, b.id, b.status = 'open', b.currency, p.shown_name, o.legal_name
      FROM payments_payee p
      JOIN accounts_bankaccount b ON b.id = p.bank_account_id
      JOIN accounts_disposition h ON h.bank_account_id = b.id AND h.role = 'owner'
      JOIN accounts_customer o ON o.id = h.customer_id
     WHERE p.customer_id = %s AND p.public_id = %s AND p.state = 'active'
"""


@dataclass(frozen=True, slots=True)
class OwnEnd:
    """An account of the customer as an end of a transfer; `spendable` is None where no floor stops it."""

    bank_account_id: int
    open: bool
    currency: str
    spendable: int | None


@dataclass(frozen=True, slots=True)
class PayeeEnd:
    """A payee's account as the end of a transfer."""

    payee_id: int
    bank_account_id: int
    open: bool
    currency: str
    shown_name: str
    legal_name: str


def own_ends(customer: Customer, wanted: list[uuid.UUID]) -> dict[uuid.UUID, OwnEnd]:
    """This function will find which of these accounts a customer may dispose of, with their balances, in one query."""
    return {row[0]: OwnEnd(*row[1:]) for row in prepared.rows(_SOURCE, [customer.pk, wanted])}


def payee_end(customer: Customer, public_id: uuid.UUID) -> PayeeEnd | None:
    """This function will find the account behind one active payee of a customer, in one query."""
    found = prepared.rows(_TARGET, [customer.pk, public_id])
    return PayeeEnd(*found[0]) if found else None


def is_limited(*, kind: str, on: date) -> bool:
    """This function will say whether a transfer of this kind uses up the limits."""
    return kind == Transfer.Kind.CUSTOMER or bool(policy.value("transfer.own.counts_towards_limits", on=on))


def used(*, customer_id: int, currency: str, today: date) -> Used:
    """This function will sum what a customer has moved on a business date and in its year, from one index.

    Amounts are of one currency, counts of all. Good for saying a refusal early; `locked` has the figures that count.
    """
    ((day, year, day_count, year_count),) = prepared.rows(_USED, [customer_id, currency, *_span(today)])
    return Used(day, year, day_count, year_count)


_USED = "SELECT day, year, day_count, year_count FROM payments_used(%s::bigint, %s, %s, %s, %s, %s)"


def _span(today: date) -> tuple[date, date, date, bool]:
    own = bool(policy.value("transfer.own.counts_towards_limits", on=today))
    return today, date(today.year, 1, 1), date(today.year, 12, 31), own


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """One transfer with both accounts, as its payer or its payee may see it."""

    id: int
    public_id: uuid.UUID
    reference: str
    state: str
    kind: str
    amount: int
    currency: str
    memo: str
    shown_name: str
    payer_name: str
    payee_name: str
    payee_public_id: uuid.UUID | None
    source_public_id: uuid.UUID
    source_number: str
    source_ledger_id: int
    destination_public_id: uuid.UUID
    destination_number: str
    payer_id: int
    source_id: int
    destination_id: int
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    business_date: date | None
    verification_code: str | None

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


_TRANSFER = (
    "id",
    "public_id",
    "reference",
    "state",
    "kind",
    "amount",
    "currency",
    "memo",
    "shown_name",
    "payer_name",
    "payee_name",
    "payee__public_id",
    "source__public_id",
    "source__number",
    "source__ledger_account_id",
    "destination__public_id",
    "destination__number",
    "payer_id",
    "source_id",
    "destination_id",
    "created_at",
    "expires_at",
    "confirmed_at",
    "business_date",
    "verification_code",
)


def transfer_of(customer: Customer, public_id: uuid.UUID) -> TransferRecord | None:
    """This function will find one transfer a customer made, in whatever state."""
    row = customer.transfers.filter(public_id=public_id).values_list(*_TRANSFER).first()
    return TransferRecord(*row) if row else None


def transfer_by_key(customer: Customer, key: uuid.UUID) -> TransferRecord | None:
    """This function will find the transfer that a form has made and that was not replaced."""
    row = (
        customer.transfers.filter(key=key, state__in=[Transfer.State.DRAFT, Transfer.State.CONFIRMED])
        .values_list(*_TRANSFER)
        .first()
    )
    return TransferRecord(*row) if row else None


@dataclass(frozen=True, slots=True)
class Side:
    """A confirmed transfer and from which side the reader sees it."""

    transfer: TransferRecord
    is_payer: bool


def receipt_for(customer: Customer, public_id: uuid.UUID) -> Side | None:
    """This function will find a confirmed transfer that a customer made, or that reached an account of theirs."""
    reached = Disposition.objects.filter(customer=customer).values("bank_account_id")
    row = (
        Transfer.objects.filter(public_id=public_id, state=Transfer.State.CONFIRMED)
        .filter(Q(payer=customer) | Q(destination__in=reached))
        .values_list(*_TRANSFER)
        .first()
    )
    if row is None:
        return None
    transfer = TransferRecord(*row)
    return Side(transfer, transfer.payer_id == customer.pk)


def transfer_by_code(code: str) -> TransferRecord | None:
    """This function will find the confirmed transfer that carries a verification code."""
    row = Transfer.objects.filter(verification_code=code).values_list(*_TRANSFER).first()
    return TransferRecord(*row) if row else None


def transfer_by_id(public_id: uuid.UUID) -> TransferRecord | None:
    """This function will find a confirmed transfer for the bank's own work (notices), whoever made it."""
    row = Transfer.objects.filter(public_id=public_id, state=Transfer.State.CONFIRMED).values_list(*_TRANSFER).first()
    return TransferRecord(*row) if row else None


# The payer and the draft are locked first; payments_used is volatile and sums after the wait (migration 0002).
_LOCK = """
    SELECT l.*, u.day, u.year, u.day_count, u.year_count
      FROM (
    SELECT t.id, t.public_id, t.state, t.kind, t.amount, t.currency, t.memo, t.shown_name, t.payer_name, t.expires_at,
           s.number AS source_number, s.ledger_account_id AS source_ledger_id,
           d.number AS destination_number, d.ledger_account_id AS destination_ledger_id,
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
           ) l, LATERAL payments_used(%s::bigint, l.currency, %s, %s, %s, %s) u
"""


@dataclass(frozen=True, slots=True)
class LockedTransfer:
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


def locked(customer: Customer, public_id: uuid.UUID, *, today: date) -> tuple[LockedTransfer, Used] | None:
    """This function will lock a customer and one of their transfers, in this order, and read it with both accounts.

    Needs an open transaction. What it waits for is read anew, so the state and what is used of the limits are those
    that count.
    """
    found = prepared.rows(_LOCK, [customer.pk, public_id, customer.pk, *_span(today)])
    return (LockedTransfer(*found[0][:-4]), Used(*found[0][-4:])) if found else None
