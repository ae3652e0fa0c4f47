"""Interest on demand deposits. Pure: exact integers and fractions, no clock, no database."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction


def interest(daily_balances: int, percent: Decimal, day_basis: int) -> int:
    """This function will give the interest on a sum of daily balances, both in minor units, rounded half up.

    `percent` is the rate of a year, `day_basis` the days of the year it is divided by (360 or 365). The database works
    it out in the same way (migration `0002_guards`). Raises ValueError for a sum or a rate below zero.
    """
    if daily_balances < 0 or percent < 0 or day_basis <= 0:
        raise ValueError("interest is worked out from sums and rates of zero and more")
    exact = daily_balances * Fraction(percent) / (100 * day_basis)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def settlement_day(day: date, settles_on: int) -> date:
    """This function will name the settlement day of the period a day belongs to.

    It is the day `settles_on` (1 to 28) of the last month of a quarter: the first one that is not before the day.
    """
    found = date(day.year, (day.month + 2) // 3 * 3, settles_on)
    if found >= day:
        return found
    return date(day.year + 1, 3, settles_on) if found.month == 12 else date(day.year, found.month + 3, settles_on)


def credited_on(last: date) -> date:
    """This function will name the day on which the interest of a period is credited: the day after its last."""
    return last + timedelta(days=1)
