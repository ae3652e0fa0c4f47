"""How much may leave on a customer's word: in one payment, in a day, a month, a year. Pure.

Days are business dates of the bank, months and years are calendar months and years of business dates. A limit is
inclusive: exactly the limit goes through, one minor unit more does not. Amounts are minor units of one currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum


class Which(StrEnum):
    """Which limit stands in the way."""

    PAYMENT = "payment"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    DAY_COUNT = "day_count"
    MONTH_COUNT = "month_count"
    YEAR_COUNT = "year_count"
    PAYEE_DAY = "payee_day"

    @property
    def is_count(self) -> bool:
        """Say whether this limit counts transfers instead of money."""
        return self.value.endswith("_count")


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts on one day for one currency."""

    payment: int
    day: int
    month: int
    year: int
    day_count: int
    month_count: int
    year_count: int
    payee_day: int  # to one and the same payee in a day; as much as the day's where nobody says less

    def of(self, which: Which) -> int:
        """This function will give one limit by its name."""
        return int(getattr(self, which))


@dataclass(frozen=True, slots=True)
class Used:
    """What a customer has moved already, on the day, in its month and in its year."""

    day: int = 0
    month: int = 0
    year: int = 0
    day_count: int = 0
    month_count: int = 0
    year_count: int = 0
    payee_day: int = 0  # to the payee in question; read only where it may decide

    def of(self, which: Which) -> int:
        """This function will give what is used of one limit by its name; nothing of a single payment's."""
        return 0 if which is Which.PAYMENT else int(getattr(self, which))


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that an amount would pass: what is left of it, and the business date on which it is whole again.

    `limit` and `left` are minor units, or numbers of transfers for the counts; `resets_on` is None for a payment.
    """

    which: Which
    limit: int
    left: int
    resets_on: date | None


def chosen(*, usual: Limits, most: Limits, own: Mapping[str, int]) -> Limits:
    """This function will say what counts for a customer: their own word where there is one, never above the most."""
    wanted = replace(usual, **{which: value for which, value in own.items() if which in _NAMES})
    if Which.PAYEE_DAY not in own:
        wanted = replace(wanted, payee_day=wanted.day)
    return Limits(**{name: min(getattr(wanted, name), getattr(most, name)) for name in _NAMES})


_NAMES = frozenset(field.name for field in fields(Limits))


def resets_on(which: Which, *, today: date) -> date | None:
    """This function will give the business date on which a limit is whole again; None for a single payment."""
    if which is Which.PAYMENT:
        return None
    if which in {Which.DAY, Which.DAY_COUNT, Which.PAYEE_DAY}:
        return today + timedelta(days=1)
    if which in {Which.MONTH, Which.MONTH_COUNT} and today.month < 12:
        return date(today.year, today.month + 1, 1)
    return date(today.year + 1, 1, 1)


# What waiting until tomorrow does not cure is said first.
_ORDER = (Which.YEAR_COUNT, Which.YEAR, Which.MONTH_COUNT, Which.MONTH, Which.DAY_COUNT, Which.DAY, Which.PAYEE_DAY)


def breach(*, amount: int, used: Used, limits: Limits, today: date) -> Breach | None:
    """This function will name the limit that a transfer would pass, the one that lasts longest first; None if none."""
    if amount > limits.payment:
        return Breach(Which.PAYMENT, limits.payment, limits.payment, None)
    for which in _ORDER:
        limit, gone = limits.of(which), used.of(which)
        if gone + (1 if which.is_count else amount) > limit:
            return Breach(which, limit, max(0, limit - gone), resets_on(which, today=today))
    return None
