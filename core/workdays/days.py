"""The calendar in force: what the release brought, and over it what the bank has loaded since.

Plain SQL in one round trip, kept in the process for KEEP seconds, like the policy figures.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db import connection

from core.workdays import file
from core.workdays.rules import Calendar

KEEP = 60  # seconds a process may still use the notices it has read
PACKAGED = Path(__file__).resolve().parent / "data" / "holidays_cn.csv"

_kept: tuple[float, Calendar] | None = None


def works_on(day: date) -> bool:
    """This function will say whether a day is a working day."""
    return calendar().works_on(day)


def first_from(day: date) -> date:
    """This function will give the day itself when it is worked, else the next one that is."""
    return calendar().first_from(day)


def last_until(day: date) -> date:
    """This function will give the day itself when it is worked, else the one before it that is."""
    return calendar().last_until(day)


def after(day: date, *, days: int) -> date:
    """This function will give the so-manieth working day after a day, which itself does not count."""
    return calendar().after(day, days=days)


def covers(year: int) -> bool:
    """This function will say whether a year's holidays are known; else it is worked from Monday to Friday."""
    return calendar().covers(year)


def calendar() -> Calendar:
    """This function will give the whole calendar, for many days at one go. It is a plain value and never changes."""
    global _kept  # noqa: PLW0603 - one memory for one process, replaced whole
    kept, clock = _kept, time.monotonic()
    if kept is not None and clock - kept[0] < KEEP:
        return kept[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT ON (year) year, days::text FROM workdays_notice ORDER BY year, edition DESC")
        loaded = {year: file.specials(days) for year, days in cursor.fetchall()}
    found = merged({**packaged(), **loaded})
    _kept = (clock, found)
    return found


def forget() -> None:
    """This function will make this process read the notices anew at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None


@lru_cache(maxsize=1)
def packaged() -> dict[int, list[file.Special]]:
    """This function will read the years that the release brought."""
    return file.read(PACKAGED)


def merged(years: Mapping[int, Iterable[file.Special]]) -> Calendar:
    """This function will lay the years over one another; of two that speak of one December day the later year wins."""
    kinds = {special.day: special.kind for _year, days in sorted(years.items()) for special in days}
    return Calendar(
        off=frozenset(day for day, kind in kinds.items() if kind == "off"),
        work=frozenset(day for day, kind in kinds.items() if kind == "work"),
        years=frozenset(years),
    )
