"""Reading reference rates. Unknown means unknown: there is no rate of 1 to fall back on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from ledger.money import Money
from payments.exchange import arithmetic, figures
from payments.exchange.models import EURO, HOME, WORTH, Rate
from payments.exchange.refusals import NoRate


@dataclass(frozen=True, slots=True)
class Fixing:
    """The rates of one day: units of each currency for one euro."""

    day: date
    source: str
    per_euro: dict[str, Decimal]


def fixing(*currencies: str, on: date) -> Fixing:
    """This function will find the newest day, up to `on`, on which all these currencies have a rate.

    Raises NoRate when that day is older than `exchange.rate_age_days`, or there is none.
    """
    wanted = sorted(set(currencies) - {EURO})
    found = _newest(wanted, on)
    if found is None or on - found.day > figures.rate_age(on=on):
        raise NoRate(tuple(sorted(set(currencies))), found.day if found else None)
    return found


def board(currencies: Sequence[str], *, on: date) -> Fixing:
    """This function will give the rates of the newest day with the bank's currency: of those asked for that have one.

    Raises NoRate as `fixing`.
    """
    found = fixing(HOME, WORTH, on=on)
    rows = Rate.objects.filter(base=EURO, day=found.day, quote__in=currencies).values_list("quote", "rate")
    return Fixing(found.day, found.source, {**found.per_euro, **dict(rows)})


def equivalent(money: Money, currency: str, on: date) -> Money:
    """This function will value an amount in another currency at the reference rate that counts on a business date.

    Rounded half up. Raises NoRate.
    """
    if money.currency == currency:
        return money
    return arithmetic.worth(money, currency, fixing(money.currency, currency, on=on).per_euro)


def _newest(wanted: list[str], on: date) -> Fixing | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [wanted, on, len(wanted)] if wanted else [["USD"], on, 1])
        row = cursor.fetchone()
    if row is None:
        return None
    day, source, quotes, rates = row
    return Fixing(day, source, {EURO: Decimal(1), **dict(zip(quotes, rates, strict=True))})


# The days are read newest first along the index, and only as far as the first that has them all.
_NEWEST = f"""
    SELECT day, min(source), array_agg(quote), array_agg(rate) FROM exchange_rate
     WHERE quote = ANY (%s) AND base = '{EURO}' AND day <= %s
     GROUP BY day HAVING count(*) = %s ORDER BY day DESC LIMIT 1
"""  # noqa: S608 - our word
