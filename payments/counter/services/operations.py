"""Deposit, withdrawal and transfer at the counter: filled in, checked, confirmed once; above the figures by two people.

Not asked here are the limits of the online channel, which customers agree on for it, and the codes that stand for a
customer who is not there. The rules of account classes, an expired document, holds and floors count as everywhere.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import queries as held_accounts
from accounts.models import BankAccount, Customer, Disposition, User
from core import audit, outbox
from core.changes import errors as change_errors
from core.changes import pages as change_pages
from core.changes import services as changes
from ledger import posting
from ledger.calendar import business_date
from payments import names, references
from payments.counter import figures, locks, queries
from payments.counter.models import Operation, TillDay, Visit
from payments.counter.refusals import (
    AccountClosed,
    CurrencyDiffers,
    DraftVoid,
    InsufficientFunds,
    KeyTaken,
    NotAsked,
    OwnMatter,
    SameAccount,
    UnknownAccount,
    UnknownPayee,
)
from payments.counter.services import cash, rules, visits

OPERATION = "counter.operation"  # the kind of change
DONE = "counter.done"  # the fact
Kind, State = Operation.Kind, Operation.State


@dataclass(frozen=True, slots=True)
class Order:
    """What the customer at the counter wants. Minor units; `to` and `payee_name` for a transfer alone."""

    kind: str
    account: uuid.UUID
    amount: int
    to: str = ""
    payee_name: str = ""
    memo: str = ""
    cash_note: str = ""


@dataclass(frozen=True, slots=True)
class _Ends:
    account: BankAccount
    destination: BankAccount | None
    payee_name: str
    stays_own: bool


@dataclass(frozen=True, slots=True)
class Made:
    """The operation as it stands after a call; `repeated` when the call found it so."""

    operation: Operation
    repeated: bool


def draft(*, teller: User, visit: Visit, key: uuid.UUID, order: Order, now: datetime) -> Made:
    """This function will keep an operation to be checked with the customer, once for each form. Nothing is booked.

    The same form with the same content answers with the first; with other content it replaces what nobody confirmed.
    What confirming would refuse is said early. Raises the refusals of `payments.counter.refusals`.
    """
    if order.amount <= 0:
        raise ValueError("an operation moves at least one minor unit")
    visits.of(teller, visit)
    try:
        with transaction.atomic():
            day = locks.day(visit.day_id)
            before = queries.operation_by_key(day, key)
            if before is not None and _is_same(before, visit, order):
                return Made(before, repeated=True)
            if before is not None and before.state != State.DRAFT:
                raise KeyTaken
            locks.is_open(day, now)
            visits.still_here(visit, now)
            ends = _ends(visit.customer, order)
            if before is not None:
                before.state = State.DROPPED
                before.save(update_fields=["state"])
            made = _insert(day, visit, key, order, ends, now)
            rules.may_go(made, ends.stays_own, teller, now, lock=False)
            rules.covered(made, day)
    except IntegrityError:
        raise DraftVoid from None
    except OwnMatter:
        with transaction.atomic():  # what was tried stays on record, though nothing else does
            audit.record(act="counter.conflict_refused", subject=visit.customer, actor=teller, now=now)
        raise
    return Made(made, repeated=False)


def _ends(customer: Customer, order: Order) -> _Ends:
    """Look both ends up: the customer's own account, and a payee whose name and number both were given."""
    held = held_accounts.account_of(customer, order.account)
    if held is None:
        raise UnknownAccount
    account = BankAccount.objects.get(pk=held.id)
    if order.kind != Kind.TRANSFER:
        return _Ends(account, None, "", stays_own=False)
    destination = BankAccount.objects.filter(number=order.to).first()
    owner = held_accounts.owner_of(destination.pk) if destination else ""
    if destination is None or not names.same(owner, order.payee_name):
        raise UnknownPayee
    if destination.pk == account.pk:
        raise SameAccount
    both = Disposition.objects.filter(
        customer=customer, bank_account__in=[account, destination], role=Disposition.Role.OWNER
    )
    return _Ends(account, destination, owner, stays_own=both.count() == 2)


def _insert(day: TillDay, visit: Visit, key: uuid.UUID, order: Order, ends: _Ends, now: datetime) -> Operation:
    today = business_date(now)
    return Operation.objects.create(
        reference="C" + references.new_reference(today)[1:],
        kind=order.kind,
        day=day,
        visit=visit,
        customer=visit.customer,
        account=ends.account,
        destination=ends.destination,
        amount=order.amount,
        currency=ends.account.currency,
        memo=order.memo,
        cash_note=order.cash_note,
        customer_name=visit.customer.legal_name,
        payee_name=ends.payee_name,
        key=key,
        created_at=now,
        expires_at=now + figures.draft_lasts(on=today),
    )


def _is_same(before: Operation, visit: Visit, order: Order) -> bool:
    there = before.destination.number if before.destination else ""
    kept = (before.visit_id, before.kind, before.account.public_id, there, before.amount, before.memo, before.cash_note)
    return kept == (
        visit.pk, order.kind, order.account, order.to, order.amount, order.memo, order.cash_note,
    )  # fmt: skip


