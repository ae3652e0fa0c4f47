"""The customers of bench/fraud and what they pay in honest life: made up by a seed, day by day. Pure.

Their habits hold what makes rules err: payees whom somebody has just met, a house bought, wages paid to a dozen people
in ten minutes, a class's parents who all pay its treasurer, friends who share a bill, people up at night, new
telephones, accounts that were quiet for a year, and codes typed wrong.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

YUAN = 100
A_DAY = 0.3  # payments to others of a customer, on average
OWLS, SHOPS, EMPLOYERS, QUIET, LENT = 0.05, 0.02, 0.005, 0.05, 0.01  # shares of the customers
HOURS = [1, 0.5, 0.3, 0.2, 0.2, 0.4, 2, 4, 6, 7, 7, 7, 8, 6, 6, 6, 6, 6, 7, 7, 7, 7, 5, 3]  # how much is paid at each
NEW_PHONE = 1 / 700  # a day and customer
MISTYPED = 0.03  # of payments, with one wrong code before; a hundredth of them with three


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to another customer. Amount in minor units; `case` names the fraud it belongs to, "" where honest."""

    at: datetime
    payer: int
    payee: int
    amount: int
    payee_since: datetime | None
    fraud: str = ""
    case: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """A browser seen for the first time."""

    at: datetime
    owner: int


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes typed wrong before the right one came, or before none did."""

    at: datetime
    owner: int
    wrong: int


Event = Payment | Device | Codes


@dataclass(slots=True)
class Customer:
    """One of the bank's people: what they usually pay (yuan), to whom, and what they have."""

    number: int
    usual: float
    weight: float  # how often they pay, beside others
    quiet: bool  # pays about once a year
    lent: bool  # an account that somebody else uses: empty, and paid from only in fraud
    owl: bool
    circle: dict[int, datetime] = field(default_factory=dict)  # payee -> since when on the list

    @property
    def funds(self) -> int:
        """What they begin with, in yuan; what is missing later is paid in before it is paid out."""
        return 0 if self.lent else int(self.usual * 100 + 20_000)


