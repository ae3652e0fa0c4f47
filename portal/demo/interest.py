"""The demo bank's running interest: counted since the last settlement day, which its invented history has in it."""

from datetime import datetime, timedelta

from ledger.calendar import business_date
from products.deposits import arithmetic, books, figures


def load(*, now: datetime) -> None:
    """This function will let interest be counted from the day after the last settlement day; safe to run again."""
    today = business_date(now)
    settles_on = figures.settles_on(on=today)
    day, until = today, arithmetic.settlement_day(today, settles_on)
    while arithmetic.settlement_day(day, settles_on) == until:
        day -= timedelta(days=1)
    books.begin(after=day, now=now)
