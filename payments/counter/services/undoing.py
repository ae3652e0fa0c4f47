"""Undoing an operation of today by its mirror. Nothing is edited; two people, and the customer is told."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Customer, User
from core import audit, outbox
from core.changes import errors as change_errors
from core.changes import pages as change_pages
from core.changes import services as changes
from core.changes.models import Change
from ledger import posting
from ledger.calendar import business_date
from payments.counter import locks
from payments.counter.models import Operation
from payments.counter.refusals import (
    AccountClosed,
    InsufficientFunds,
    NotAsked,
    NotUndone,
    ReasonMissing,
    UndoneBefore,
)
from payments.counter.services import cash
from payments.counter.services.operations import version
from payments.counter.services.rules import spendable

REVERSAL = "counter.reversal"  # the kind of change, and of the movement
UNDONE = "counter.undone"  # the fact
SHORTEST = 10  # characters of a reason


def ask(*, teller: User, operation_id: uuid.UUID, reason: str, now: datetime) -> Change:
    """This function will ask a second person to undo an operation of today's open till; a repeat answers the same.

    Raises Unknown, NotUndone, UndoneBefore, ReasonMissing, NotAsked, TillNotOpen, DayOver, TillShort.
    """
    reason = reason.strip()[:300]
    if len(reason) < SHORTEST:
        raise ReasonMissing
    with transaction.atomic():
        operation = locks.operation(operation_id, teller=teller)
        judge(operation, now=now)
        try:
            return changes.ask(
                kind=REVERSAL,
                payload={"operation": str(operation.public_id), "version": version(operation), "narrative": reason},
                reason=reason,
                asked_by=teller,
                now=now,
            )
        except change_errors.NotDone as error:
            raise NotAsked(change_pages.refusal(error)) from error


def asked_of(operation: Operation) -> Change | None:
    """This function will find the newest wish to undo an operation, waiting or settled; None where nobody asked."""
    if operation.state != Operation.State.DONE:
        return None
    return Change.objects.filter(kind=REVERSAL, object_key=str(operation.public_id)).order_by("-id").first()


def judge(operation: Operation, *, now: datetime) -> None:
    """This function will look whether an operation may be undone as things stand. Raises as `ask`."""
    if operation.reversal_id is not None:
        raise UndoneBefore
    if operation.state != Operation.State.DONE or operation.business_date != business_date(now):
        raise NotUndone
    locks.is_open(operation.day, now)
    if operation.kind == Operation.Kind.DEPOSIT:  # the cash goes back over the counter
        cash.short_of(operation.day, [posting.Line(operation.day.till.account_id, operation.amount)])


def undo(operation: Operation, *, key: str, reason: str, actor: User, now: datetime) -> int:
    """This function will book the mirror of an operation under the locks of its till and itself, and answer its entry.

    Raises as `ask`, InsufficientFunds where the money is no longer there, AccountClosed.
    """
    judge(operation, now=now)
    assert operation.entry_id is not None  # noqa: S101 - judge let done ones alone come here
    operation.customer = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=operation.customer_id)
    try:
        with transaction.atomic():  # a block of its own: after a refusal the balance is still to be read
            operation.reversal_id = cash.undo(
                entry_id=operation.entry_id, key=key, kind=REVERSAL, on=business_date(now), day=operation.day,
                narrative=f"{operation.reference} · {reason}"[:200],
            )  # fmt: skip
    except posting.BelowFloor as error:
        raise InsufficientFunds(spendable(error.account_id), operation.currency) from None
    except posting.AlreadyReversed:
        raise UndoneBefore from None
    except posting.AccountClosed:
        raise AccountClosed from None
    operation.reversed_at = now
    operation.save(update_fields=["reversal", "reversed_at"])
    outbox.record(
        kind=UNDONE,
        payload={"operation": str(operation.public_id)},
        owner=operation.customer,
        act=audit.Act(
            act=UNDONE,
            subject=operation,
            actor=actor,
            after={"reversal": operation.reversal_id, "amount": operation.amount, "currency": operation.currency},
            reason=reason,
        ),
        now=now,
    )
    return operation.reversal_id
