"""The steps of the business day that belong to the books; their order stands in portal/wiring.py."""

import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from core import policy, workdays
from core.runs import NotYet, Step
from ledger import checks

PATIENCE, POLL = 10.0, 0.1  # seconds


class BooksDrift(Exception):
    """The books are not what their lines say."""


def closing(day: date) -> datetime:
    """This function will say when a business date is closed: some minutes after it is over."""
    midnight = datetime.combine(day + timedelta(days=1), clock_time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    return midnight + timedelta(minutes=int(policy.value("day.closing_minutes", on=day)))


def most_behind(day: date) -> int:
    """This function will say how many open days are made up for without a person who says that the clock is right."""
    return int(policy.value("day.most_behind", on=day))


def unknown_calendar(day: date) -> str:
    """This function will say that a date's holidays are not known, so that payments could fall on wrong days; "" when
    they are. Years before the first that was ever announced are history, and nothing falls due in them anew."""
    years = workdays.calendar().years
    if day.year in years or day.year < min(years):
        return ""
    return _(
        "The holidays of %(year)s are not known here, and payments could fall on wrong days. Nothing was carried out. "
        "Bring the announcement in with: manage.py load_workdays FILE --source NOTICE. The day goes on by itself then."
    ) % {"year": day.year}


def cut_off(_key: str, day: date, _now: datetime) -> str:
    """This function will wait until everything is over that was being written when it began: what the date still had.

    What begins later counts for the next date. Waits for at most PATIENCE seconds, then raises NotYet: the next call
    goes on waiting.
    """
    writing, end = _writing(), time.monotonic() + PATIENCE
    while writing := writing & _writing():
        if time.monotonic() > end:
            raise NotYet(f"{len(writing)} transactions are under way at the end of {day}")
        time.sleep(POLL)
    return "cut off"


def _writing() -> frozenset[str]:
    """The transactions of this database that have written something, whoever runs them; our own is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITING)
        return frozenset(row[0] for row in cursor.fetchall())


# Locks are shown to everybody, unlike the sessions of other roles. Each transaction that writes holds one on its own
# number, and on the tables it writes to.
_WRITING = """
    SELECT DISTINCT w.virtualtransaction
      FROM pg_locks w JOIN pg_locks t ON t.virtualtransaction = w.virtualtransaction AND t.locktype = 'relation'
     WHERE w.locktype = 'transactionid' AND w.mode = 'ExclusiveLock' AND w.granted AND w.pid <> pg_backend_pid()
       AND t.database = (SELECT oid FROM pg_database WHERE datname = current_database())
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
    name="ledger.check_books",
    label=_("Proof of the books"),
    starts=closing,
    do=prove,
    outcomes={"sound": _("sound")},
    advice=_(
        "Look at the entries it names with manage.py check_books, and correct them by a booking of two people. Then "
        "carry it out again."
    ),
)
