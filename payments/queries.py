"""What the payments pages and services read, as plain values. Another customer's record is None, as if it were not."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Q

from accounts.models import BankAccount, Customer, Disposition
from core import policy, prepared
from ledger.calendar import business_date
from ledger.money import Money
from payments import figures, limits
from payments.asking import Free, Gone
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
    group: str
    note: str
    favourite: bool
    trusted_at: datetime | None


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
    "group",
    "note",
    "favourite",
    "trusted_at",
)


_PAYEES = """
    SELECT p.id, p.public_id, p.alias, p.shown_name, b.id, b.number, b.currency, b.status, p.confirmed_at,
           p."group", p.note, p.favourite, p.trusted_at
      FROM payments_payee p JOIN accounts_bankaccount b ON b.id = p.bank_account_id
     WHERE p.customer_id = %s AND p.state = 'active'
     ORDER BY NOT p.favourite, p.alias, p.id
"""


def payees_of(customer: Customer) -> list[KnownPayee]:
    """This function will list the payees a customer can pay, favourites first, then by name, in one query."""
    return [_known(row) for row in prepared.rows(_PAYEES, [customer.pk])]


_NAMES = """
    SELECT p.alias, o.legal_name, o.id
      FROM payments_payee p
      JOIN accounts_disposition h ON h.bank_account_id = p.bank_account_id AND h.role = 'owner'
      JOIN accounts_customer o ON o.id = h.customer_id
     WHERE p.customer_id = %s AND p.state = 'active'
     ORDER BY p.id
"""


def names_of_payees(customer: Customer) -> list[tuple[str, str, int]]:
    """This function will list how a customer calls each payee, the holder's whole name, and the holder; never shown."""
    return [(row[0], row[1], row[2]) for row in prepared.rows(_NAMES, [customer.pk])]


def payee_of(customer: Customer, public_id: uuid.UUID) -> KnownPayee | None:
    """This function will find one active payee of a customer."""
    row = customer.payees.filter(state=Payee.State.ACTIVE, public_id=public_id).values_list(*_PAYEE).first()
    return _known(row) if row else None


def _known(row: tuple[Any, ...]) -> KnownPayee:
    return KnownPayee(*row[:7], row[7] == BankAccount.Status.OPEN.value, *row[8:])  # type: ignore[call-arg]


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


SOURCE = """
    SELECT b.public_id, b.id, b.status = 'open', b.currency,
           CASE WHEN a.floor IS NULL THEN NULL ELSE a.balance - a.held - a.floor END,
           b.account_class <> 'i', h.role = 'owner'
      FROM accounts_disposition h
      JOIN accounts_bankaccount b ON b.id = h.bank_account_id
      JOIN ledger_account a ON a.id = b.ledger_account_id
     WHERE h.customer_id = %s AND b.public_id = ANY (%s)
"""
TARGET = """
    SELECT p.id, b.id, b.status = 'open', b.currency, p.shown_name, o.legal_name, p.confirmed_at,
           b.account_class <> 'i'
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
    classed: bool  # of class II or III
    owned: bool


@dataclass(frozen=True, slots=True)
class PayeeEnd:
    """A payee's account as the end of a transfer."""

    payee_id: int
    bank_account_id: int
    open: bool
    currency: str
    shown_name: str
    legal_name: str
    confirmed_at: datetime
    classed: bool  # of class II or III


def own_ends(customer: Customer, wanted: list[uuid.UUID]) -> dict[uuid.UUID, OwnEnd]:
    """This function will find which of these accounts a customer may dispose of, with their balances, in one query."""
    return {row[0]: OwnEnd(*row[1:]) for row in prepared.rows(SOURCE, [customer.pk, wanted])}


def payee_end(customer: Customer, public_id: uuid.UUID) -> PayeeEnd | None:
    """This function will find the account behind one active payee of a customer, in one query."""
    found = prepared.rows(TARGET, [customer.pk, public_id])
    return PayeeEnd(*found[0]) if found else None


