"""Locks of the counter, always in this order: the till's day, the operation or delivery, the branch, the customer, the
bank accounts, the books. Whoever waits reads anew afterwards."""

import uuid
from datetime import datetime

from accounts.models import User
from ledger.calendar import business_date
from payments.counter.models import Branch, Delivery, Operation, TillDay
from payments.counter.refusals import DayOver, TillNotOpen, Unknown


def day(pk: int) -> TillDay:
    """This function will lock a till's day: the queue of everything that is done with the till."""
    return (
        TillDay.objects.select_for_update(of=("self",), no_key=True).select_related("till__branch", "teller").get(pk=pk)
    )


def own_day(teller: User) -> TillDay:
    """This function will lock the till a colleague has in hand. Raises Unknown."""
    found = (
        TillDay.objects.select_for_update(of=("self",), no_key=True)
        .select_related("till__branch", "teller")
        .filter(teller=teller, state__in=TillDay.LIVE)
        .first()
    )
    if found is None:
        raise Unknown
    return found


def operation(public_id: uuid.UUID | str, *, teller: User | None = None) -> Operation:
    """This function will lock the till's day of an operation, then the operation. Raises Unknown."""
    found = Operation.objects.filter(public_id=public_id)
    if teller is not None:
        found = found.filter(day__teller=teller)
    day_id = found.values_list("day_id", flat=True).first()
    if day_id is None:
        raise Unknown
    held = day(day_id)
    locked = (
        Operation.objects.select_for_update(of=("self",))
        .select_related("visit", "customer__user", "account", "destination")
        .get(public_id=public_id)
    )
    locked.day = held
    return locked


def delivery(public_id: uuid.UUID, *, branch: Branch | None = None, teller: User | None = None) -> Delivery:
    """This function will lock the till's day of a delivery, the delivery, and the branch's vault. Raises Unknown."""
    found = Delivery.objects.filter(public_id=public_id)
    if branch is not None:
        found = found.filter(day__till__branch=branch)
    if teller is not None:
        found = found.filter(day__teller=teller)
    day_id = found.values_list("day_id", flat=True).first()
    if day_id is None:
        raise Unknown
    held = day(day_id)
    locked = Delivery.objects.select_for_update(of=("self",)).select_related("asked_by").get(public_id=public_id)
    locked.day = held
    Branch.objects.select_for_update(of=("self",), no_key=True).get(pk=held.till.branch_id)
    return locked


def is_open(held: TillDay, now: datetime) -> None:
    """This function will refuse a till that is not open, or whose date is over. Raises TillNotOpen, DayOver."""
    if held.state != TillDay.State.OPEN:
        raise TillNotOpen
    if held.business_date != business_date(now):
        raise DayOver
