"""Working time: the hours in which the desk is at work. Pure: no database, no web.

Which days are worked is said by core.workdays. Time outside the desk's hours does not run; 24 hours of a desk that
works around the clock are one working day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.workdays.rules import Calendar

DAY = 24
NOTHING = timedelta(0)
MINUTE = timedelta(minutes=1)
FURTHEST = 366 * 20  # days looked ahead before a calendar without working days is called a mistake


@dataclass(frozen=True)
class Desk:
    """When the desk works: its zone, its hours, its days."""

    zone: ZoneInfo
    opens: int = 0  # o'clock
    closes: int = DAY
    days: Calendar = field(default=Calendar(), repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY:
            raise ValueError("the desk opens before it closes, within one day")

    def works_on(self, day: date) -> bool:
        """This function will say whether the desk works on a day."""
        return self.days.works_on(day)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """This function will give the moment at which `span` of working time has run since `start`.

        Raises ValueError for a negative span, a time without a zone, or a calendar without working days.
        """
        if span < NOTHING:
            raise ValueError("working time runs forwards")
        left = span
        for begins, ends in self._shifts(start):
            if left <= ends - begins:
                return (begins + left).astimezone(self.zone)
            left -= ends - begins
        raise ValueError("this calendar has no working days")

    def by(self, start: datetime, span: timedelta) -> datetime:
        """This function will give the moment by which something is due: what may take more than a day ends with a day.

        Its last minute, so that a reader is told the day that is meant. Raises ValueError as `add` does.
        """
        moment = self.add(start, span)
        return moment if span <= timedelta(hours=DAY) else self.end_of(moment)

    def end_of(self, moment: datetime) -> datetime:
        """This function will give the last minute of work on a day; midnight belongs to the day it ends."""
        day = (moment - MINUTE).astimezone(self.zone).date()
        return (self._at(day, self.closes) - MINUTE).astimezone(self.zone)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """This function will say how much working time lies between two moments; none when they are the wrong way."""
        total = NOTHING
        if end <= start:
            return total
        until = end.astimezone(UTC)
        for begins, ends in self._shifts(start):
            if begins >= until:
                break
            total += min(ends, until) - begins
        return total

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the stretches of work from a moment on, in universal time, so that no clock change bends them."""
        if start.tzinfo is None:
            raise ValueError("a time without a zone is no moment")
        begin, day = start.astimezone(UTC), start.astimezone(self.zone).date()
        for _ahead in range(FURTHEST):
            if self.works_on(day):
                opens, closes = self._at(day, self.opens), self._at(day, self.closes)
                if closes > begin:
                    yield max(opens, begin), closes
            day += timedelta(days=1)

    def _at(self, day: date, hour: int) -> datetime:
        whole, rest = divmod(hour, DAY)
        return datetime.combine(day + timedelta(days=whole), time(rest), self.zone).astimezone(UTC)
