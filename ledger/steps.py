"""The steps of the business day that belong to the books; their order stands in portal/wiring.py."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from core import policy
from core.runs import NotYet, Step
from ledger import checks


class BooksDrift(Exception):
    """The books are not what their lines say."""


def closing(day: date) -> datetime:
    """This function will say when a business date is closed: some minutes after it is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    return midnight + timedelta(minutes=int(policy.value("day.closing_minutes", on=day)))


def cut_off(_key: str, day: date, now: datetime) -> str:  # noqa: ARG001 - as every step's act
    """This function will wait until everything that began while the date lasted is booked or undone.

    What begins later counts for the next date. Raises NotYet while an older transaction that writes is under way.
    """
    over = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    with connection.cursor() as cursor:
        cursor.execute(_STILL_WRITING, [over])
        if cursor.fetchone()[0]:
            raise NotYet(f"transactions of {day} are under way")
    return "cut off"


_STILL_WRITING = """
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND backend_xid IS NOT NULL AND xact_start < %s)
"""


def prove(_key: str, _day: date, _now: datetime) -> str:
    """This function will recompute the books from their lines. Raises BooksDrift with the first differences."""
    found = checks.drift()
    if found:
        raise BooksDrift("; ".join(str(one) for one in found[:5]))
    return "sound"


CUT_OFF = Step(
    name="ledger.cut_off", label=_("Cut-off"), starts=closing, do=cut_off, outcomes={"cut off": _("cut off")}
)
CHECK_BOOKS = Step(
    name="ledger.check_books", label=_("Proof of the books"), starts=closing, do=prove, outcomes={"sound": _("sound")}
)
