"""Times that move along with today: this month, last month, this year. Pure."""

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

PERIODS: Final = {
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "last_30_days": _("Last 30 days"),
    "last_90_days": _("Last 90 days"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}
_DAY: Final = timedelta(days=1)


def bounds(period: str, today: date) -> tuple[date, date]:
    """This function will give the first and the last day of a period, as seen from a day. Raises KeyError.

    Both days count. A period that is not over ends with today.
    """
    first = today.replace(day=1)
    match period:
        case "this_month":
            return first, today
        case "last_month":
            return (first - _DAY).replace(day=1), first - _DAY
        case "last_30_days":
            return today - 29 * _DAY, today
        case "last_90_days":
            return today - 89 * _DAY, today
        case "this_year":
            return today.replace(month=1, day=1), today
        case "last_year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    raise KeyError(period)
