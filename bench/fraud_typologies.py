"""Ten ways in which money is stolen or hidden, as bench/fraud plays them: made up by a seed. Pure.

Each is a function (life, dice, day) -> what happens, over some days perhaps. Sums, paces and disguises are drawn wide;
some cases stay below every figure of the rules, as in life. Payees are other customers, who lend their accounts.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from bench.fraud_people import YUAN, Codes, Customer, Device, Event, Life, Payment, minor

Drawn = Callable[[Life, random.Random, int], Iterator[Event]]


def taken_over(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """A stranger signs in on a device of their own with a code that was coaxed out, and empties the account."""
    victim, at = _victim(life, dice), life.moment(day)
    yield Device(at - timedelta(minutes=dice.uniform(3, 200)), victim.number)
    yield from _drained(life, dice, victim, at, probe=dice.random() < 0.4)


def codes_guessed(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """Codes are tried until one is right."""
    victim, at = _victim(life, dice), life.moment(day)
    yield Codes(at - timedelta(minutes=dice.uniform(1, 25)), victim.number, dice.randint(2, 6))
    yield from _drained(life, dice, victim, at, known=dice.random() < 0.2)


def stolen_telephone(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """At night, from the customer's own telephone, in several sums."""
    victim = _victim(life, dice)
    at = life.begin + timedelta(days=day, hours=dice.choice((0, 1, 2, 3, 4, 23)), minutes=dice.uniform(0, 59))
    payees = _mules(life, dice, victim, dice.randint(1, 3))
    for _ in range(dice.randint(2, 8)):
        yield _stolen(victim, dice.choice(payees), dice.lognormvariate(8.6, 0.8), at, dice, new=True)
        at += timedelta(minutes=dice.uniform(1, 12))


