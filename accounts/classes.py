"""What an account of class I, II or III may do: the rules of the central bank as plain arithmetic. Pure.

Money to and from the account that a class II or III account is bound to does not count, save towards the most that a
class III account may hold. A limit is inclusive: exactly the limit goes through. Days are business dates, years are
calendar years of business dates. Amounts are minor units of one currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CLASS_I, CLASS_II, CLASS_III = "i", "ii", "iii"
ONLINE = (CLASS_II, CLASS_III)  # class I is opened face to face, or with the verification of the person


class Which(StrEnum):
    """Which rule stands in the way."""

    IN_DAY = "in_day"
    IN_YEAR = "in_year"
    OUT_DAY = "out_day"
    OUT_YEAR = "out_year"
    BALANCE = "balance"


class WhyNot(StrEnum):
    """Why no account of a class is opened."""

    FULL = "full"  # the person has as many as there may be
    FACE_TO_FACE = "face_to_face"  # class I
    UNBOUND = "unbound"  # no class I account of their own to bind it to


@dataclass(frozen=True, slots=True)
class Caps:
    """What counts for a class on one day; `balance` is None where any sum may lie on the account."""

    in_day: int
    in_year: int
    out_day: int
    out_year: int
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What came in and went out already, the bound account's money left out, and what lies on the account."""

    in_day: int = 0
    in_year: int = 0
    out_day: int = 0
    out_year: int = 0
    balance: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an amount would break: what is left of it, and the business date on which it is whole again."""

    which: Which
    limit: int
    left: int
    resets_on: date | None = None


def breach_in(*, amount: int, used: Used, caps: Caps, bound: bool, today: date) -> Breach | None:
    """This function will name the rule that money coming in would break, the one that lasts longest first."""
    if caps.balance is not None and used.balance + amount > caps.balance:
        return Breach(Which.BALANCE, caps.balance, max(0, caps.balance - used.balance))
    if bound:
        return None
    return _beyond(amount, (Which.IN_YEAR, used.in_year, caps.in_year), (Which.IN_DAY, used.in_day, caps.in_day), today)


def breach_out(*, amount: int, used: Used, caps: Caps, bound: bool, today: date) -> Breach | None:
    """This function will name the rule that money going out would break, the one that lasts longest first."""
    if bound:
        return None
    return _beyond(
        amount, (Which.OUT_YEAR, used.out_year, caps.out_year), (Which.OUT_DAY, used.out_day, caps.out_day), today
    )


def _beyond(amount: int, year: tuple[Which, int, int], day: tuple[Which, int, int], today: date) -> Breach | None:
    for (which, used, limit), resets_on in ((year, date(today.year + 1, 1, 1)), (day, today + timedelta(days=1))):
        if used + amount > limit:
            return Breach(which, limit, max(0, limit - used), resets_on)
    return None


def may_open(account_class: str, *, held: Mapping[str, int], most: Mapping[str, int]) -> WhyNot | None:
    """This function will say why somebody who holds so many accounts of each class opens no other; None when they may.

    Raises KeyError for a class that does not exist.
    """
    if held.get(account_class, 0) >= most[account_class]:
        return WhyNot.FULL
    if account_class not in ONLINE:
        return WhyNot.FACE_TO_FACE
    return None if held.get(CLASS_I, 0) else WhyNot.UNBOUND
