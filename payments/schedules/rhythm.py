"""On which days an order is due. Pure.

Every date is counted from the first one and never from the one before, so that the 31st comes back after February. The
working days are handed in; so is the day from which on dates are asked for.
"""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count as numbers
from typing import Protocol

LATEST = date(9998, 12, 31)
MOST_SKIPPED = 3700  # dates in a row that fall away before nothing is said to follow: ten years of days


class Unit(StrEnum):
    """What an order is repeated by."""

    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Holiday(StrEnum):
    """What happens when a date is not a working day."""

    SAME = "same"
    BEFORE = "before"
    AFTER = "after"
    SKIP = "skip"


class WorkingDays(Protocol):
    """What is asked of a calendar (core.workdays.Calendar)."""

    def works_on(self, day: date) -> bool: ...
    def first_from(self, day: date) -> date: ...
    def last_until(self, day: date) -> date: ...


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When an order is due: every so many units from the first day on, until a day that still counts."""

    unit: Unit
    starts_on: date
    every: int = 1
    last_day: bool = False  # of the month, whatever the first day is
    holiday: Holiday = Holiday.SAME
    until: date | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError("an order is repeated every one, two, three … units")


@dataclass(frozen=True, slots=True)
class Due:
    """One date of an order: the so-manieth, the day it stands for, and the day on which it is made."""

    index: int
    nominal: date
    day: date


def nominal(rhythm: Rhythm, index: int) -> date | None:
    """This function will give the so-manieth date (from 0) as agreed; None when there is none."""
    steps = index * rhythm.every
    try:
        match rhythm.unit:
            case Unit.ONCE:
                found = rhythm.starts_on if index == 0 else None
            case Unit.DAY:
                found = rhythm.starts_on + timedelta(days=steps)
            case Unit.WEEK:
                found = rhythm.starts_on + timedelta(weeks=steps)
            case Unit.MONTH:
                found = _in_month(rhythm, steps)
            case Unit.YEAR:
                found = _in_month(rhythm, 12 * steps)
    except (OverflowError, ValueError):  # after the year 9999
        return None
    if found is None or found > LATEST or (rhythm.until is not None and found > rhythm.until):
        return None
    return found


def _in_month(rhythm: Rhythm, steps: int) -> date:
    """So many months later on the same day of the month, or on the last one where the month has no such day."""
    years, month = divmod(rhythm.starts_on.month - 1 + steps, 12)
    year, month = rhythm.starts_on.year + years, month + 1
    last = months.monthrange(year, month)[1]
    return date(year, month, last if rhythm.last_day else min(rhythm.starts_on.day, last))


def made_on(day: date, holiday: Holiday, working: WorkingDays) -> date | None:
    """This function will give the day on which what is due on a day is made; None when it falls away."""
    match holiday:
        case Holiday.SAME:
            return day
        case Holiday.BEFORE:
            return working.last_until(day)
        case Holiday.AFTER:
            return working.first_from(day)
        case Holiday.SKIP:
            return day if working.works_on(day) else None


def dates(rhythm: Rhythm, *, index: int = 0, earliest: date, working: WorkingDays) -> Iterator[Due]:
    """This function will give the dates from the so-manieth on that are made on `earliest` or later.

    A date before `earliest` is left out. One that would only be moved to before it, because the working day before it
    has passed, is made on `earliest`.
    """
    skipped = 0
    for number in numbers(index):
        agreed = nominal(rhythm, number)
        if agreed is None or skipped > MOST_SKIPPED:
            return
        day = made_on(agreed, rhythm.holiday, working)
        if day is not None and day < earliest <= agreed:
            day = earliest
        if day is None or day < earliest:
            skipped += 1
            continue
        skipped = 0
        yield Due(number, agreed, day)


def following(rhythm: Rhythm, *, index: int = 0, earliest: date, working: WorkingDays) -> Due | None:
    """This function will give the next date of an order; None when there is none."""
    return next(dates(rhythm, index=index, earliest=earliest, working=working), None)


@dataclass(frozen=True, slots=True)
class Ending:
    """How much an order pays in all: so many payments, or a sum in minor units. Both None: it goes on."""

    count: int | None = None
    total: int | None = None

    def next_amount(self, amount: int, *, paid_count: int, paid_total: int) -> int:
        """This method will say how much the next payment is, in minor units; 0 when nothing follows."""
        if self.count is not None and paid_count >= self.count:
            return 0
        if self.total is not None:
            return min(amount, max(0, self.total - paid_total))
        return amount
