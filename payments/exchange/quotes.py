"""Quotes: a price for one exchange, for one customer, for a short time. Asked for freely, taken once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import Customer
from core import policy
from ledger import posting
from ledger.calendar import business_date
from ledger.money import Money
from payments.exchange import arithmetic, figures, position, rates
from payments.exchange.models import HOME, WORTH
from payments.exchange.models import Quote as QuoteRow
from payments.exchange.refusals import (
    NoRate,
    NotExchanged,
    QuoteExpired,
    QuoteTaken,
    RateMoved,
    SameCurrency,
    TooLittle,
    TooMuch,
    UnknownQuote,
)
from payments.models import MOST_MINOR

OWN, ABROAD = QuoteRow.Purpose.OWN, QuoteRow.Purpose.ABROAD


@dataclass(frozen=True, slots=True)
class Quote:
    """A price as it is shown. `rate` and `mid` are units of `other` for one unit of `base`."""

    id: uuid.UUID
    sell: Money
    buy: Money
    fixed: str  # "sell" or "buy": which amount was asked for
    base: str
    other: str
    rate: Decimal
    mid: Decimal
    spread_percent: Decimal
    spread: Money  # what the spread and the rounding come to, in yuan
    usd: Money  # what is exchanged, in US dollars at the reference rate: what quotas count
    rate_day: date
    source: str
    created_at: datetime
    expires_at: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class TakenQuote:
    """A quote that was used up in this transaction, with what the books need of it."""

    id: uuid.UUID
    sell: Money
    buy: Money
    sell_worth: Money
    buy_worth: Money
    usd: Money
    rate: Decimal
    base: str


def ask(
    *,
    customer: Customer,
    sell: Money | None,
    buy: Money | None,
    sell_currency: str,
    buy_currency: str,
    purpose: str,
    now: datetime,
) -> Quote:
    """This function will price an exchange for a customer and keep the price; exactly one amount is given.

    Nothing is booked. Raises NoRate, NotExchanged, SameCurrency, TooLittle, TooMuch, and ValueError for two amounts,
    none, or one in another currency than its side.
    """
    given = sell if sell is not None else buy
    if given is None or (sell is not None and buy is not None):
        raise ValueError("exactly one of the two amounts is given")
    if given.currency != (sell_currency if sell is not None else buy_currency) or given.minor <= 0:
        raise ValueError(f"{given} is not an amount of its side")
    if sell_currency == buy_currency:
        raise SameCurrency
    today = business_date(now)
    percent = spread_percent(sell_currency, buy_currency, on=today)
    found = rates.fixing(sell_currency, buy_currency, HOME, WORTH, on=today)
    price = arithmetic.price(sell=sell_currency, buy=buy_currency, per_euro=found.per_euro, spread=percent / 100)
    try:
        amounts = (
            arithmetic.from_sold(given, price=price) if sell is not None else arithmetic.from_bought(given, price=price)
        )
    except arithmetic.RoundsToNothing as nothing:
        raise TooLittle from nothing
    sell_worth, buy_worth, usd = (
        arithmetic.worth(amounts.sell, HOME, found.per_euro),
        arithmetic.worth(amounts.buy, HOME, found.per_euro),
        arithmetic.worth(foreign_side(amounts.sell, amounts.buy), WORTH, found.per_euro),
    )
    if max(each.minor for each in (amounts.sell, amounts.buy, sell_worth, buy_worth, usd)) > MOST_MINOR:
        raise TooMuch
    row = QuoteRow.objects.create(
        customer=customer,
        purpose=purpose,
        sell=amounts.sell.minor,
        sell_currency=sell_currency,
        buy=amounts.buy.minor,
        buy_currency=buy_currency,
        fixed=QuoteRow.Side.SELL if sell is not None else QuoteRow.Side.BUY,
        base=price.base,
        rate=price.rate,
        mid=arithmetic.written(price.mid),
        spread_percent=percent,
        rate_day=found.day,
        source=found.source,
        sell_worth=sell_worth.minor,
        buy_worth=buy_worth.minor,
        usd=usd.minor,
        created_at=now,
        expires_at=now + figures.quote_life(on=today),
    )
    return read(row)


def spread_percent(sell_currency: str, buy_currency: str, *, on: date) -> Decimal:
    """This function will add up the spreads of both currencies, in per cent. Raises NotExchanged."""
    total = Decimal(0)
    for currency in (sell_currency, buy_currency):
        try:
            total += figures.spread_percent(currency, on=on)
        except policy.UnknownPolicy as missing:
            raise NotExchanged(currency) from missing
    return total


def foreign_side(sell: Money, buy: Money) -> Money:
    """This function will say which side is counted in US dollars: the foreign one, of two foreign ones what is sold."""
    return buy if sell.currency == HOME else sell


def get(*, quote_id: uuid.UUID, customer: Customer) -> Quote:
    """This function will find a customer's quote. Raises UnknownQuote."""
    row = QuoteRow.objects.filter(public_id=quote_id, customer=customer).first()
    if row is None:
        raise UnknownQuote
    return read(row)


