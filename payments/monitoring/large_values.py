"""What of a business day goes into the report of large values. Pure: items in, findings out.

Items of one person, category (cash, domestic, abroad), direction and currency group are added up: yuan on their own,
every other currency together as its worth in US dollars, across accounts and channels.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

HOME, FOREIGN = "CNY", "USD"
SINGLE, SUMMED, OVERNIGHT, PATTERN, UNVALUED = "single", "summed", "overnight", "pattern", "unvalued"
DAY, WEEK = timedelta(hours=24), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Item:
    """One movement on one account: minor units of its currency, and its worth in minor units of the group's."""

    person: str
    account: str
    category: str
    paid_in: bool
    channel: str
    day: date
    at: datetime
    entry: int
    amount: int  # positive
    currency: str
    worth: int | None  # None: there is no rate

    @property
    def group(self) -> str:
        """Yuan, or US dollars for whatever is not yuan."""
        return HOME if self.currency == HOME else FOREIGN


@dataclass(frozen=True, slots=True)
class Bounds:
    """The figures of one business date; amounts in minor units by category and currency group."""

    report_from: Mapping[tuple[str, str], int]
    part_percent: int
    near_percent: int
    near_in_day: int
    near_in_week: int

    @property
    def least(self) -> int:
        """Yuan in minor units: who moved less on the date is in no finding of it. What goes across midnight ends with a
        part on the date, a pattern with an item near the figure, and everything else needs more."""
        least = min(most for (_category, group), most in self.report_from.items() if group == HOME)
        return least * min(self.part_percent, self.near_percent, 100) // 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Why somebody's items are reported: `worth` is their sum in the group's currency, of those that have a rate."""

    basis: str
    person: str
    category: str
    paid_in: bool
    group: str
    worth: int
    items: tuple[Item, ...]


def findings(items: Iterable[Item], *, day: date, bounds: Bounds) -> list[Finding]:
    """This function will list what is reported of a business date, from the items of it and of the seven dates before.

    - `single`: at least one item of the date reaches the figure. `summed`: none does, but all together do. Either way
      all items of the date are listed.
    - `unvalued`: an item has no rate, so nobody can say that it stays below. It is reported rather than left out.
    - `pattern`: so many items just below the figure within 24 hours, or within seven days, the last one on the date.
    - `overnight`: none of these, but parts, each a good share of the figure and below it, reach it within 24 hours,
      some of them on the date before.
    """
    found = []
    kept = defaultdict(list)
    for item in items:
        kept[item.person, item.category, item.paid_in, item.group].append(item)
    for (person, category, paid_in, group), theirs in sorted(kept.items()):
        most = bounds.report_from[category, group]
        ordered = sorted(theirs, key=lambda item: (item.at, item.entry, item.account))
        todays = [item for item in ordered if item.day == day]
        large = _large(todays, most)
        pattern = _pattern(ordered, day=day, most=most, bounds=bounds)
        across = [] if large or pattern else _across(ordered, day=day, most=most, bounds=bounds)
        for basis, listed in ((large, todays), (OVERNIGHT, across), (PATTERN, pattern)):
            if basis and listed:
                worth = sum(item.worth or 0 for item in listed)
                found.append(Finding(basis, person, category, paid_in, group, worth, tuple(listed)))
    return found


def _large(todays: Sequence[Item], most: int) -> str:
    worths = [item.worth for item in todays if item.worth is not None]
    if any(worth >= most for worth in worths):
        return SINGLE
    if sum(worths) >= most:
        return SUMMED
    return UNVALUED if len(worths) < len(todays) else ""


def _across(ordered: Sequence[Item], *, day: date, most: int, bounds: Bounds) -> list[Item]:
    """The parts that reach the figure together within 24 hours across midnight, ending on the date; none when not."""
    parts = _from_to(ordered, day=day, most=most, percent=bounds.part_percent)
    found: set[int] = set()
    for end, last in enumerate(parts):
        window = [at for at in range(end + 1) if last.day == day and last.at - parts[at].at < DAY]
        if sum(parts[at].worth or 0 for at in window) >= most:
            found.update(window)
    return [parts[at] for at in sorted(found)]


def _from_to(ordered: Sequence[Item], *, day: date, most: int, percent: int) -> list[Item]:
    """Those up to the date that are below the figure by no more than down to a share of it."""
    return [
        item
        for item in ordered
        if item.worth is not None and item.day <= day and most * percent <= item.worth * 100 < most * 100
    ]


def _pattern(ordered: Sequence[Item], *, day: date, most: int, bounds: Bounds) -> list[Item]:
    """The items just below the figure that make a pattern ending on the date; none when there are too few."""
    near = _from_to(ordered, day=day, most=most, percent=bounds.near_percent)
    in_pattern: set[int] = set()
    for end, last in enumerate(near):
        if last.day != day:
            continue
        for span, least in ((DAY, bounds.near_in_day), (WEEK, bounds.near_in_week)):
            window = [at for at in range(end + 1) if last.at - near[at].at < span]
            if len(window) >= least:
                in_pattern.update(window)
    return [near[at] for at in sorted(in_pattern)]
