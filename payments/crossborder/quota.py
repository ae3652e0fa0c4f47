"""The yearly quota for buying foreign exchange, and the day's sum of one's own, as arithmetic. Pure.

What counts: every purchase of foreign exchange without papers, at its equivalent in US dollars, in the calendar year of
its business date in Shanghai. What does not: payments with papers that prove a real need, payments out of foreign
currency one has already, and what was refused or given back.
"""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """On what ground a payment goes out."""

    QUOTA = "quota"  # bought within the yearly quota
    OWN = "own"  # one's own foreign currency, within the sum of a day
    PAPERS = "papers"  # beyond either, proven by papers


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of a quota is used; US cents."""

    most: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def share(self) -> int:
        """How much of it is used, per cent, never shown as full or empty when it is not."""
        if self.used <= 0 or self.most <= 0:
            return 0
        if self.used >= self.most:
            return 100
        return min(99, max(1, self.used * 100 // self.most))


def basis(*, buys: bool, value: int, year: Quota, day: Quota) -> Basis:
    """This function will say on what ground a payment worth `value` US cents may go."""
    found, within = (Basis.QUOTA, year) if buys else (Basis.OWN, day)
    return found if value <= within.left else Basis.PAPERS