class Life:
    """A town of customers. `day` gives what happens on each day, in no order."""

    def __init__(self, number: int, begin: datetime, dice: random.Random) -> None:
        self.begin, self.dice, self.number = begin, dice, number
        self.people = [self._person(at) for at in range(1, number + 1)]
        self.shops = dice.sample(range(1, number + 1), max(3, int(number * SHOPS)))
        self.fame = list(accumulate(dice.paretovariate(1.2) for _ in self.shops))
        self.employers = dice.sample(range(1, number + 1), max(1, int(number * EMPLOYERS)))
        self.staff = {one: dice.sample(range(1, number + 1), dice.randint(3, 14)) for one in self.employers}
        self.weights = list(accumulate(one.weight for one in self.people))
        self.lent = [one.number for one in self.people if one.lent] or [number]

    def _person(self, number: int) -> Customer:
        dice, kind = self.dice, self.dice.random()
        lent, quiet = kind < LENT, LENT <= kind < LENT + QUIET
        one = Customer(
            number=number,
            usual=dice.lognormvariate(5.7, 0.7),
            weight=0.0 if lent else 0.02 if quiet else dice.lognormvariate(0, 0.8),
            quiet=quiet,
            lent=lent,
            owl=dice.random() < OWLS,
        )
        for _ in range(dice.randint(3, 9)):
            one.circle[self.other(number)] = self.begin - timedelta(days=dice.uniform(5, 900))
        return one

    def of(self, number: int) -> Customer:
        return self.people[number - 1]

    def other(self, *than: int) -> int:
        """Somebody else."""
        while (found := self.dice.randint(1, self.number)) in than:
            pass
        return found

    def moment(self, day: int, *, owl: bool = False) -> datetime:
        """When on a day somebody pays; the bank's day begins at midnight in Shanghai."""
        hour = self.dice.choices(range(24), HOURS)[0]
        if owl and self.dice.random() < 0.3:
            hour = self.dice.choice((23, 0, 1, 2))
        return self.begin + timedelta(days=day, hours=hour, seconds=self.dice.uniform(0, 3_599))

    def day(self, day: int) -> Iterator[Event]:
        """What honest people do on a day."""
        dice = self.dice
        payers = dice.choices(
            self.people, cum_weights=self.weights, k=int(self.number * A_DAY * dice.uniform(0.9, 1.1))
        )
        for payer in payers:
            payment = self._payment(payer, day)
            yield payment
            if dice.random() < MISTYPED:
                wrong = 3 if dice.random() < 0.01 else 1
                yield Codes(payment.at - timedelta(seconds=dice.uniform(20, 120)), payer.number, wrong)
        for _ in range(_about(self.number * NEW_PHONE, dice)):
            yield Device(self.moment(day), dice.randint(1, self.number))
        for _ in range(_about(self.number * 0.002, dice)):
            yield from self._bill(day)
        for _ in range(_about(self.number * 0.0001, dice)):
            yield from self._treasurer(day)
        if day % 30 == 9:
            for employer in self.employers:
                yield from self._wages(employer, day)

    def _payment(self, payer: Customer, day: int) -> Payment:
        dice, kind = self.dice, self.dice.random()
        at = self.moment(day, owl=payer.owl)
        if kind < 0.12:  # a shop, met for the first time or not
            shop = dice.choices(self.shops, cum_weights=self.fame)[0]
            if shop != payer.number:
                return self._to(payer, shop, dice.lognormvariate(4.6, 0.9), at)
        if kind < 0.15:  # somebody new: seldom much
            return self._to(payer, self.other(payer.number), payer.usual * dice.lognormvariate(0, 1.1), at)
        payee = dice.choice(list(payer.circle))
        if kind < 0.20:  # rent, a loan
            return self._to(payer, payee, max(payer.usual * 8, 1_500) * dice.uniform(0.8, 1.4), at)
        if kind < 0.204:  # a car, a wedding, a deposit on a flat, one in three of them to somebody new
            payee = self.other(payer.number) if dice.random() < 0.33 else payee
            return self._to(payer, payee, dice.lognormvariate(9.8, 0.8), at)
        return self._to(payer, payee, payer.usual * dice.lognormvariate(0, 0.7), at)

    def _to(self, payer: Customer, payee: int, yuan: float, at: datetime) -> Payment:
        since = payer.circle.get(payee)
        if since is None or since > at:
            since = payer.circle[payee] = at - timedelta(minutes=self.dice.choice((3, 10, 30, 200, 2_000)))
        return Payment(at, payer.number, payee, minor(yuan, self.dice), since)

    def _bill(self, day: int) -> Iterator[Payment]:
        """Friends who pay one of them for a dinner."""
        host, at = self.dice.randint(1, self.number), self.moment(day)
        share = self.dice.lognormvariate(4.6, 0.5)
        for _ in range(self.dice.randint(3, 9)):
            friend = self.of(self.other(host))
            friend.circle.setdefault(host, at - timedelta(days=self.dice.uniform(0, 400)))
            yield self._to(friend, host, share, at + timedelta(minutes=self.dice.uniform(0, 90)))

    def _treasurer(self, day: int) -> Iterator[Payment]:
        """Parents of a class who pay for a journey, and do not know the treasurer yet."""
        host, share = self.dice.randint(1, self.number), self.dice.choice((80, 150, 200, 300, 500, 800))
        for _ in range(self.dice.randint(15, 40)):
            yield self._to(self.of(self.other(host)), host, share, self.moment(day))

    def _wages(self, employer: int, day: int) -> Iterator[Payment]:
        at, payer = self.moment(day), self.of(employer)
        for member in self.staff[employer]:
            if member != employer:
                payer.circle.setdefault(member, self.begin - timedelta(days=100))
                at += timedelta(seconds=self.dice.uniform(20, 90))
                yield self._to(payer, member, self.dice.uniform(3_500, 9_000), at)


def minor(yuan: float, dice: random.Random) -> int:
    """Yuan as people pay them, in minor units: mostly whole, often round."""
    if yuan >= 2_000 and dice.random() < 0.5:
        return max(round(yuan / 1_000), 1) * 1_000 * YUAN
    if yuan >= 20 and dice.random() < 0.8:
        return round(yuan) * YUAN
    return max(round(yuan * YUAN), 1)


def _about(mean: float, dice: random.Random) -> int:
    """A whole number whose mean is this."""
    return int(mean) + (dice.random() < mean % 1)