def holds(quote: Quote, *, now: datetime) -> bool:
    """This function will say whether a quote could still be taken: in time, not used, and from the newest rates."""
    if quote.taken or quote.expires_at <= now:
        return False
    try:
        return rates.fixing(quote.sell.currency, quote.buy.currency, HOME, WORTH, on=business_date(now)).day == (
            quote.rate_day
        )
    except NoRate:
        return False


def take(*, quote_id: uuid.UUID, customer: Customer, now: datetime) -> TakenQuote:
    """This function will use a customer's quote up, once, inside the caller's transaction.

    Call it after the customer is locked and before the books are asked; a rollback gives the quote back. Raises
    UnknownQuote, QuoteTaken, QuoteExpired, and RateMoved when other reference rates count by now.
    """
    row = QuoteRow.objects.select_for_update().filter(public_id=quote_id, customer=customer).first()
    if row is None:
        raise UnknownQuote
    if row.taken_at is not None:
        raise QuoteTaken
    if row.expires_at <= now:
        raise QuoteExpired
    if not holds(read(row), now=now):
        raise RateMoved
    row.taken_at, row.taken_on = now, business_date(now)
    row.save(update_fields=["taken_at", "taken_on"])
    return TakenQuote(
        id=row.public_id,
        sell=Money(row.sell, row.sell_currency),
        buy=Money(row.buy, row.buy_currency),
        sell_worth=Money(row.sell_worth, HOME),
        buy_worth=Money(row.buy_worth, HOME),
        usd=Money(row.usd, WORTH),
        rate=row.rate,
        base=row.base,
    )


def lines(taken: TakenQuote, *, narrative: str = "", now: datetime) -> Sequence[posting.Line]:
    """This function will write the bank's side of an exchange: what is sold comes in, what is bought goes out.

    The caller adds its own two sides, -`taken.sell` and +`taken.buy`, and books all in one entry; each currency then
    balances by itself. What the customer pays above the reference rate is on the account of the spreads.
    """
    return position.lines(
        sell=taken.sell,
        buy=taken.buy,
        sell_worth=taken.sell_worth,
        buy_worth=taken.buy_worth,
        narrative=narrative,
        now=now,
    )


def read(row: QuoteRow) -> Quote:
    """This function will give a kept quote as a plain value."""
    sell, buy = Money(row.sell, row.sell_currency), Money(row.buy, row.buy_currency)
    return Quote(
        id=row.public_id,
        sell=sell,
        buy=buy,
        fixed=row.fixed,
        base=row.base,
        other=row.buy_currency if row.base == row.sell_currency else row.sell_currency,
        rate=row.rate,
        mid=row.mid,
        spread_percent=row.spread_percent,
        spread=Money(row.sell_worth - row.buy_worth, HOME),
        usd=Money(row.usd, WORTH),
        rate_day=row.rate_day,
        source=row.source,
        created_at=row.created_at,
        expires_at=row.expires_at,
        taken=row.taken_at is not None,
    )
