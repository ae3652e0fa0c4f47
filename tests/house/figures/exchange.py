"""Figures of currencies: rates, prices, quotas, accounts."""

from decimal import Decimal

from accounts.opening import currencies
from ledger.money import Money
from payments.exchange import figures, queries, quotes
from payments.exchange.services import loading
from tests.factories import exchange as make
from tests.house.figures.ground import Ground, Observe, Watch, outcome


def price_of(currency: str) -> Observe:
    """The customer's rate of a currency."""

    def look(ground: Ground) -> Decimal:
        make.rates(now=ground.now)
        return ask(ground, currency).rate

    return look


def ask(ground: Ground, currency: str) -> quotes.Quote:
    return quotes.ask(
        customer=ground.customer, sell=Money.of("1000", currency), buy=None, sell_currency=currency,
        buy_currency="CNY", purpose=quotes.OWN, now=ground.now,
    )  # fmt: skip


def priced_by_friday(ground: Ground) -> str:
    make.rates(now=ground.now)
    return outcome(lambda: ask(ground, "USD"))


def holds_until(ground: Ground) -> object:
    make.rates(now=ground.now)
    return ask(ground, "USD").expires_at


def draft_ends(ground: Ground) -> object:
    two = ground.pair
    return make.waiting(two, ground.now).expires_at


def slip(ground: Ground) -> bool:
    """Whether a rate that is a third higher than the day before looks like a slip."""
    last = {"USD": (ground.today, Decimal("1.2"))}
    largest = figures.jump_percent(on=ground.today) / 100
    return bool(loading._slip("USD", ground.today, Decimal("1.6"), last, largest))


def sold_most(ground: Ground) -> Money:
    return queries.quota(ground.customer, buys=False, on=ground.today).most


WATCHED = {
    "exchange.rate_age_days": Watch(priced_by_friday, changed="2"),
    "exchange.quote_seconds": Watch(holds_until),
    "exchange.draft_minutes": Watch(draft_ends),
    "exchange.jump_percent": Watch(slip, changed="30"),
    "exchange.sold_year.usd": Watch(sold_most),
    **{
        f"exchange.spread_percent.{each}": Watch(price_of(each.upper())) for each in ("usd", "eur", "gbp", "jpy", "hkd")
    },
    "account.currencies": Watch(lambda ground: currencies.offered(on=ground.today), changed="USD"),
}
