"""Prices as the pages show them: beside the reference rate, with what the spread comes to in money."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.money import Money
from payments.exchange import arithmetic, figures, rates, sentences, words
from payments.exchange.models import HOME
from payments.exchange.quotes import Quote
from payments.exchange.refusals import NoRate


@dataclass(frozen=True, slots=True)
class Price:
    """A quote in words."""

    rate: str
    reference: str
    rate_day: date
    source: str
    spread: Money
    spread_words: str
    seconds: int  # left
    expires_at: datetime
    at_reference: Money  # what the other side would be without the spread


def price(quote: Quote, *, now: datetime) -> Price:
    """This function will put a quote into words."""
    return Price(
        rate=words.dealt(quote),
        reference=words.reference(quote),
        rate_day=quote.rate_day,
        source=words.source(quote.source),
        spread=quote.spread,
        spread_words=words.direction(quote),
        seconds=max(0, int((quote.expires_at - now).total_seconds())),
        expires_at=quote.expires_at,
        at_reference=_without_spread(quote),
    )


def _without_spread(quote: Quote) -> Money:
    """The side that was worked out, as it would be at the reference rate alone."""
    plain = arithmetic.Price(quote.base, quote.other, Fraction(quote.mid), quote.mid)
    if quote.fixed == "sell":
        return arithmetic.from_sold(quote.sell, price=plain).buy
    return arithmetic.from_bought(quote.buy, price=plain).sell


@dataclass(frozen=True, slots=True)
class Row:
    """One currency on the board of rates; prices in yuan for `many` units."""

    currency: str
    many: int
    reference: str
    you_sell: str
    you_buy: str
    spread: str
    worth: str  # yuan for one unit at the reference rate, for the estimate on the page
    share: str  # the spread as a share of one


def board(*, on: date) -> dict[str, Any]:
    """This function will list today's rates of every currency exchanged, or say why there are none."""
    offered = figures.offered(on=on)
    try:
        found = rates.board(offered, on=on)
    except NoRate as missing:
        return {"missing": sentences.no_rate(missing), "rows": []}
    listed = [each for each in offered if each != HOME and each in found.per_euro]
    rows = [_row(currency, found.per_euro, on) for currency in listed]
    return {"rows": rows, "day": found.day, "source": words.source(found.source)}


def _row(currency: str, per_euro: dict[str, Decimal], on: date) -> Row:
    percent = figures.spread_percent(currency, on=on)
    many = words.unit(currency, HOME)
    sells = arithmetic.price(sell=currency, buy=HOME, per_euro=per_euro, spread=percent / 100)
    buys = arithmetic.price(sell=HOME, buy=currency, per_euro=per_euro, spread=percent / 100)
    middle = arithmetic.written(sells.mid)
    return Row(
        currency=currency,
        many=many,
        reference=words.digits(middle * many),
        you_sell=words.digits(sells.rate * many),
        you_buy=words.digits(buys.rate * many),
        spread=words.percent(percent),
        worth=f"{middle:f}",
        share=f"{percent / 100:f}",
    )
