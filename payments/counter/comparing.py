"""The counter beside the online channel: numbers and sums for each business date, as the books have them.

Online counts what the books see leave by that channel from accounts of the branch's own district, where it names one:
so the two serve the same people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import prepared
from ledger.money import Money
from payments.counter.models import Branch


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, and how much."""

    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class Day:
    """One business date in both channels."""

    day: date
    deposits: Figure
    withdrawals: Figure
    transfers: Figure
    undone: int
    online: Figure

    @property
    def share(self) -> int | None:
        """How many of a hundred transfers were made at the counter; None where there were none."""
        every = self.transfers.count + self.online.count
        return round(100 * self.transfers.count / every) if every else None


_COUNTER = """
    SELECT o.business_date,
           count(*) FILTER (WHERE o.kind = 'deposit'),
           coalesce(sum(o.amount) FILTER (WHERE o.kind = 'deposit'), 0)::bigint,
           count(*) FILTER (WHERE o.kind = 'withdrawal'),
           coalesce(sum(o.amount) FILTER (WHERE o.kind = 'withdrawal'), 0)::bigint,
           count(*) FILTER (WHERE o.kind = 'transfer'),
           coalesce(sum(o.amount) FILTER (WHERE o.kind = 'transfer'), 0)::bigint,
           count(*) FILTER (WHERE o.reversal_id IS NOT NULL)
      FROM counter_operation o
      JOIN counter_tillday d ON d.id = o.day_id
      JOIN counter_till t ON t.id = d.till_id
     WHERE t.branch_id = %s AND o.state = 'done' AND o.business_date BETWEEN %s AND %s
     GROUP BY 1
"""
# What leaves an account online on a customer's word: every kind of transfer, at this bank and to others.
_ONLINE = """
    SELECT e.business_date, count(*), coalesce(-sum(l.amount), 0)::bigint
      FROM ledger_entry e
      JOIN ledger_line l ON l.entry_id = e.id AND l.amount < 0
      JOIN accounts_bankaccount b ON b.ledger_account_id = l.account_id
     WHERE e.channel = 'online' AND e.business_date BETWEEN %s AND %s AND b.currency = %s
       AND (%s::bigint IS NULL OR b.district_id = %s::bigint)
     GROUP BY 1
"""


def days(branch: Branch, *, since: date, until: date) -> Sequence[Day]:
    """This function will compare the channels for each business date with anything to show, in two queries."""
    currency = branch.currency

    counter = {row[0]: row[1:] for row in prepared.rows(_COUNTER, [branch.pk, since, until])}
    district = branch.district_id
    online = {row[0]: row[1:] for row in prepared.rows(_ONLINE, [since, until, currency, district, district])}
    return [
        _day(day, counter.get(day, (0,) * 7), online.get(day, (0, 0)), currency)
        for day in sorted({*counter, *online}, reverse=True)
    ]


def _day(day: date, counter: Sequence[int], online: Sequence[int], currency: str) -> Day:
    def figure(row: Sequence[int], at: int) -> Figure:
        return Figure(int(row[at]), Money(int(row[at + 1]), currency))

    return Day(
        day=day,
        deposits=figure(counter, 0),
        withdrawals=figure(counter, 2),
        transfers=figure(counter, 4),
        undone=int(counter[6]),
        online=figure(online, 0),
    )


def together(found: Sequence[Day], currency: str) -> Day | None:
    """This function will add the days up; None where there are none."""
    if not found:
        return None

    def added(name: str) -> Figure:
        figures = [getattr(day, name) for day in found]
        return Figure(sum(one.count for one in figures), Money(sum(one.total.minor for one in figures), currency))

    return Day(
        found[0].day, added("deposits"), added("withdrawals"), added("transfers"), sum(day.undone for day in found),
        added("online"),
    )  # fmt: skip
