"""Which days are worked. Pure: no database, no web."""

from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE = timedelta(days=1)
FURTHEST = 366  # days without work in a row before a calendar is called a mistake


class NoWorkingDays(ValueError):
    """For a whole year nobody works: the calendar is a mistake."""


@dataclass(frozen=True)
class Calendar:
    """The days that differ from Monday to Friday, and the years about which that is known."""

    off: frozenset[date] = field(default=frozenset(), repr=False)
    work: frozenset[date] = field(default=frozenset(), repr=False)  # weekends that make up for a holiday
    years: frozenset[int] = frozenset()

    def works_on(self, day: date) -> bool:
        """This function will say whether a day is worked."""
        return day in self.work or (day.weekday() < SATURDAY and day not in self.off)

    def covers(self, year: int) -> bool:
        """This function will say whether a year's holidays are known."""
        return year in self.years

    def first_from(self, day: date) -> date:
        """This function will give the first working day that is not before a day. Raises NoWorkingDays."""
        return self._step(day, ONE)

    def last_until(self, day: date) -> date:
        """This function will give the last working day that is not after a day. Raises NoWorkingDays."""
        return self._step(day, -ONE)

    def after(self, day: date, *, days: int) -> date:
        """This function will give the so-manieth working day after a day, which itself does not count.

        With no days it is the day itself, worked or not. Raises ValueError for less than none, NoWorkingDays.
        """
        if days < 0:
            raise ValueError("working days are counted forwards")
        for _number in range(days):
            day = self.first_from(day + ONE)
        return day

    def _step(self, day: date, step: timedelta) -> date:
        for _tried in range(FURTHEST):
            if self.works_on(day):
                return day
            day += step
        raise NoWorkingDays(f"nobody works within a year of {day}")
