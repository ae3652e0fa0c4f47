"""The bank's days. A booking counts for a business date, which is the bank's and not the clock's."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def business_date(now: datetime, *, cut_off: time | None = None) -> date:
    """This function will say for which day of the bank a booking made at `now` counts.

    That is the date on the bank's wall clock (`settings.TIME_ZONE`); from `cut_off` on, when one is given, the next
    day. Raises ValueError for a time without a zone: it could be two different days.
    """
    if now.tzinfo is None:
        raise ValueError("a time without a zone has no business date")
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if cut_off is not None and local.time() >= cut_off:
        return local.date() + timedelta(days=1)
    return local.date()
