"""What the pages and steps of this room read. Another customer's order is None, as if it were not."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, takewhile
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import BankAccount, Customer, Disposition
from core import workdays
from ledger.money import Money
from payments.models import StandingOrder, Transfer
from payments.schedules.models import Occurrence, Proposal, Schedule
from payments.schedules.rhythm import Due, Holiday, dates, following, made_on


@dataclass(frozen=True, slots=True)
class Coming:
    """One payment that lies ahead."""

    day: date
    nominal: date
    schedule: uuid.UUID
    to_own: bool
    name: str
    number: str  # of the account that is paid
    source_number: str
    money: Money
    memo: str

    @property
    def moved(self) -> bool:
        """Whether a holiday has moved it from the day that was agreed."""
        return self.day != self.nominal


def own(customer: Customer, public_id: uuid.UUID) -> Schedule | None:
    """This function will find one order of a customer with both accounts, and how much of it is held."""
    return _with_held(customer).filter(public_id=public_id).first()


def all_of(customer: Customer) -> list[Schedule]:
    """This function will list a customer's orders, those that run first, in one query."""
    found = _with_held(customer).order_by("-id")
    return sorted(found, key=lambda schedule: (not schedule.runs, schedule.next_day or date.max))


def _with_held(customer: Customer) -> QuerySet[Schedule]:
    """A customer's orders; `held` and `held_total` say what of them was made and waits on the payer's account."""
    held = Q(occurrences__transfer__state=Transfer.State.HELD) | Q(occurrences__payment__state=Transfer.State.HELD)
    waits = Q(occurrences__state=Occurrence.State.MADE) & held
    return customer.schedules.select_related("source", "destination", "payee", "other_payee").annotate(
        held=Count("occurrences", filter=waits), held_total=Coalesce(Sum("occurrences__amount", filter=waits), 0)
    )


def occurrences_of(schedule: Schedule, *, most: int) -> list[Occurrence]:
    """This function will list what became of the newest dates of an order."""
    return list(schedule.occurrences.select_related("transfer", "payment").order_by("-nominal")[:most])


def upcoming(schedule: Schedule) -> Iterator[tuple[Due, int]]:
    """This function will give the dates of an order that lie ahead, with their amounts in minor units."""
    if schedule.state != Schedule.State.ACTIVE or schedule.next_day is None or schedule.next_nominal is None:
        return
    left = schedule.count - schedule.paid_count if schedule.count is not None else None
    rest = schedule.total - schedule.paid_total if schedule.total is not None else None
    first = Due(schedule.next_index, schedule.next_nominal, schedule.next_day)
    later = dates(schedule.rhythm, index=first.index + 1, earliest=date.min, working=workdays.calendar())
    for due in _chained(first, later):
        amount = schedule.amount if rest is None else min(schedule.amount, rest)
        if amount <= 0 or left == 0:
            return
        yield due, amount
        left = left - 1 if left is not None else None
        rest = rest - amount if rest is not None else None


def _chained(first: Due, later: Iterator[Due]) -> Iterator[Due]:
    yield first
    yield from later


def coming(customer: Customer, *, today: date, days: int, most: int | None = None) -> list[Coming]:
    """This function will list what is to be paid within so many days, by date, in one query."""
    last = today + timedelta(days=days)
    active = (
        customer.schedules.filter(state=Schedule.State.ACTIVE, next_day__lte=last)
        .select_related("source", "destination", "payee", "other_payee")
        .order_by("id")
    )
    found = [
        Coming(
            due.day, due.nominal, schedule.public_id, schedule.kind == "own", name_of(schedule),
            schedule.payee_number, schedule.source.number, Money(amount, schedule.currency), schedule.memo,
        )
        for schedule in active
        for due, amount in takewhile(lambda one: one[0].day <= last, upcoming(schedule))
    ]  # fmt: skip
    return list(islice(sorted(found, key=lambda one: one.day), most))


def name_of(schedule: Schedule) -> str:
    """This function will name whom an order pays: the payer's own word for them, else the name as it was checked."""
    if schedule.other_payee is not None:
        return schedule.other_payee.alias or schedule.shown_name
    return schedule.payee.alias if schedule.payee else schedule.shown_name


def numbers(source_id: int, destination_id: int) -> tuple[str, str]:
    """This function will give the numbers of both accounts of an order, in one query."""
    found = dict(BankAccount.objects.filter(pk__in=[source_id, destination_id]).values_list("pk", "number"))
    return found[source_id], found[destination_id]


def number(account_id: int) -> str:
    """This function will give the number of an account."""
    found: str = BankAccount.objects.values_list("number", flat=True).get(pk=account_id)
    return found


def brought_along(customer: Customer, public_id: uuid.UUID) -> StandingOrder | None:
    """This function will find an order of another bank, on an account a customer owns, that has not come to life."""
    return StandingOrder.objects.filter(
        public_id=public_id,
        source__dispositions__customer=customer,
        source__dispositions__role=Disposition.Role.OWNER,
        status=StandingOrder.Status.ACTIVE,
        brought_to_life=None,
    ).first()