def confirm(*, teller: User, operation_id: uuid.UUID, note: str = "", now: datetime) -> Made:
    """This function will carry an operation out, once; above what one colleague does alone it asks a second person.

    One transaction under the locks of the till's day, the operation and the customer. A repeat answers with what there
    is. `note` is for the colleague who approves. Raises the refusals of `payments.counter.refusals`.
    """
    with transaction.atomic():
        operation = locks.operation(operation_id, teller=teller)
        if operation.state in {State.DONE, State.WAITING}:
            return Made(operation, repeated=True)
        if operation.state != State.DRAFT or operation.expires_at <= now:
            raise DraftVoid
        visits.still_here(operation.visit, now)
        if rules.why_second(operation, now=now):
            rules.judge(operation, now=now)
            _ask_second(operation, teller, note, now)
        else:
            book(operation, actor=teller, key=f"counter:{operation.public_id}", now=now)
    return Made(operation, repeated=False)


def version(operation: Operation) -> str:
    """This function will give a text that changes with anything a second person approves."""
    said = [
        str(operation.public_id), operation.reference, operation.kind, operation.day_id, operation.visit_id,
        operation.customer_id, operation.account_id, operation.destination_id, operation.amount, operation.currency,
        operation.memo, operation.cash_note, operation.customer_name, operation.payee_name,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _ask_second(operation: Operation, teller: User, note: str, now: datetime) -> None:
    operation.state = State.WAITING
    try:
        operation.change = changes.ask(
            kind=OPERATION,
            payload={"operation": str(operation.public_id), "version": version(operation)},
            reason=note.strip() or operation.cash_note or operation.memo or operation.get_kind_display(),
            asked_by=teller,
            now=now,
        )
    except change_errors.NotDone as error:
        raise NotAsked(change_pages.refusal(error)) from error
    operation.save(update_fields=["state", "change"])


def book(operation: Operation, *, actor: User, key: str, approved_by: str = "", now: datetime) -> int:
    """This function will move the money of an operation under the locks of its till and itself, and answer the entry.

    Raises the refusals of `payments.counter.refusals`; then nothing of the transaction may stay.
    """
    today = business_date(now)
    locks.is_open(operation.day, now)
    operation.customer = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=operation.customer_id)
    rules.may_go(operation, rules.stays_own(operation), operation.day.teller, now, lock=True)
    try:
        with transaction.atomic():  # a block of its own: after a refusal the balance is still to be read
            operation.entry_id = cash.post(
                key=key, kind=f"counter.{operation.kind}", on=today, day=operation.day, lines=_lines(operation)
            )
    except posting.BelowFloor:
        raise InsufficientFunds(rules.spendable(operation.account.ledger_account_id), operation.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
    except posting.WrongCurrency:
        raise CurrencyDiffers from None
    operation.state, operation.done_at, operation.business_date = State.DONE, now, today
    operation.save(update_fields=["state", "change", "entry", "business_date", "done_at"])
    after = {"amount": operation.amount, "currency": operation.currency, "entry": operation.entry_id}
    outbox.record(
        kind=DONE,
        payload={"operation": str(operation.public_id)},
        owner=operation.customer,
        act=audit.Act(
            act=f"counter.{operation.kind}",
            subject=operation,
            actor=actor,
            after={**after, "till": str(operation.day.till), **({"change": approved_by} if approved_by else {})},
        ),
        now=now,
    )
    return operation.entry_id


def _lines(operation: Operation) -> list[posting.Line]:
    """Cash is an asset of the bank: what lies in the till is below zero in the books."""
    amount, till, account = operation.amount, operation.day.till.account_id, operation.account.ledger_account_id
    branch = operation.day.till.branch
    said = _narrative(branch.name, operation.memo)
    if operation.kind == Kind.DEPOSIT:
        return [posting.Line(till, -amount, operation.reference), posting.Line(account, amount, said)]
    if operation.kind == Kind.WITHDRAWAL:
        return [posting.Line(account, -amount, said), posting.Line(till, amount, operation.reference)]
    assert operation.destination is not None  # noqa: S101 - a transfer has both ends
    return [
        posting.Line(account, -amount, _narrative(operation.payee_name, operation.memo)),
        posting.Line(
            operation.destination.ledger_account_id, amount, _narrative(operation.customer_name, operation.memo)
        ),
    ]


def _narrative(name: str, memo: str) -> str:
    return (f"{name} · {memo}" if memo else name)[:200]


def drop(*, teller: User, operation_id: uuid.UUID, now: datetime) -> Operation:
    """This function will lay an operation aside that is not done, taking the wish for a second person off the desk.

    Raises Unknown, DraftVoid when it is done, NotAsked when a second person has decided already.
    """
    with transaction.atomic():
        found = queries.operation_of(teller, operation_id)
        if found is not None and found.state == State.WAITING and found.change is not None and found.change.waits:
            try:
                changes.withdraw(public_id=found.change.public_id, user=teller, now=now)
            except change_errors.NotDone as error:
                raise NotAsked(change_pages.refusal(error)) from error
        operation = locks.operation(operation_id, teller=teller)
        if operation.state == State.DONE:
            raise DraftVoid
        if operation.state != State.DROPPED:
            operation.state = State.DROPPED
            operation.save(update_fields=["state"])
            audit.record(act="counter.dropped", subject=operation, actor=teller, now=now)
    return operation
