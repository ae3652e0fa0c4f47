"""Rates and spreads as people read them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ledger.money import exponent
from payments.exchange.models import HOME, Rate
from payments.exchange.quotes import Quote

MANY = 100  # a currency without decimals is priced by the hundred
SHOWN = 6  # digits of a rate that is shown and not dealt in


def unit(base: str, other: str) -> int:
    """This function will say how many units of a currency its price is for."""
    return MANY if exponent(base) == 0 and other == HOME else 1


def rate(value: Decimal, base: str, other: str) -> str:
    """This function will write a rate: 1 USD = 7.1784 CNY, 100 JPY = 4.7856 CNY."""
    many = unit(base, other)
    return f"{many} {base} = {digits(value * many)} {other}"


def digits(value: Decimal) -> str:
    """This function will write a rate with six significant digits, without idle zeros beyond four decimals."""
    places = max(4, SHOWN - 1 - value.adjusted())
    text = f"{value:.{places}f}"
    whole, _point, fraction = text.partition(".")
    return f"{whole}.{fraction[:4]}{fraction[4:].rstrip('0')}"


def dealt(quote: Quote) -> str:
    """This function will write the customer's rate of a quote."""
    return rate(quote.rate, quote.base, quote.other)


def reference(quote: Quote) -> str:
    """This function will write the reference rate of a quote."""
    return rate(quote.mid, quote.base, quote.other)


def percent(value: Decimal) -> str:
    """This function will write a spread: 0.30 %."""
    return f"{value:.2f}%"


def source(code: str) -> str:
    """This function will name who published a rate."""
    return str(Rate.Source(code).label)


def below(quote: Quote) -> bool:
    """This function will say whether the customer's rate is below the reference rate: they sell what is priced."""
    return quote.base == quote.sell.currency


def direction(quote: Quote) -> str:
    """This function will say in words how the customer's rate stands to the reference rate."""
    figures = {"percent": percent(quote.spread_percent)}
    if below(quote):
        return _("%(percent)s below the reference rate") % figures
    return _("%(percent)s above the reference rate") % figures
