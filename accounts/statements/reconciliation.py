"""Comparing a source's movements with its own printed running balances, and with the books. Pure.

A row agrees when its printed balance is the one printed before it plus its amount: exactly, or within the rounding
the source prints with. Apart from that every account's exact sum is followed, and how far the printed balances ever
drift from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

SHOWN: Final = 50  # rows that are off, kept for the report


@dataclass(slots=True)
class AccountTally:
    """One account on its way through the file. Amounts are minor units."""

    summed: int = 0  # exact sum of its amounts
    printed: int = 0  # last printed balance
    rows: int = 0
    inexact: int = 0  # rows whose printed balance differs from the exact running sum
    drift: int = 0  # the largest such difference


@dataclass
class Reconciliation:
    """Counts rows one after the other; `rounding` is how far a printed figure may be off, in minor units."""

    rounding: int
    # account -> its balance in the books before the file's first row; zero where it began with the file
    before: Mapping[str, int] = field(default_factory=dict)
    exact: int = 0
    within: int = 0
    off: int = 0
    not_printed: int = 0
    credits: int = 0
    debits: int = 0
    accounts: dict[str, AccountTally] = field(default_factory=dict)
    off_rows: list[str] = field(default_factory=list)

    def row(self, *, reference: str, account: str, amount: int, printed: int | None) -> None:
        """This function will count one row; a row without a printed balance is trusted to follow."""
        tally = self.accounts.get(account)
        if tally is None:
            opening = self.before.get(account, 0)
            tally = self.accounts[account] = AccountTally(summed=opening, printed=opening)
        tally.rows += 1
        tally.summed += amount
        if amount >= 0:
            self.credits += amount
        else:
            self.debits -= amount
        if printed is None:
            self.not_printed += 1
            tally.printed += amount
            return
        difference = abs(printed - tally.printed - amount)
        if difference == 0:
            self.exact += 1
        elif difference <= self.rounding:
            self.within += 1
        else:
            self.off += 1
            if len(self.off_rows) < SHOWN:
                self.off_rows.append(reference)
        tally.printed = printed
        if printed != tally.summed:
            tally.inexact += 1
            tally.drift = max(tally.drift, abs(printed - tally.summed))

    @property
    def rows(self) -> int:
        return self.exact + self.within + self.off + self.not_printed

    @property
    def drifts(self) -> list[int]:
        """The largest drift of each account, ascending."""
        return sorted(tally.drift for tally in self.accounts.values())

    def against(self, booked: Mapping[str, tuple[int, int]]) -> list[str]:
        """This function will name the accounts whose balance in the books, or whose lines, are not the file's.

        `booked` has the balance and the number of lines of every account. An account that had lines before the file
        may have more of them.
        """
        return [account for account, tally in self.accounts.items() if not self._agrees(account, tally, booked)]

    def _agrees(self, account: str, tally: AccountTally, booked: Mapping[str, tuple[int, int]]) -> bool:
        balance, lines = booked.get(account, (0, 0))
        return balance == tally.summed and (lines >= tally.rows if account in self.before else lines == tally.rows)


def minor(text: str, exponent: int) -> int:
    """This function will read a decimal text as minor units, rounding half to even what is finer than they are."""
    whole, _, fraction = text.partition(".")
    if len(fraction) > exponent:
        return int(Decimal(text).scaleb(exponent).to_integral_value())
    return int(whole + fraction.ljust(exponent, "0"))
