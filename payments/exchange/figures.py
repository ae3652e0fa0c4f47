"""The policy figures of exchange in the units the code counts in."""

from datetime import date, timedelta
from decimal import Decimal

from core import policy
from ledger.money import EXPONENTS, Money
from payments.exchange.models import HOME, WORTH


def rate_age(*, on: date) -> timedelta:
    """This function will read how old a reference rate may be to count."""
    return timedelta(days=int(policy.value("exchange.rate_age_days", on=on)))


def quote_life(*, on: date) -> timedelta:
    """This function will read for how long a quote holds."""
    return timedelta(seconds=int(policy.value("exchange.quote_seconds", on=on)))


def draft_life(*, on: date) -> timedelta:
    """This function will read for how long an exchange that was filled in may be confirmed, at newer prices."""
    return timedelta(minutes=int(policy.value("exchange.draft_minutes", on=on)))


def spread_percent(currency: str, *, on: date) -> Decimal:
    """This function will read the spread of one currency; the bank's own has none.

    Raises policy.UnknownPolicy for a currency that is not exchanged.
    """
    if currency == HOME:
        return Decimal(0)
    return Decimal(str(policy.value(f"exchange.spread_percent.{currency.lower()}", on=on)))


def offered(*, on: date) -> list[str]:
    """This function will list the currencies that are exchanged, the bank's own first."""
    found = [HOME]
    for currency in sorted(EXPONENTS):
        try:
            if currency != HOME and spread_percent(currency, on=on) >= 0:
                found.append(currency)
        except policy.UnknownPolicy:
            continue
    return found


def jump_percent(*, on: date) -> Decimal:
    """This function will read by how much a rate may differ from the one before without looking like a slip."""
    return Decimal(str(policy.value("exchange.jump_percent", on=on)))


def sold_year(*, on: date) -> int:
    """This function will read how much foreign exchange a person may sell in a calendar year, in US cents."""
    return Money.of(str(policy.value("exchange.sold_year.usd", on=on)), WORTH).minor