def lock(customer: Customer) -> None:
    """This function will lock a customer: the queue of everything they move and of what they set about it."""
    Customer.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=customer.pk)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a customer has gone on a day: what is used, what they set, what went to new payees and without a code."""

    used: Used
    to_young: int  # minor units, to payees that are still new
    own: dict[str, int]  # limits they set themselves, by name
    freedoms: dict[str, list[Any]]  # "kind:currency" -> given, amount, count
    payee_active: bool
    payee_trusted: bool
    payee_since: datetime | None

    def limits(self, *, currency: str, on: date) -> Limits:
        """This method will give the limits that count for them. Raises policy.UnknownPolicy for a currency without."""
        usual, most = figures.usual_limits(currency=currency, on=on), figures.most_limits(currency=currency, on=on)
        return limits.chosen(usual=usual, most=most, own=self.own)

    def gone(self, currency: str) -> dict[Free, Gone]:
        """This method will give what they allowed to go without a code in a currency, and what has."""
        found = {kind: self.freedoms.get(f"{kind}:{currency}") for kind in Free}
        return {kind: Gone(*row) for kind, row in found.items() if row is not None}

    @property
    def has_gone_free(self) -> bool:
        """Say whether anything went without a code since the last one."""
        return any(count for _given, _amount, count in self.freedoms.values())


def standing(*, customer_id: int, currency: str, payee_id: int | None = None, now: datetime) -> Standing:
    """This function will say how far a customer has gone on the business date of a moment, in one query.

    With how a payee of theirs stands, where one is named. Amounts are of one currency, counts of all. Good for
    saying a refusal early; `locked` has the figures that count.
    """
    (found,) = prepared.rows(_STANDING, [customer_id, currency, payee_id, *standing_span(now)])
    return read_standing(found)


STANDING_COLUMNS = """day, month, year, day_count, month_count, year_count, to_young, chosen, freedoms,
           payee_active, payee_trusted, payee_since"""
_STANDING = f"SELECT {STANDING_COLUMNS} FROM payments_standing(%s::bigint, %s, %s::bigint, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - our words


def read_standing(row: prepared.Row) -> Standing:
    """This function will read the columns of `STANDING_COLUMNS`."""
    return Standing(Used(*row[:6]), row[6], _read(row[7]), _read(row[8]), *row[9:])


def _read(found: Any) -> dict[str, Any]:
    """Django's own cursors, used while statements are counted, hand JSON out as text."""
    return cast("dict[str, Any]", json.loads(found) if isinstance(found, str) else found or {})


def standing_span(now: datetime) -> tuple[date, date, date, date, bool, datetime, datetime]:
    """This function will give what `payments_standing` is asked with besides payer, currency and payee."""
    today = business_date(now)
    own = bool(policy.value("transfer.own.counts_towards_limits", on=today))
    return (
        today,
        today.replace(day=1),
        date(today.year, 1, 1),
        date(today.year, 12, 31),
        own,
        now,
        figures.young_since(now),
    )


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
    confirmed_sum: int | None
    payee_id: int | None
    entry_id: int = 0  # the booking; 0 while it is a draft

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
    "confirmed_sum",
    "payee_id",
    "entry_id",
)


def transfer_of(customer: Customer, public_id: uuid.UUID) -> TransferRecord | None:
    """This function will find one transfer a customer made, in whatever state."""
    row = customer.transfers.filter(public_id=public_id).values_list(*_TRANSFER).first()
    return TransferRecord(*row) if row else None


def transfer_by_key(customer: Customer, key: uuid.UUID) -> TransferRecord | None:
    """This function will find the transfer that a form has made and that was not replaced."""
    row = (
        customer.transfers.filter(key=key)
        .exclude(state__in=[Transfer.State.REFUSED, Transfer.State.EXPIRED])
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


def held_transfer(public_id: uuid.UUID) -> TransferRecord:
    """This function will find a transfer that is held or was, for the bank's own work. Raises Transfer.DoesNotExist."""
    return TransferRecord(*Transfer.objects.values_list(*_TRANSFER).get(public_id=public_id))


@dataclass(frozen=True, slots=True)
class HeldTransfer:
    """One of a customer's payments whose money is held. `kind` is where it would go: "customer" or "bank"."""

    public_id: uuid.UUID
    kind: str
    shown_name: str
    money: Money
    until: datetime


_HELD = """
    SELECT h.payment, h.kind, coalesce(t.shown_name, p.payee_name), h.amount, h.currency, h.until
      FROM payments_holding h LEFT JOIN payments_transfer t ON t.public_id = h.payment
                              LEFT JOIN clearing_payment p ON p.public_id = h.payment
     WHERE h.payer_id = %s AND h.state = 'held'
     ORDER BY h.id DESC
"""


def held_of(customer: Customer) -> list[HeldTransfer]:
    """This function will list a customer's payments whose money is held, newest first, in one query."""
    found = prepared.rows(_HELD, [customer.pk])
    return [HeldTransfer(row[0], row[1], row[2], Money(row[3], row[4]), row[5]) for row in found]


def transfer_by_id(public_id: uuid.UUID) -> TransferRecord | None:
    """This function will find a confirmed transfer for the bank's own work (notices), whoever made it."""
    row = Transfer.objects.filter(public_id=public_id, state=Transfer.State.CONFIRMED).values_list(*_TRANSFER).first()
    return TransferRecord(*row) if row else None
