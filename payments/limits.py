"""How much may leave on a customer's word: in one payment, in a day, in a year. Pure.

Days are business dates of the bank, years are calendar years of business dates. A limit is inclusive: exactly the
limit goes through, one minor unit more does not. Amounts are minor units of one currency.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Which(StrEnum):
    """Which limit stands in the way."""

    PAYMENT = "payment"
    DAY = "day"
    YEAR = "year"
    DAY_COUNT = "day_count"
    YEAR_COUNT = "year_count"


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts on one day for one currency."""

    payment: int
    day: int
    year: int
    day_count: int
    year_count: int


@dataclass(frozen=True, slots=True)
class Used:
    """What a customer has moved already, on the day and in its year."""

    day: int = 0
    year: int = 0
    day_count: int = 0
    year_count: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that an amount would pass: what is left of it, and the business date on which it is whole again.

    `limit` and `left` are minor units, or numbers of transfers for the two counts; `resets_on` is None for a payment.
    """

    which: Which
    limit: int
    left: int
    resets_on: date | None


def breach(*, amount: int, used: Used, limits: Limits, today: date) -> Breach | None:
    """This function will name the limit that a transfer would pass, the one that lasts longest first; None if none."""
    next_year, tomorrow = date(today.year + 1, 1, 1), today + timedelta(days=1)
    if amount > limits.payment:
        return Breach(Which.PAYMENT, limits.payment, limits.payment, None)
    if used.year_count + 1 > limits.year_count:
        return Breach(Which.YEAR_COUNT, limits.year_count, max(0, limits.year_count - used.year_count), next_year)
    if used.year + amount > limits.year:
        return Breach(Which.YEAR, limits.year, max(0, limits.year - used.year), next_year)
    if used.day_count + 1 > limits.day_count:
        return Breach(Which.DAY_COUNT, limits.day_count, max(0, limits.day_count - used.day_count), tomorrow)
    if used.day + amount > limits.day:
        return Breach(Which.DAY, limits.day, max(0, limits.day - used.day), tomorrow)
    return None
