"""What follows from the date on which an identity document expires. Pure.

The date printed on a document is its last good day. After it a person has some days of grace; from the day after those
on, money of theirs may come in and be looked at, and does not leave. A long-term document never expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

STOPPED_NOTICE = "stopped"


class Stage(StrEnum):
    """How a document stands on a day."""

    GOOD = "good"
    SOON = "soon"  # it can be renewed and should be
    GRACE = "grace"  # expired; everything still works
    STOPPED = "stopped"  # money no longer leaves


@dataclass(frozen=True, slots=True)
class Terms:
    """What the bank has laid down: the days before an expiry on which people are told, and the days of grace."""

    notice_days: Sequence[int]
    grace_days: int

    @property
    def days_told(self) -> tuple[int, ...]:
        """The days before the expiry on which people are told, most first; the day itself is always one of them."""
        return tuple(sorted({*self.notice_days, 0}, reverse=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands: `days` until it expires (below zero: since), and the first day on which money stays."""

    stage: Stage
    expires_on: date | None = None
    days: int | None = None
    stops_on: date | None = None


def standing(expires_on: date | None, *, today: date, terms: Terms) -> Standing:
    """This function will say how a document stands on a business date."""
    if expires_on is None:
        return Standing(Stage.GOOD)
    days, stops_on = (expires_on - today).days, expires_on + timedelta(days=terms.grace_days + 1)
    if days > terms.days_told[0]:
        stage = Stage.GOOD
    elif days >= 0:
        stage = Stage.SOON
    else:
        stage = Stage.GRACE if today < stops_on else Stage.STOPPED
    return Standing(stage, expires_on, days, stops_on)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, and the expiry dates for which it is the one to give today; `first` is None for all before `last`."""

    stage: str
    first: date | None
    last: date


def notices(*, today: date, terms: Terms) -> list[Notice]:
    """This function will list which documents' owners are told what on a business date.

    The windows touch and never overlap: whoever was not told in time is told the most urgent thing alone.
    """
    told = terms.days_told
    found = [
        Notice(str(days), today + timedelta(days=told[place + 1] + 1), today + timedelta(days=days))
        for place, days in enumerate(told[:-1])
    ]
    stops = today - timedelta(days=terms.grace_days)  # who expired before this day is stopped
    return [*found, Notice("0", stops, today), Notice(STOPPED_NOTICE, None, stops - timedelta(days=1))]
