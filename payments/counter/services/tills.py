"""A till's day: taken with a counted float, counted in the evening, its difference booked, its cash in the vault."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Role, has_role
from core import audit
from core.changes import errors as change_errors
from core.changes import pages as change_pages
from core.changes import services as changes
from ledger import chart, posting
from ledger.calendar import business_date
from payments.counter import denominations, figures, locks, queries
from payments.counter.models import Delivery, Operation, Till, TillDay, Visit
from payments.counter.refusals import (
    DeliveryWaits,
    DifferenceOpen,
    DifferenceWaits,
    HasTill,
    NoDifference,
    NoPlace,
    NotAsked,
    NothingWaits,
    OperationsWait,
    ReasonMissing,
    TillNotOpen,
    TillTaken,
    Unknown,
)
from payments.counter.services import cash

DIFFERENCE = "counter.difference"
State = TillDay.State
SHORTEST = 10  # characters of a reason


def take(*, teller: User, till_id: uuid.UUID, counted: Mapping[str, int], now: datetime) -> TillDay:
    """This function will put a till of the colleague's branch into their hands, and ask the vault for a counted float.

    The till is open once whoever keeps the vault has confirmed. A repeat answers with the same day. Raises NoPlace,
    Unknown, TillTaken, HasTill.
    """
    branch = queries.branch_of(teller)
    if branch is None or not has_role(teller, Role.TELLER):
        raise NoPlace
    till = Till.objects.filter(branch=branch, public_id=till_id).select_related("branch").first()
    if till is None:
        raise Unknown
    amount = denominations.total(branch.currency, counted)
    try:
        with transaction.atomic():
            day = TillDay.objects.create(till=till, teller=teller, business_date=business_date(now), began_at=now)
            audit.record(
                act="counter.till_taken", subject=day, actor=teller, after={"till": str(till), "float": amount}, now=now
            )
            if amount:
                _ask(day, Delivery.Direction.TO_TILL, counted, amount, teller, now)
            else:  # nothing to fetch: transfers need no cash
                day.state, day.opened_at = State.OPEN, now
                day.save(update_fields=["state", "opened_at"])
    except IntegrityError:
        held = queries.day_of(teller)
        if held is None:
            raise TillTaken from None
        if held.till_id == till.pk and held.state == State.OPENING:
            return held
        raise HasTill from None
    return day


def ask_delivery(*, teller: User, direction: str, counted: Mapping[str, int], now: datetime) -> Delivery:
    """This function will ask for cash between the vault and the colleague's open till; nothing is booked yet.

    Raises Unknown, TillNotOpen, DayOver, DeliveryWaits, ReasonMissing for an empty count.
    """
    with transaction.atomic():
        day = locks.own_day(teller)
        locks.is_open(day, now)
        if queries.delivery_waiting(day):
            raise DeliveryWaits
        amount = denominations.total(day.till.branch.currency, counted)
        if not amount:
            raise NothingWaits
        if direction == Delivery.Direction.TO_VAULT:
            cash.short_of(day, [posting.Line(day.till.account_id, amount)])
        return _ask(day, Delivery.Direction(direction), counted, amount, teller, now)


def _ask(
    day: TillDay,
    direction: Delivery.Direction,
    counted: Mapping[str, int],
    amount: int,
    teller: User,
    now: datetime,
) -> Delivery:
    made = Delivery.objects.create(
        day=day, direction=direction, counted=dict(counted), amount=amount, asked_by=teller, asked_at=now
    )
    audit.record(
        act="counter.delivery_asked",
        subject=made,
        actor=teller,
        after={"till": str(day.till), "way": made.direction, "amount": amount},
        now=now,
    )
    return made


def count(*, teller: User, counted: Mapping[str, int], now: datetime) -> TillDay:
    """This function will keep the count of a till that is to be closed, beside what the books say at this moment.

    From here on nothing moves with the till. Raises Unknown, TillNotOpen, OperationsWait, DeliveryWaits, NotCounted.
    """
    with transaction.atomic():
        day = locks.own_day(teller)
        if day.state != State.OPEN:
            raise TillNotOpen
        if waits := queries.waiting(day):
            raise OperationsWait(waits)
        if queries.delivery_waiting(day):
            raise DeliveryWaits
        day.counted, day.counted_at = dict(counted), now
        day.counted_sum = denominations.total(day.till.branch.currency, counted)
        day.expected_sum, day.state = queries.cash_in(day.till.account_id), State.COUNTED
        day.save(update_fields=["counted", "counted_at", "counted_sum", "expected_sum", "state"])
        Visit.objects.filter(day=day, ended_at__isnull=True).update(ended_at=now)
        Operation.objects.filter(day=day, state=Operation.State.DRAFT).update(state=Operation.State.DROPPED)
        audit.record(
            act="counter.till_counted",
            subject=day,
            actor=teller,
            after={"till": str(day.till), "counted": day.counted_sum, "books": day.expected_sum},
            now=now,
        )
    return day


def count_again(*, teller: User, now: datetime) -> TillDay:
    """This function will open a counted till once more; a difference that was booked stays booked.

    Raises Unknown, NothingWaits, DifferenceWaits.
    """
    with transaction.atomic():
        day = locks.own_day(teller)
        if day.state != State.COUNTED:
            raise NothingWaits
        if _decided_on(day):
            raise DifferenceWaits
        day.state, day.change, day.entry, day.reason = State.OPEN, None, None, ""
        day.save(update_fields=["state", "change", "entry", "reason"])
        audit.record(act="counter.till_to_count_again", subject=day, actor=teller, now=now)
    return day


def _decided_on(day: TillDay) -> bool:
    return day.change is not None and day.change.waits


def settle_difference(*, teller: User, reason: str, now: datetime) -> TillDay:
    """This function will book the difference between count and books, or ask a second person to, above the figure.

    Raises Unknown, NothingWaits, DifferenceWaits, NoDifference, ReasonMissing, NotOffered, NotAsked.
    """
    reason = reason.strip()[:300]
    if len(reason) < SHORTEST:
        raise ReasonMissing
    with transaction.atomic():
        day = locks.own_day(teller)
        if day.state != State.COUNTED or day.entry_id is not None:
            raise NothingWaits
        if _decided_on(day):
            raise DifferenceWaits
        if not day.difference:
            raise NoDifference
        day.reason = reason
        most = figures.alone_most("difference", currency=day.till.branch.currency, on=business_date(now))
        if abs(day.difference) <= most:
            day.save(update_fields=["reason"])
            book_difference(day, key=f"counter.difference:{day.public_id}:{day.counted_at}", actor=teller, now=now)
            return day
        try:
            day.change = changes.ask(
                kind=DIFFERENCE, payload=difference_payload(day), reason=reason, asked_by=teller, now=now
            )
        except change_errors.NotDone as error:
            raise NotAsked(change_pages.refusal(error)) from error
        day.save(update_fields=["reason", "change"])
    return day


def difference_payload(day: TillDay) -> dict[str, object]:
    """This function will give what the second person approves: this count of this till."""
    return {
        "day": str(day.public_id),
        "counted": day.counted_sum,
        "books": day.expected_sum,
        "counted_at": f"{day.counted_at.timestamp():.6f}" if day.counted_at else "",
    }


def book_difference(day: TillDay, *, key: str, actor: User, now: datetime) -> int:
    """This function will book the difference of a counted till, under its lock, so that the books say what was counted.

    Raises what `ledger.posting.post` raises.
    """
    branch = day.till.branch
    day.entry_id = cash.post(
        key=key,
        kind=DIFFERENCE,
        on=business_date(now),
        day=day,
        lines=[
            posting.Line(day.till.account_id, -day.difference, day.reason[:200]),
            posting.Line(chart.find("till-difference", branch.currency), day.difference, day.reason[:200]),
        ],
    )
    day.save(update_fields=["entry"])
    audit.record(
        act="counter.difference_booked",
        subject=day,
        actor=actor,
        after={"till": str(day.till), "difference": day.difference, "entry": day.entry_id},
        reason=day.reason,
        now=now,
    )
    return day.entry_id


def hand_over(*, teller: User, now: datetime) -> TillDay:
    """This function will send what was counted to the vault; an empty till is closed at once.

    The till is closed once whoever keeps the vault has confirmed. Raises Unknown, NothingWaits, DifferenceOpen.
    """
    with transaction.atomic():
        day = locks.own_day(teller)
        if day.state != State.COUNTED:
            raise NothingWaits
        if day.difference and day.entry_id is None:
            raise DifferenceOpen
        if not day.counted_sum:
            close(day, actor=teller, now=now)
            return day
        day.state = State.HANDING
        day.save(update_fields=["state"])
        _ask(day, Delivery.Direction.TO_VAULT, day.counted, day.counted_sum, teller, now)
    return day


def close(day: TillDay, *, actor: User, now: datetime) -> None:
    """This function will close a till that the books see empty, under its lock."""
    if queries.cash_in(day.till.account_id) != 0:
        raise DifferenceOpen
    day.state, day.closed_at = State.CLOSED, now
    day.save(update_fields=["state", "closed_at"])
    audit.record(act="counter.till_closed", subject=day, actor=actor, after={"till": str(day.till)}, now=now)
