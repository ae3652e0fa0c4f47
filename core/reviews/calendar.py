"""The desk's own calendar: the hours of the policy table on the bank's working days (core.workdays).

Of a year whose holidays are not announced yet the desk counts Monday to Friday. What was promised then stays promised:
the case keeps its due date when the year becomes known, and only a pause moves it.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from core import policy, workdays
from core.reviews.worktime import Desk


def desk(on: date) -> Desk:
    """This function will give the desk's working time as it counts on a day. Raises core.policy.UnknownPolicy."""
    return Desk(
        zone=ZoneInfo(settings.TIME_ZONE),
        opens=int(policy.value("review.desk_opens_hour", on=on)),
        closes=int(policy.value("review.desk_closes_hour", on=on)),
        days=workdays.calendar(),
    )


def due(*, hours: float, now: datetime) -> datetime:
    """This function will give the moment by which something is due after so many hours of working time.

    More than 24 hours are counted in days: it is due with the end of one.
    """
    return desk(timezone.localdate(now)).by(now, timedelta(hours=hours))
