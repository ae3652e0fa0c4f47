"""Which clearing system carries a payment, when it leaves, when it arrives. Pure: no database, no web.

HVPS   large-value system: each payment at once, any amount, open on working days from the evening before
BEPS   small-value system: in batches around the clock, up to a limit
IBPS   Internet banking system: an answer at once, around the clock, up to a limit

Times are the bank's wall clock; amounts are minor units.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

FURTHEST = 60  # days looked ahead for an opening before a calendar without working days is called a mistake


class Path(StrEnum):
    """A clearing system."""

    HVPS = "hvps"
    BEPS = "beps"
    IBPS = "ibps"


class Mode(StrEnum):
    """When the customer wants the money to leave."""

    REAL_TIME = "real_time"
    ORDINARY = "ordinary"
    NEXT_DAY = "next_day"


class Why(StrEnum):
    """Why no system carries a payment as it was wished."""

    CLOSED = "closed"  # only the large-value system carries it, and that is closed then
    NOT_REACHED = "not_reached"  # the payee's bank takes part in none of the systems that would


@dataclass(frozen=True, slots=True)
class Figures:
    """The policy figures, as they count on a day."""

    ibps_most: int
    beps_most: int
    hvps_opens: time  # on the evening before a working day
    hvps_closes: time
    instant_seconds: int
    hvps_minutes: int
    ordinary_minutes: int
    batch_minutes: int
    next_day_opens: time
    draft_minutes: int  # a check page is good for this long; a promise shown on it must hold that long too


@dataclass(frozen=True, slots=True)
class Offer:
    """How a payment would go. `taken_back_until` is None where it leaves with the confirmation."""

    path: Path
    execute_at: datetime
    arrives_by: datetime
    taken_back_until: datetime | None


@dataclass(frozen=True, slots=True)
class NoPath:
    """Nothing carries the payment as wished; `instead` is the next-day offer, where there is one."""

    why: Why
    instead: Offer | None = None


def offer(
    *,
    mode: Mode,
    amount: int,
    systems: Collection[Path],
    now: datetime,
    works_on: Callable[[date], bool],
    figures: Figures,
) -> Offer | NoPath:
    """This function will choose the path of a payment, or say why there is none and what is offered instead.

    `now` is local time; `systems` are those the payee's bank takes part in.
    """
    reach = _Reach(amount, frozenset(systems), works_on, figures)
    match mode:
        case Mode.REAL_TIME:
            found = reach.at_once(now)
        case Mode.ORDINARY:
            found = reach.batched(now + timedelta(minutes=figures.ordinary_minutes))
        case Mode.NEXT_DAY:
            return reach.on_a_later_day(now)
    if isinstance(found, NoPath):
        later = reach.on_a_later_day(now)
        return NoPath(found.why, later if isinstance(later, Offer) else None)
    return found


@dataclass(frozen=True, slots=True)
class _Reach:
    amount: int
    systems: frozenset[Path]
    works_on: Callable[[date], bool]
    figures: Figures

    def at_once(self, now: datetime) -> Offer | NoPath:
        if Path.IBPS in self.systems and self.amount <= self.figures.ibps_most:
            return Offer(Path.IBPS, now, now + timedelta(seconds=self.figures.instant_seconds), None)
        if Path.HVPS not in self.systems:
            return NoPath(Why.NOT_REACHED)
        if not self.large_open(now):
            return NoPath(Why.CLOSED)
        return Offer(Path.HVPS, now, now + timedelta(minutes=self.figures.hvps_minutes), None)

    def batched(self, at: datetime) -> Offer | NoPath:
        """Leave at a moment to come: small sums in a batch, large ones if their system is open then."""
        if Path.BEPS in self.systems and self.amount <= self.figures.beps_most:
            return Offer(Path.BEPS, at, at + timedelta(minutes=self.figures.batch_minutes), at)
        if Path.HVPS not in self.systems:
            return NoPath(Why.NOT_REACHED)
        # The check page is good for a while, and the promise must hold until its end.
        if not (self.large_open(at) and self.large_open(at + timedelta(minutes=self.figures.draft_minutes))):
            return NoPath(Why.CLOSED)
        return Offer(Path.HVPS, at, at + timedelta(minutes=self.figures.hvps_minutes), at)

    def on_a_later_day(self, now: datetime) -> Offer | NoPath:
        for ahead in range(1, FURTHEST):
            day = now.date() + timedelta(days=ahead)
            at = datetime.combine(day, self.figures.next_day_opens, now.tzinfo)
            found = self.batched(at)
            if isinstance(found, Offer) or found.why is Why.NOT_REACHED:
                return found
        raise ValueError("this calendar has no working days")

    def large_open(self, at: datetime) -> bool:
        figures = self.figures
        return large_open(at, opens=figures.hvps_opens, closes=figures.hvps_closes, works_on=self.works_on)


def large_open(at: datetime, *, opens: time, closes: time, works_on: Callable[[date], bool]) -> bool:
    """This function will say whether the large-value system is open: for a working day, from the evening before it."""
    if at.time() < closes and works_on(at.date()):
        return True
    return at.time() >= opens and works_on(at.date() + timedelta(days=1))
