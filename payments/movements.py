"""The receipt of any movement: what the books hold of it, and what the room that booked it has to add.

A room names a function for each kind of movement it books in `settings.RECEIPTS` (portal/movements.py):

    def tell(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None

It is called in the reader's language (for a paper: once in each), for a movement that is there, with the account in the
books from whose side it is seen; `customer` is None where the public looks. It reads and changes nothing. A kind that
nobody names gets the receipt of what the books hold: entry, kind, amount, dates and the balance before and after.

Two lists stand beside it: `settings.RECEIPT_NOTES`, functions `(entry_id) -> Sequence[str]` that say what became of a
movement later (on its receipt and on the public page), and `settings.RECEIPT_ACTS`, functions
`(*, customer, movement) -> Sequence[Act]` that say what its holder can do about it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts import masks
from accounts.models import Customer
from accounts.queries import HeldAccount
from accounts.statements import kinds
from core import audit, prepared
from ledger.money import Money
from payments import references
from payments.models import MovementPaper


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a receipt. `public` is what anybody with the code reads of it; None: nothing."""

    label: str
    value: str
    public: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a room says of a movement it booked."""

    rows: tuple[Row, ...] = ()
    state: str = ""  # how it stands now, in a few words, for everybody
    tone: str = "info"
    title: str = ""  # instead of what the kind is called
    page: str = ""  # the address of the room's own page about it, for `customer`
    instead: bool = False  # that page is the receipt: lead there at once


@dataclass(frozen=True, slots=True)
class Act:
    """Something the holder can do about a movement."""

    text: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of an account with its entry. Amounts are minor units."""

    bank_account_id: int
    account_number: str
    ledger_account_id: int
    number: int
    entry_id: int
    kind: str
    channel: str
    amount: int
    currency: str
    balance_after: int
    narrative: str
    business_date: date
    booked_at: datetime
    reverses: int | None
    reversed_by: int | None
    line_kind: str  # the entry's, or that of the fee it takes by this line

    @property
    def called(self) -> str:
        """What the movement is called, in the reader's language."""
        return kinds.label(self.line_kind)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def after(self) -> Money:
        return Money(self.balance_after, self.currency)

    @property
    def before(self) -> Money:
        return Money(self.balance_after - self.amount, self.currency)


def _select() -> str:
    return f"""
    SELECT b.id, b.number, line.account_id, line.number, entry.id, entry.kind, entry.channel, line.amount,
           line.currency, line.balance_after, line.narrative, entry.business_date, entry.booked_at, entry.reverses_id,
           (SELECT later.id FROM ledger_entry later WHERE later.reverses_id = entry.id), {kinds.of_line()}
      FROM accounts_bankaccount b
      JOIN ledger_line line ON line.account_id = b.ledger_account_id
      JOIN ledger_entry entry ON entry.id = line.entry_id
     WHERE b.id = %s AND """  # noqa: S608 - built of the code's own words


def movement_of(bank_account_id: int, number: int) -> Movement | None:
    """This function will find a line of an account by its number, in one query."""
    found = prepared.rows(_select() + "line.number = %s", [bank_account_id, number])
    return Movement(*found[0]) if found else None


def movement_by_entry(bank_account_id: int, entry_id: int) -> Movement | None:
    """This function will find the line that an entry has on an account, in one query."""
    found = prepared.rows(_select() + "entry.id = %s ORDER BY line.number LIMIT 1", [bank_account_id, entry_id])
    return Movement(*found[0]) if found else None


@cache
def _tellers() -> dict[str, Callable[..., Told | None]]:
    board: dict[str, str] = import_string(settings.RECEIPTS)
    return {kind: import_string(path) for kind, path in board.items()}


@cache
def _listed(board: str) -> tuple[Callable[..., Sequence[object]], ...]:
    return tuple(import_string(path) for path in import_string(board))


def told(movement: Movement, *, customer: Customer | None) -> Told:
    """This function will ask the room that booked a movement what it has to say of it."""
    tell = _tellers().get(movement.kind)
    if tell is None:
        return Told()
    answer = tell(entry_id=movement.entry_id, ledger_account_id=movement.ledger_account_id, customer=customer)
    return answer or Told()


def notes(entry_id: int) -> list[str]:
    """This function will say what became of a movement later, as every room that knows something says it."""
    return [cast("str", note) for ask in _listed(settings.RECEIPT_NOTES) for note in ask(entry_id)]


def acts(*, customer: Customer, movement: Movement) -> list[Act]:
    """This function will list what the holder can do about a movement."""
    asked = _listed(settings.RECEIPT_ACTS)
    return [cast("Act", act) for ask in asked for act in ask(customer=customer, movement=movement)]


def paper_of(movement: Movement) -> MovementPaper | None:
    """This function will find the paper that was issued of a movement."""
    found: MovementPaper | None = MovementPaper.objects.filter(
        bank_account_id=movement.bank_account_id, number=movement.number
    ).first()
    return found


def paper_by_code(code: str) -> MovementPaper | None:
    """This function will find the paper that carries a verification code."""
    found: MovementPaper | None = MovementPaper.objects.filter(verification_code=code).first()
    return found


def issue(*, customer: Customer, account: HeldAccount, movement: Movement, now: datetime) -> MovementPaper:
    """This function will give a movement's paper its verification code, once; a repeat answers the same paper."""
    with transaction.atomic():
        paper, made = MovementPaper.objects.get_or_create(
            bank_account_id=account.id,
            number=movement.number,
            defaults={"verification_code": references.new_verification_code(), "issued_at": now},
        )
        if made:
            audit.record(
                act="payments.paper_issued",
                subject=f"ledger.entry:{movement.entry_id}",
                actor=customer.user,
                after={"account": masks.tail(account.number), "line": movement.number},
                now=now,
            )
    return paper
