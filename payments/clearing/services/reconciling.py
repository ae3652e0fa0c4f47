"""Statements of the nostro: every line finds its payment's own movement or waits for people, and the sums come out.

A line is proof: money that left the nostro for a payment settles it though no status came, and money that came back for
a settled payment returns it. A line that fits no movement, or fits one a second time, moves nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from payments.clearing import queries
from payments.clearing.messages import incoming
from payments.clearing.messages.safe import Unreadable
from payments.clearing.models import InboundFile, Payment, RepairItem, Statement, StatementEntry
from payments.clearing.services import accounts, moves, repairs
from payments.clearing.states import OUTSTANDING, State

SETTLEMENT, RETURN = StatementEntry.Movement.SETTLEMENT, StatementEntry.Movement.RETURN
Movement = StatementEntry.Movement
Shown = set[tuple[str, str]]  # (reference of a payment, movement) that statements show already


class Side(Protocol):
    """Whose nostro a statement is about: this room's own, or that of a room above with payments of its own."""

    room: str

    def holds(self, account: str, currency: str) -> bool:
        """This function will say whether the bank keeps this account for us in this currency."""

    def locked(self, references: set[str]) -> dict[str, Any]:
        """This function will lock the confirmed payments of these references, always in the same order."""

    def shown(self, payments: Iterable[Any]) -> Shown:
        """This function will say which movements of these payments statements show already."""

    def match(
        self, amount: int, currency: str, payment: Any, shown: Shown, *, named: bool
    ) -> tuple[str, Movement | None]:
        """This function will say which movement of a payment a line shows, or why it shows none: (cause, movement)."""

    def bring_about(
        self, payment: Any, movement: Movement, *, amount: int, file: InboundFile | None, now: datetime
    ) -> None:
        """This function will book the movement a line proves, where no message has booked it before."""

    def name(self, row: StatementEntry, payment: Any) -> None:
        """This function will write into a line which payment it belongs to."""

    def compare(self, *, account: str, currency: str, closing: int) -> queries.Comparison:
        """This function will compare the newest statement of an account with the books as they stand now."""


def take_statement(
    read: incoming.Statement, *, file: InboundFile, side: Side | None = None, now: datetime
) -> Statement:
    """This function will keep a statement, match its lines, compare the sums with the books. Raises Unreadable."""
    side = side or OURS
    if not side.holds(read.account, read.currency):
        raise Unreadable("account", read.account[:34])
    known = Statement.objects.filter(account=read.account)
    if known.filter(number=read.number).exists() or known.filter(sequence=read.sequence).exists():
        raise Unreadable("statement_number", f"{read.number} ({read.sequence})")
    statement = Statement.objects.create(
        file=file,
        number=read.number,
        sequence=read.sequence,
        account=read.account,
        currency=read.currency,
        opening=read.opening,
        closing=read.closing,
        closes_on=read.closes_on,
    )
    payments = side.locked({entry.reference for entry in read.entries if entry.reference})
    shown = side.shown(payments.values())
    for position, entry in enumerate(read.entries, start=1):
        payment = payments.get(entry.reference)
        cause, movement = side.match(entry.amount, read.currency, payment, shown, named=bool(entry.reference))
        row = StatementEntry(
            statement=statement,
            position=position,
            amount=entry.amount,
            reference=entry.reference[:35],
            bank_reference=entry.bank_reference,
            text=entry.text,
            booked_on=entry.booked_on,
        )
        if cause or payment is None or movement is None:
            row.state = StatementEntry.State.OPEN
            row.save()
            repairs.queue(
                kind=RepairItem.Kind.ENTRY,
                cause=cause,
                reference=row.reference,
                amount=row.amount,
                currency=read.currency,
                said=row.text,
                file=file,
                payment=None if side.room else payment,
                statement_entry=row,
                room=side.room,
                now=now,
            )
            continue
        matched(row, payment, movement, side=side, file=file, now=now)
        shown.add((payment.reference, movement.value))
    _look_again(payments, shown, side=side, file=file, now=now)
    compare(statement, side=side, now=now)
    return statement


def matched(
    row: StatementEntry, payment: Any, movement: Movement, *, side: Side, file: InboundFile | None, now: datetime
) -> None:
    """This function will match a line with a payment's movement, and book that where no message has before."""
    side.bring_about(payment, movement, amount=row.amount, file=file, now=now)
    side.name(row, payment)
    row.state, row.movement = StatementEntry.State.MATCHED, movement
    row.save()