def dormant(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """An account nobody has looked at for a long time."""
    victim = dice.choice([one for one in life.people if one.quiet] or life.people)
    if dice.random() < 0.5:
        yield Device(life.moment(day) - timedelta(hours=20), victim.number)
    yield from _drained(life, dice, victim, life.moment(day))


def impersonation(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """The customer pays, told by a "policeman" or a "son in trouble", and confirms with their own code."""
    victim, at = _victim(life, dice), life.moment(day)
    payees = _mules(life, dice, victim, dice.choice((1, 1, 2)))
    for _ in range(dice.choice((1, 1, 2, 2, 3, 4))):
        yield _stolen(victim, dice.choice(payees), dice.lognormvariate(10.2, 0.8), at, dice, new=True)
        at += timedelta(minutes=dice.uniform(5, 300))


def investment(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """A friend from a chat group, a platform that pays, sums that grow over weeks to a payee who is soon known."""
    victim, at = _victim(life, dice), life.moment(day)
    payee, since, sum_ = _mules(life, dice, victim, 1)[0], at - timedelta(minutes=20), dice.uniform(200, 2_000)
    for _ in range(dice.randint(3, 6)):
        yield Payment(at, victim.number, payee, minor(min(sum_, 120_000), dice), since)
        at += timedelta(days=dice.uniform(1, 6))
        sum_ *= dice.uniform(1.8, 4)


def errands(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """Paid errands online: small sums come back at first, then larger ones do not, within hours, to several payees."""
    victim, at, sum_ = _victim(life, dice), life.moment(day), dice.uniform(50, 300)
    payees = _mules(life, dice, victim, dice.randint(2, 5))
    for _ in range(dice.randint(4, 8)):
        yield _stolen(victim, dice.choice(payees), min(sum_, 80_000), at, dice, new=True)
        at += timedelta(minutes=dice.uniform(8, 50))
        sum_ *= dice.uniform(1.5, 3.5)


def passed_through(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """Somebody's stolen money reaches a lent account and leaves it again at once."""
    victim, at = _victim(life, dice), life.moment(day)
    mule = dice.choice(life.lent)
    came = _stolen(victim, mule, dice.lognormvariate(10.3, 0.6), at, dice, new=True)
    yield came
    account, parts = life.of(mule), dice.randint(1, 4)
    for payee in _mules(life, dice, account, parts):
        at += timedelta(minutes=dice.uniform(1, 20))
        yield _stolen(
            account, payee, came.amount / YUAN * dice.uniform(0.9, 1) / parts, at, dice, new=dice.random() < 0.6
        )


def collected(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """A shop that does not exist: many pay one account within a day, which then pays out to new payees."""
    at = life.begin + timedelta(days=day, hours=dice.uniform(8, 14))
    mule, came, share = dice.choice(life.lent), 0.0, dice.lognormvariate(7, 0.7)
    for _ in range(dice.randint(8, 30)):
        yuan = share * dice.uniform(0.8, 1.3)
        yield _stolen(life.of(life.other(mule)), mule, yuan, at + timedelta(hours=dice.uniform(0, 8)), dice, new=True)
        came += yuan
    account, out = life.of(mule), dice.randint(3, 12)
    for payee in _mules(life, dice, account, out):
        when = at + timedelta(hours=8 + dice.uniform(0, 2))
        yield _stolen(account, payee, came * 0.95 / out, when, dice, new=True)


def split(life: Life, dice: random.Random, day: int) -> Iterator[Event]:
    """A large sum in pieces below the reporting figure, to one or two payees, within some days."""
    payer, at = _victim(life, dice), life.moment(day)
    payees = _mules(life, dice, payer, dice.choice((1, 1, 2)))
    lowest, apart = dice.uniform(0.6, 0.95), dice.choice((3, 8, 16))
    for _ in range(dice.randint(3, 9)):
        yuan = 500_000 * dice.uniform(lowest, 0.999)
        yield _stolen(payer, dice.choice(payees), round(yuan / 100) * 100, at, dice, new=dice.random() < 0.3)
        at += timedelta(hours=dice.uniform(0.2, apart))


TYPOLOGIES: Mapping[str, Drawn] = {
    "taken over, new device": taken_over,
    "codes guessed": codes_guessed,
    "stolen telephone, at night": stolen_telephone,
    "dormant account": dormant,
    "impersonation": impersonation,
    "investment, over weeks": investment,
    "paid errands": errands,
    "passed through": passed_through,
    "collected from many": collected,
    "split below the figure": split,
}


def case(life: Life, dice: random.Random, number: int, begins: int) -> list[Event]:
    """Draw one case of fraud: the typologies take turns. Its payments carry the typology's name and the number."""
    name = list(TYPOLOGIES)[number % len(TYPOLOGIES)]
    return [
        Payment(one.at, one.payer, one.payee, one.amount, one.payee_since, name, number + 1)
        if isinstance(one, Payment)
        else one
        for one in TYPOLOGIES[name](life, dice, begins)
    ]


def _victim(life: Life, dice: random.Random) -> Customer:
    while (found := dice.choice(life.people)).lent:
        pass
    return found


def _mules(life: Life, dice: random.Random, victim: Customer, number: int) -> list[int]:
    """Accounts of others that the victim has never paid."""
    known = {victim.number, *victim.circle}
    lent = [one for one in dice.sample(life.lent, min(len(life.lent), 20)) if one not in known]
    return [dice.choice(lent) if lent and dice.random() < 0.7 else life.other(*known) for _ in range(number)]


def _drained(
    life: Life, dice: random.Random, victim: Customer, at: datetime, *, probe: bool = False, known: bool = False
) -> Iterator[Payment]:
    payee = dice.choice(list(victim.circle)) if known else _mules(life, dice, victim, 1)[0]
    if probe:
        yield _stolen(victim, payee, dice.uniform(1, 9), at, dice, new=True)
        at += timedelta(minutes=dice.uniform(2, 25))
    for _ in range(dice.choice((1, 1, 2, 3))):
        yield _stolen(victim, payee, dice.lognormvariate(9.8, 0.9), at, dice, new=not known)
        at += timedelta(minutes=dice.uniform(2, 40))


def _stolen(victim: Customer, payee: int, yuan: float, at: datetime, dice: random.Random, *, new: bool) -> Payment:
    since = at - timedelta(minutes=dice.uniform(2, 60)) if new else at - timedelta(days=dice.uniform(2, 90))
    return Payment(at, victim.number, payee, minor(yuan, dice), victim.circle.get(payee, since))
