"""Foreign exchange bought for a payment abroad: the doors of payments.exchange in the words of this room."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import Customer
from ledger import posting
from ledger.money import Money
from payments.crossborder.figures import HOME
from payments.crossborder.models import Payment
from payments.crossborder.refusals import AmountNotQuoted, CurrencyNotSent, NoRate, QuoteOver
from payments.exchange import quotes, rates
from payments.exchange import refusals as exchange


@dataclass(frozen=True, slots=True)
class Quote:
    """A price as a draft keeps it; amounts in minor units."""

    id: uuid.UUID
    sells: int
    buys: int
    rate: Decimal
    usd: int
    expires_at: datetime


def ask(*, customer: Customer, currency: str, given: int, buys: bool, now: datetime) -> Quote:
    """This function will price a purchase of a currency with yuan; `given` is what is bought, or else what is paid.

    Raises NoRate, CurrencyNotSent, AmountNotQuoted.
    """
    with _said_here():
        found = quotes.ask(
            customer=customer,
            sell=None if buys else Money(given, HOME),
            buy=Money(given, currency) if buys else None,
            sell_currency=HOME,
            buy_currency=currency,
            purpose=quotes.ABROAD,
            now=now,
        )
    return Quote(found.id, found.sell.minor, found.buy.minor, found.rate, found.usd.minor, found.expires_at)


def holds(*, customer: Customer, payment: Payment, now: datetime) -> bool:
    """This function will say whether the price of a draft could still be taken; true where nothing is bought."""
    if payment.quote is None:
        return True
    try:
        found = quotes.get(quote_id=payment.quote, customer=customer)
    except exchange.UnknownQuote:
        return False
    return quotes.holds(found, now=now) and _agrees(payment, found.sell, found.buy)


def take(*, customer: Customer, payment: Payment, now: datetime) -> Sequence[posting.Line]:
    """This function will use the quote of a payment up and give the bank's side of the purchase for its entry.

    Needs an open transaction with the customer locked. Raises QuoteOver, NoRate.
    """
    assert payment.quote is not None  # noqa: S101 - the table sees to it: what is bought is bought at a quote
    with _said_here():
        taken = quotes.take(quote_id=payment.quote, customer=customer, now=now)
    if not _agrees(payment, taken.sell, taken.buy):
        raise QuoteOver
    return quotes.lines(taken, narrative=payment.reference, now=now)


def worth(amount: int, currency: str, into: str, *, on: date) -> int:
    """This function will value an amount at the reference rate of a business date, in minor units. Raises NoRate."""
    with _said_here():
        return rates.equivalent(Money(amount, currency), into, on).minor


def _agrees(payment: Payment, sell: Money, buy: Money) -> bool:
    """Say whether a draft still says what was quoted."""
    return sell == Money(payment.debit, payment.debit_currency) and buy == Money(payment.amount, payment.currency)


@contextmanager
def _said_here() -> Iterator[None]:
    try:
        yield
    except exchange.NoRate as missing:
        raise NoRate from missing
    except exchange.NotExchanged as missing:
        raise CurrencyNotSent from missing
    except (exchange.TooLittle, exchange.TooMuch) as amount:
        raise AmountNotQuoted from amount
    except (exchange.UnknownQuote, exchange.QuoteTaken, exchange.QuoteExpired, exchange.RateMoved) as over:
        raise QuoteOver from over
