"""The desk's own calendar: the hours of the policy table and the public holidays of the packaged file.

The State Council announces a year's holidays late in the year before. For a year the file does not have, Monday to
Friday are worked; `covers` says so, the statistics page warns, and a newer file is one commit away.
"""

import csv
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from core import policy
from core.reviews.worktime import Desk

HOLIDAYS = Path(__file__).resolve().parent / "data" / "holidays_cn.csv"


@lru_cache(maxsize=4)
def special_days(path: Path = HOLIDAYS) -> tuple[frozenset[date], frozenset[date]]:
    """This function will read (holidays, working weekends) from the packaged file; raises ValueError if broken."""
    days: dict[str, set[date]] = {"off": set(), "work": set()}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        for row in rows:
            if row["day"] not in days:
                raise ValueError(f"{path.name}: {row['date']} is neither off nor work but {row['day']!r}")
            days[row["day"]].add(date.fromisoformat(row["date"]))
    return frozenset(days["off"]), frozenset(days["work"])


def covers(year: int) -> bool:
    """This function will say whether the file knows a year's holidays."""
    return any(day.year == year for day in special_days()[0])


def desk(on: date) -> Desk:
    """This function will give the desk's working time as it counts on a day. Raises core.policy.UnknownPolicy."""
    holidays, make_up_days = special_days()
    return Desk(
        zone=ZoneInfo(settings.TIME_ZONE),
        opens=int(policy.value("review.desk_opens_hour", on=on)),
        closes=int(policy.value("review.desk_closes_hour", on=on)),
        holidays=holidays,
        make_up_days=make_up_days,
    )


def due(*, hours: float, now: datetime) -> datetime:
    """This function will give the moment by which something is due after so many hours of working time."""
    return desk(timezone.localdate(now)).add(now, timedelta(hours=hours))