def _look_again(payments: dict[str, Any], shown: Shown, *, side: Side, file: InboundFile, now: datetime) -> None:
    """Match lines that came before what they waited for, now that these payments have moved on."""
    waiting = (
        StatementEntry.objects.select_for_update(of=("self",))
        .filter(
            state=StatementEntry.State.OPEN,
            reference__in=[*payments],
            repair__cause="contradicts",
            repair__room=side.room,
        )
        .select_related("repair", "statement")
        .order_by("pk")
    )
    for row in waiting:
        payment = payments[row.reference]
        cause, movement = side.match(row.amount, row.statement.currency, payment, shown, named=True)
        if cause or movement is None:
            continue
        matched(row, payment, movement, side=side, file=file, now=now)
        shown.add((payment.reference, movement.value))
        item = row.repair
        item.state, item.action, item.repaired_at = RepairItem.State.REPAIRED, RepairItem.Action.MATCH, now
        item.save(update_fields=["state", "action", "repaired_at"])


def match(
    amount: int, currency: str, payment: Payment | None, shown: Shown, *, named: bool
) -> tuple[str, Movement | None]:
    """This function will say which movement of a payment a line shows, or why it shows none: (cause, movement)."""
    if payment is None:
        return "unknown_payment" if named else "no_reference", None
    if currency != payment.currency:
        return "wrong_currency", None
    if abs(amount) != payment.amount:
        return "wrong_amount", None
    movement = SETTLEMENT if amount < 0 else RETURN
    if (payment.reference, movement.value) in shown:
        return "double_entry", None
    state = State(payment.state)
    fits = {State.SETTLED, State.RETURNED} | OUTSTANDING
    # Money can come back only after it had left: the settlement is booked or shown before.
    if movement is RETURN and state in OUTSTANDING:
        return "contradicts", None
    return ("", movement) if state in fits else ("contradicts", None)


def bring_about(payment: Payment, movement: Movement, *, file: InboundFile | None, now: datetime) -> None:
    """This function will book the movement a line proves, where no message has booked it before."""
    state = State(payment.state)
    if movement is SETTLEMENT and state in OUTSTANDING:
        moves.settle(payment, heard="camt.053", now=now, file=file)
    elif movement is RETURN and state is State.SETTLED:
        moves.give_back(payment, State.RETURNED, heard="camt.053", now=now, file=file)


def shown_of(payments: Iterable[Payment]) -> Shown:
    """This function will say which movements of these payments statements show already."""
    rows = StatementEntry.objects.filter(payment__in=list(payments), state=StatementEntry.State.MATCHED)
    return set(rows.values_list("payment__reference", "movement"))


class _Ours:
    """The nostro of the clearing systems."""

    room = ""

    def holds(self, account: str, currency: str) -> bool:
        return account == accounts.nostro_number(currency)

    def locked(self, references: set[str]) -> dict[str, Payment]:
        return queries.locked_by_reference(references)

    def shown(self, payments: Iterable[Payment]) -> Shown:
        return shown_of(payments)

    def match(
        self, amount: int, currency: str, payment: Payment | None, shown: Shown, *, named: bool
    ) -> tuple[str, Movement | None]:
        return match(amount, currency, payment, shown, named=named)

    def bring_about(
        self,
        payment: Payment,
        movement: Movement,
        *,
        amount: int,  # noqa: ARG002 - it is the payment's, or the line would not match
        file: InboundFile | None,
        now: datetime,
    ) -> None:
        bring_about(payment, movement, file=file, now=now)

    def name(self, row: StatementEntry, payment: Payment) -> None:
        row.payment = payment

    def compare(self, *, account: str, currency: str, closing: int) -> queries.Comparison:  # noqa: ARG002 - there is one
        return queries.compare(currency=currency, closing=closing)


OURS: Side = _Ours()


def compare(statement: Statement, *, side: Side | None = None, now: datetime) -> None:
    """This function will see whether a statement joins its neighbours and, with none missing, whether sums come out."""
    side = side or OURS
    before, after = queries.beside(statement)
    joined = (before is None or before.closing == statement.opening) and (
        after is None or statement.closing == after.opening
    )
    if not joined:
        _books_item("gap", statement, statement.opening - (before.closing if before else 0), side, now)
    newest = queries.newest_statement(statement.account)
    if newest is None:
        return  # one between them is still to come; the comparison follows with it
    found = side.compare(account=newest.account, currency=newest.currency, closing=newest.closing)
    newest.books, newest.outstanding, newest.open = found.books, found.outstanding, found.open
    newest.unexplained, newest.compared_at = found.unexplained, now
    newest.save(update_fields=["books", "outstanding", "open", "unexplained", "compared_at"])
    if found.unexplained:
        _books_item("unexplained", newest, found.unexplained, side, now)
    else:  # what a later statement explains needs nobody any more
        RepairItem.objects.filter(
            cause="unexplained", state=RepairItem.State.OPEN, file__statements__account=newest.account
        ).update(state=RepairItem.State.REPAIRED, action=RepairItem.Action.CLOSE, repaired_at=now)


def _books_item(cause: str, statement: Statement, amount: int, side: Side, now: datetime) -> None:
    repairs.queue(
        kind=RepairItem.Kind.BOOKS,
        cause=cause,
        reference=statement.number,
        amount=amount,
        currency=statement.currency,
        file=statement.file,
        room=side.room,
        now=now,
    )
