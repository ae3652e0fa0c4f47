"""People who keep below the reporting figure, and shops that have no such thing in mind: made up, by a seed.

A splitter has a sum to place and a time for it, and cuts it into pieces below the figure: of a size, at moments, over
accounts and channels of their own choosing, among the small things that everybody pays. Nothing here knows what the
finder looks for. Pure.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count

from ledger.calendar import business_date
from payments.monitoring.large_values import Item

BEGIN = datetime(2026, 8, 3, tzinfo=UTC)  # a Monday, eight in the morning in Shanghai
PACES = (  # name, hours they take, what they place in figures
    ("one day", 12.0, (1.2, 2.4)),
    ("one night", 23.9, (1.2, 2.4)),
    ("three days", 72.0, (3.0, 6.0)),
    ("a week", 168.0, (6.0, 10.0)),
)
DAYS = 30  # of a shop's life
HOURS: Mapping[str, tuple[float, float]] = {
    "cash": (1.0, 9.0),
    "domestic": (0.0, 15.5),
}  # a shop's


class Person:
    """Somebody whose movements are written down, in whatever order they come to mind."""

    def __init__(self, dice: random.Random, name: str) -> None:
        self.dice, self.name, self.items = dice, name, list[Item]()
        self.accounts = [f"{name}-{number}" for number in range(dice.choice((1, 1, 2, 3)))]
        self._entry = count(1)

    def moves(self, category: str, amount: float, at: datetime, *, paid_in: bool) -> None:
        """Write a movement down: an amount in yuan, at a moment."""
        minor = max(1, round(amount * 100))
        self.items.append(
            Item(
                person=self.name, account=self.dice.choice(self.accounts), category=category, paid_in=paid_in,
                channel="counter" if category == "cash" else self.dice.choice(("online", "counter")),
                day=business_date(at), at=at, entry=next(self._entry), amount=minor, currency="CNY", worth=minor,
            )
        )  # fmt: skip

    def at(self, day: int, category: str) -> datetime:
        """A moment of a day at which such a thing can be done."""
        return BEGIN + timedelta(days=day, hours=self.dice.uniform(*HOURS[category]))

    def by_day(self) -> Iterator[tuple[date, list[Item]]]:
        """Each business date on which anything moved, with what moved on it and on the seven dates before."""
        for day in sorted({item.day for item in self.items}):
            yield day, [item for item in self.items if day - timedelta(days=7) <= item.day <= day]


def splitters(seed: int, number: int, figures: Mapping[str, int]) -> Iterator[tuple[str, Person]]:
    """Make splitters; `figures` are what is reported from, in yuan by category. Each with the pace they take."""
    dice = random.Random(seed)
    for at in range(number):
        one, category, paid_in = Person(dice, f"S{at}"), dice.choice(tuple(HOURS)), dice.random() < 0.5
        figure = figures[category]
        pace, hours, most = dice.choice(PACES)
        left = figure * dice.uniform(*most)
        boldest, shyest = 0.9999, dice.uniform(0.5, 0.97)
        rounding = dice.choice((0.01, 1, 100, 100))
        pieces = []
        while left > 0:
            piece = min(left, figure * dice.uniform(shyest, boldest))
            pieces.append(min(round(piece / rounding) * rounding, figure - 0.01))
            left -= piece
        if pieces[-1] < figure * 0.3 and sum(pieces[:-1]) >= figure:  # such a remainder is not worth the walk
            pieces.pop()
        begin = BEGIN if pace == "one day" else BEGIN + timedelta(hours=dice.uniform(0, 24))  # machines never close
        for piece in pieces:
            one.moves(category, piece, begin + timedelta(hours=dice.uniform(0, hours)), paid_in=paid_in)
        for _ in range(dice.randrange(12)):
            one.moves("domestic", dice.lognormvariate(5, 1), one.at(dice.randrange(8), "domestic"), paid_in=False)
        yield pace, one


def shops(seed: int, number: int) -> Iterator[Person]:
    """Make shops: takings that go to the counter when there is time, payments of customers, suppliers, rent, wages."""
    dice = random.Random(seed)
    for at in range(number):
        one = Person(dice, f"H{at}")
        usual = min(dice.lognormvariate(8.7, 1.0), 100_000)  # a day: half less than 6,000
        in_cash, every, kept = dice.uniform(0.05, 0.6), dice.choice((1, 2, 3, 7)), 0.0
        for day in range(DAYS):
            takings = usual * dice.lognormvariate(0, 0.35) * (1.5 if day % 7 in {5, 6} else 1)
            kept += takings * in_cash
            if day % every == 0:
                one.moves("cash", round(kept / 100) * 100, one.at(day, "cash"), paid_in=True)
                kept = 0
            for _ in range(dice.randint(1, 4)):
                one.moves(
                    "domestic", takings * (1 - in_cash) * dice.uniform(0.02, 0.3), one.at(day, "domestic"), paid_in=True
                )
            if dice.random() < 0.3:
                one.moves(
                    "domestic", usual * dice.lognormvariate(0.5, 0.6), one.at(day, "domestic"), paid_in=False
                )  # a supplier
            if day % 30 == 9:
                for _ in range(dice.randrange(6)):
                    one.moves("domestic", dice.uniform(3_500, 9_000), one.at(day, "domestic"), paid_in=False)
            if day % 30 == 0:
                one.moves("domestic", usual * dice.uniform(1, 5), one.at(day, "domestic"), paid_in=False)
        yield one
