"""The arithmetic of an exchange: mid rate, customer's rate, amounts, worth. Exact, and pure.

A rate is yuan, dollars … for one unit of the `base`, in major units. Every rounding that touches the customer's money
goes the bank's way and by less than one minor unit; see the rules in `payments.exchange`.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from ledger.money import Money, exponent

HOME = "CNY"
DIGITS = 6  # significant digits of a customer's rate
PLACES = Decimal("1e-10")  # to which a rate is written down


class RoundsToNothing(ValueError):
    """The amount is so small that nothing would come of it in the other currency."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of `base` costs in `other`: at the reference rate, and for the customer."""

    base: str
    other: str
    mid: Fraction
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """Both sides of an exchange; one of them is what was asked for."""

    sell: Money
    buy: Money


def mid(currency: str, into: str, per_euro: dict[str, Decimal]) -> Fraction:
    """This function will work out what one unit of a currency is worth in another, through the euro.

    Raises KeyError for a currency without a rate.
    """
    return Fraction(per_euro[into]) / Fraction(per_euro[currency])


def base_of(one: str, other: str, per_euro: dict[str, Decimal]) -> str:
    """This function will say in which of two currencies a price is given: the foreign one, or the one worth more."""
    if HOME in {one, other}:
        return one if other == HOME else other
    worth = mid(one, other, per_euro)
    return min(one, other) if worth == 1 else one if worth > 1 else other


def price(*, sell: str, buy: str, per_euro: dict[str, Decimal], spread: Decimal) -> Price:
    """This function will make the customer's price of an exchange; `spread` is a share of 1, not per cent.

    Who sells the base gets less for it, who buys it pays more. Rounded to DIGITS significant digits, the bank's way.
    """
    base = base_of(sell, buy, per_euro)
    other = buy if base == sell else sell
    middle = mid(base, other, per_euro)
    sells = base == sell
    share = Fraction(spread)
    exact = middle * (1 - share if sells else 1 + share)
    rounding = Context(prec=DIGITS, rounding=ROUND_FLOOR if sells else ROUND_CEILING)
    return Price(base, other, middle, rounding.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def from_sold(sell: Money, *, price: Price) -> Amounts:
    """This function will work out what is received for an amount given, rounded down. Raises RoundsToNothing."""
    rate = Fraction(price.rate)
    if sell.currency == price.base:
        buy = _minor(_major(sell) * rate, price.other, ROUND_FLOOR)
    else:
        buy = _minor(_major(sell) / rate, price.base, ROUND_FLOOR)
    return _both(sell, buy)


def from_bought(buy: Money, *, price: Price) -> Amounts:
    """This function will work out what is paid for an amount received, rounded up. Raises RoundsToNothing."""
    rate = Fraction(price.rate)
    if buy.currency == price.base:
        sell = _minor(_major(buy) * rate, price.other, ROUND_CEILING)
    else:
        sell = _minor(_major(buy) / rate, price.base, ROUND_CEILING)
    return _both(sell, buy)


def worth(money: Money, into: str, per_euro: dict[str, Decimal]) -> Money:
    """This function will value an amount at the reference rate, rounded half up, away from zero."""
    if money.currency == into:
        return money
    return _minor(_major(money) * mid(money.currency, into, per_euro), into, ROUND_HALF_UP)


def written(rate: Fraction) -> Decimal:
    """This function will write a rate down with ten decimals, for people and for the record."""
    return (Decimal(rate.numerator) / Decimal(rate.denominator)).quantize(PLACES, ROUND_HALF_UP)


def _both(sell: Money, buy: Money) -> Amounts:
    if sell.minor <= 0 or buy.minor <= 0:
        raise RoundsToNothing(f"{sell} for {buy}")
    return Amounts(sell, buy)


def _major(money: Money) -> Fraction:
    return Fraction(money.minor, 10 ** exponent(money.currency))


def _minor(major: Fraction, currency: str, rounding: str) -> Money:
    """Whole minor units of an exact amount; done in whole numbers, so that no precision is ever lost."""
    exact = major * 10 ** exponent(currency)
    if rounding == ROUND_FLOOR:
        whole = exact.numerator // exact.denominator
    elif rounding == ROUND_CEILING:
        whole = -(-exact.numerator // exact.denominator)
    else:
        sign = -1 if exact < 0 else 1
        whole = sign * ((2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator))
    return Money(whole, currency)
