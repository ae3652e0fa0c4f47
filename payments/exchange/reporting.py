"""The open positions as managers and controllers read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.money import Money
from payments.exchange import arithmetic, position, rates
from payments.exchange.models import HOME
from payments.exchange.refusals import NoRate


@dataclass(frozen=True, slots=True)
class Open:
    """One currency: what the bank has or owes, what it stands for in the books, and what it is worth."""

    held: Money
    counter: Money  # what it cost, in yuan, with the sign of the position
    worth: Money | None  # None: there is no rate
    result: Money | None  # not yet booked
    rate: Decimal | None
    rate_day: date | None


def open_positions(*, on: date) -> list[Open]:
    """This function will value every position at the reference rate that counts on a business date."""
    held = position.now_held()
    try:
        found = rates.board([one.currency for one in held], on=on) if held else None
    except NoRate:
        found = None
    return [_one(one, found) for one in held]


def _one(one: position.Held, found: rates.Fixing | None) -> Open:
    held, counter = Money(one.position, one.currency), Money(-one.counter, HOME)
    if found is None or one.currency not in found.per_euro:
        return Open(held, counter, None, None, None, None)
    worth = arithmetic.worth(held, HOME, found.per_euro)
    rate = arithmetic.written(arithmetic.mid(one.currency, HOME, found.per_euro))
    return Open(held, counter, worth, worth - counter, rate, found.day)
