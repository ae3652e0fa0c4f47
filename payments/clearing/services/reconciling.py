"""Statements of the nostro: every line finds its payment's own movement or waits for people, and the sums come out.

A line is proof: money that left the nostro for a payment settles it though no status came, and money that came back for
a settled payment returns it. A line that fits no movement, or fits one a second time, moves nothing.
"""

from datetime import datetime

from payments.clearing import queries
from payments.clearing.messages import incoming
from payments.clearing.messages.safe import Unreadable
from payments.clearing.models import InboundFile, Payment, RepairItem, Statement, StatementEntry
from payments.clearing.services import accounts, moves, repairs
from payments.clearing.states import OUTSTANDING, State

SETTLEMENT, RETURN = StatementEntry.Movement.SETTLEMENT, StatementEntry.Movement.RETURN


def take_statement(read: incoming.Statement, *, file: InboundFile, now: datetime) -> Statement:
    """This function will keep a statement, match its lines, compare the sums with the books. Raises Unreadable."""
    if read.account != accounts.nostro_number(read.currency):
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
    payments = queries.locked_by_reference({entry.reference for entry in read.entries if entry.reference})
    shown = set(
        StatementEntry.objects.filter(
            payment__in=list(payments.values()), state=StatementEntry.State.MATCHED
        ).values_list("payment_id", "movement")
    )
    for position, entry in enumerate(read.entries, start=1):
        payment = payments.get(entry.reference)
        cause, movement = match(entry.amount, read.currency, payment, shown, named=bool(entry.reference))
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
                payment=payment,
                statement_entry=row,
                now=now,
            )
            continue
        bring_about(payment, movement, file=file, now=now)
        row.state, row.payment, row.movement = StatementEntry.State.MATCHED, payment, movement
        row.save()
        shown.add((payment.pk, movement.value))
    _look_again(payments, shown, file=file, now=now)
    compare(statement, now=now)
    return statement


def _look_again(payments: dict[str, Payment], shown: set[tuple[int, str]], *, file: InboundFile, now: datetime) -> None:
    """Match lines that came before what they waited for, now that these payments have moved on."""
    waiting = (
        StatementEntry.objects.select_for_update(of=("self",))
        .filter(state=StatementEntry.State.OPEN, reference__in=[*payments], repair__cause="contradicts")
        .select_related("repair", "statement")
        .order_by("pk")
    )
    for row in waiting:
        payment = payments[row.reference]
        cause, movement = match(row.amount, row.statement.currency, payment, shown, named=True)
        if cause or movement is None:
            continue
        bring_about(payment, movement, file=file, now=now)
        row.state, row.payment, row.movement = StatementEntry.State.MATCHED, payment, movement
        row.save(update_fields=["state", "payment", "movement"])
        shown.add((payment.pk, movement.value))
        item = row.repair
        item.state, item.action, item.repaired_at = RepairItem.State.REPAIRED, RepairItem.Action.MATCH, now
        item.save(update_fields=["state", "action", "repaired_at"])


def match(
    amount: int, currency: str, payment: Payment | None, shown: set[tuple[int, str]], *, named: bool
) -> tuple[str, StatementEntry.Movement | None]:
    """This function will say which movement of a payment a line shows, or why it shows none: (cause, movement)."""
    if payment is None:
        return "unknown_payment" if named else "no_reference", None
    if currency != payment.currency:
        return "wrong_currency", None
    if abs(amount) != payment.amount:
        return "wrong_amount", None
    movement = SETTLEMENT if amount < 0 else RETURN
    if (payment.pk, movement.value) in shown:
        return "double_entry", None
    state = State(payment.state)
    fits = {State.SETTLED, State.RETURNED} | OUTSTANDING
    # Money can come back only after it had left: the settlement is booked or shown before.
    if movement is RETURN and state in OUTSTANDING:
        return "contradicts", None
    return ("", movement) if state in fits else ("contradicts", None)


def bring_about(
    payment: Payment, movement: StatementEntry.Movement, *, file: InboundFile | None, now: datetime
) -> None:
    """This function will book the movement a line proves, where no message has booked it before."""
    state = State(payment.state)
    if movement is SETTLEMENT and state in OUTSTANDING:
        moves.settle(payment, heard="camt.053", now=now, file=file)
    elif movement is RETURN and state is State.SETTLED:
        moves.give_back(payment, State.RETURNED, heard="camt.053", now=now, file=file)


def compare(statement: Statement, *, now: datetime) -> None:
    """This function will see whether a statement joins its neighbours and, with none missing, whether sums come out."""
    before, after = queries.beside(statement)
    joined = (before is None or before.closing == statement.opening) and (
        after is None or statement.closing == after.opening
    )
    if not joined:
        _books_item("gap", statement, statement.opening - (before.closing if before else 0), now)
    newest = queries.newest_statement(statement.account)
    if newest is None:
        return  # one between them is still to come; the comparison follows with it
    found = queries.compare(currency=newest.currency, closing=newest.closing)
    newest.books, newest.outstanding, newest.open = found.books, found.outstanding, found.open
    newest.unexplained, newest.compared_at = found.unexplained, now
    newest.save(update_fields=["books", "outstanding", "open", "unexplained", "compared_at"])
    if found.unexplained:
        _books_item("unexplained", newest, found.unexplained, now)
    else:  # what a later statement explains needs nobody any more
        RepairItem.objects.filter(
            cause="unexplained", state=RepairItem.State.OPEN, file__statements__account=newest.account
        ).update(state=RepairItem.State.REPAIRED, action=RepairItem.Action.CLOSE, repaired_at=now)


def _books_item(cause: str, statement: Statement, amount: int, now: datetime) -> None:
    repairs.queue(
        kind=RepairItem.Kind.BOOKS,
        cause=cause,
        reference=statement.number,
        amount=amount,
        currency=statement.currency,
        file=statement.file,
        now=now,
    )