def terms_of_proposal(customer: Customer, public_id: uuid.UUID) -> tuple[uuid.UUID, dict[str, Any]] | None:
    """This function will find what a customer filled in, to be filled in anew: the form's key and the terms."""
    return Proposal.objects.filter(customer=customer, public_id=public_id).values_list("key", "terms").first()


# ── For the day's run: keys are "<number of the order>:<date as agreed>" ──

_DUE = """
    SELECT id, next_nominal FROM schedules_schedule s
     WHERE state = 'active' AND next_day <= %(day)s AND id > %(after)s
       AND NOT EXISTS (SELECT 1 FROM schedules_occurrence o WHERE o.schedule_id = s.id
                          AND o.nominal = s.next_nominal AND o.state = 'short' AND o.day = %(day)s)
     ORDER BY id LIMIT %(most)s
"""
_SHORT = """
    SELECT o.schedule_id, o.nominal FROM schedules_occurrence o
     WHERE o.state = 'short' AND o.day <= %(day)s AND o.schedule_id > %(after)s
     ORDER BY o.schedule_id LIMIT %(most)s
"""
_TO_TELL = """
    SELECT id, next_nominal FROM schedules_schedule
     WHERE state = 'active' AND notice_days > 0 AND next_day > %(day)s AND next_day <= %(furthest)s
       AND next_day - notice_days <= %(day)s AND told_for IS DISTINCT FROM next_nominal AND id > %(after)s
     ORDER BY id LIMIT %(most)s
"""
_COUNT_TO_TELL = f"SELECT count(*) FROM ({_TO_TELL}) due"  # noqa: S608 - our words
NEAR = 31  # days: further than any holiday moves a date
MOST_NOTICE_DAYS = 31  # how far ahead is looked; the choice itself is bounded by the policy table


def due(day: date, after: str, most: int) -> Sequence[str]:
    """This function will give the orders that are due on a day and were not tried on it."""
    return _keys(_DUE, day, after, most)


def short(day: date, after: str, most: int) -> Sequence[str]:
    """This function will give the orders whose account was short in the morning."""
    return _keys(_SHORT, day, after, most)


def to_tell(day: date, after: str, most: int) -> Sequence[str]:
    """This function will give the orders whose payer is to be told on a day of a payment ahead."""
    return _keys(_TO_TELL, day, after, most)


def misplaced(day: date, after: str, most: int) -> Sequence[str]:
    """This function will give the orders whose next date lies elsewhere by the working days as known now.

    Only those whose date is near: the others are looked at when theirs is. All orders of one date and rule are judged
    by one look at the calendar; those of a date that has moved one by one.
    """
    near = Schedule.objects.filter(
        state=Schedule.State.ACTIVE, next_nominal__lte=day + timedelta(days=NEAR), next_day__gt=day
    ).exclude(holiday=Holiday.SAME)
    working = workdays.calendar()
    moved = Q(pk=None)
    for agreed, on, holiday in near.order_by().values_list("next_nominal", "next_day", "holiday").distinct():
        if agreed is not None and made_on(agreed, Holiday(holiday), working) != on:
            moved |= Q(next_nominal=agreed, next_day=on, holiday=holiday)
    candidates = near.filter(moved, pk__gt=read_key(after)[0] if after else 0).order_by("pk")
    found = (one for one in candidates.iterator(chunk_size=1000) if as_known_now(one, day=day) is not None)
    return [f"{one.pk}:{one.next_nominal}" for one in islice(found, most)]


def as_known_now(schedule: Schedule, *, day: date) -> Due | None:
    """This function will give the next date of an order by the working days as known on a day; None to leave it.

    It is made after that day. Only the rule that leaves dates out passes one over.
    """
    if schedule.next_nominal is None:
        return None
    due = following(
        schedule.rhythm, index=schedule.next_index, earliest=day + timedelta(days=1), working=workdays.calendar()
    )
    if due is None or (due.nominal, due.day) == (schedule.next_nominal, schedule.next_day):
        return None
    return due if due.nominal == schedule.next_nominal or schedule.holiday == Holiday.SKIP else None


def count_due(day: date) -> int:
    """This function will count the orders that are due on a day."""
    return Schedule.objects.filter(state=Schedule.State.ACTIVE, next_day__lte=day).count()


def count_short(day: date) -> int:
    """This function will count the orders whose account was short in the morning."""
    return Occurrence.objects.filter(state=Occurrence.State.SHORT, day__lte=day).count()


def count_to_tell(day: date) -> int:
    """This function will count the orders whose payer is to be told on a day of a payment ahead."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_TO_TELL, _bound(day, "", None))
        return int(cursor.fetchone()[0])


def _keys(sql: str, day: date, after: str, most: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, _bound(day, after, most))
        return [f"{number}:{nominal.isoformat()}" for number, nominal in cursor.fetchall()]


def _bound(day: date, after: str, most: int | None) -> dict[str, Any]:
    return {
        "day": day, "after": read_key(after)[0] if after else 0, "most": most,
        "furthest": day + timedelta(days=MOST_NOTICE_DAYS),
    }  # fmt: skip


def read_key(key: str) -> tuple[int, date]:
    """This function will read a key back."""
    number, _colon, nominal = key.partition(":")
    return int(number), date.fromisoformat(nominal)
