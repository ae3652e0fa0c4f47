"""Quotes: what is priced, what is not, and that a price is taken once, in time, from the rates it was made of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from ledger import posting
from ledger.models import Account
from ledger.money import Money
from payments.exchange import quotes, rates
from payments.exchange.models import Quote
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
from tests.factories import exchange as make
from tests.factories import payments as money
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


def ask(who, *, sell=None, buy=None, into="CNY", out_of="CNY", now):
    return quotes.ask(
        customer=who, sell=sell, buy=buy, sell_currency=sell.currency if sell else out_of,
        buy_currency=buy.currency if buy else into, purpose=quotes.OWN, now=now,
    )  # fmt: skip


@pytest.fixture
def who(now):
    return money.customer(now=now)


def book(taken, source, destination, now):
    """What a caller books: its own two sides and the bank's."""
    posting.post(
        key=f"test:{taken.id}", kind="exchange.own", channel="online", business_date=now.date(),
        lines=[
            posting.Line(source.ledger_account_id, -taken.sell.minor),
            posting.Line(destination.ledger_account_id, taken.buy.minor),
            *quotes.lines(taken, now=now),
        ],
    )  # fmt: skip


def balances_of(*codes):
    from ledger import balances

    found = balances.of(Account.objects.filter(code__in=codes).values_list("pk", flat=True))
    names = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    return [found[names[code]].booked if code in names else None for code in codes]


def test_a_quote_says_both_amounts_the_rate_the_spread_and_whose_rate_of_which_day_it_is(who, now):
    make.rates(now=now)
    found = ask(who, sell=Money.of("1000", "USD"), now=now)
    assert (found.sell, found.buy) == (Money.of("1000", "USD"), Money.of("7178.40", "CNY"))
    assert (found.base, found.other, found.rate, found.mid) == ("USD", "CNY", Decimal("7.1784"), Decimal("7.2"))
    assert (found.spread_percent, found.spread) == (Decimal("0.30"), Money.of("21.60", "CNY"))
    assert (found.rate_day, found.source, found.usd) == (make.DAY, "ecb", Money.of("1000", "USD"))
    assert found.expires_at == now + timedelta(seconds=180)
    assert quotes.get(quote_id=found.id, customer=who) == found


def test_both_spreads_count_between_two_foreign_currencies(who, now):
    make.rates(now=now)
    found = ask(who, buy=Money.of("100", "EUR"), out_of="USD", now=now)
    assert found.spread_percent == Decimal("0.65")
    assert (found.rate, found.sell) == (Decimal("1.13232"), Money.of("113.24", "USD"))  # 1.1323125, 113.232, both up
    assert found.spread == Money.of("5.33", "CNY")  # 815.33 less 810.00 at the reference rate


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"sell": Money.of("0.07", "CNY"), "into": "USD"}, TooLittle),
        ({"sell": Money(MOST_MINOR, "USD")}, TooMuch),
        ({"sell": Money.of("1", "CHF")}, NotExchanged),
        ({"sell": Money.of("1", "CNY")}, SameCurrency),
    ],
)
def test_what_cannot_be_priced_is_refused_and_nothing_is_kept(who, now, given, refusal):
    make.rates(now=now)
    with pytest.raises(refusal):
        ask(who, **given, now=now)
    assert not Quote.objects.exists()


def test_an_unknown_rate_or_one_that_is_too_old_means_no_quote(who, now):
    with pytest.raises(NoRate) as nothing:
        ask(who, sell=Money.of("1", "USD"), now=now)
    assert nothing.value.newest is None
    make.rates(day=date(2026, 11, 17), now=now)  # six days before
    make.rates(day=date(2026, 11, 19), CNY="", now=now)  # younger, but no yuan in it
    with pytest.raises(NoRate) as old:
        ask(who, sell=Money.of("1", "USD"), now=now)
    assert old.value.newest == date(2026, 11, 17)
    make.rates(day=date(2026, 11, 18), now=now)
    assert ask(who, sell=Money.of("1", "USD"), now=now).rate_day == date(2026, 11, 18)


def test_rates_of_tomorrow_do_not_count_today(who, now):
    make.rates(now=now)
    make.rates(day=date(2026, 11, 24), USD="1.2", now=now)
    assert rates.equivalent(Money.of("72", "CNY"), "USD", now.date()) == Money.of("10", "USD")
    assert rates.equivalent(Money.of("81", "CNY"), "USD", date(2026, 11, 24)) == Money.of("12", "USD")


def test_a_quote_is_taken_once_and_books_through_the_position(now):
    make.rates(now=now)
    two = make.traveller(now=now)
    quote = ask(two.customer, sell=Money.of("1000", "USD"), now=now)
    with transaction.atomic():
        taken = quotes.take(quote_id=quote.id, customer=two.customer, now=now)
        book(taken, two.foreign, two.yuan, now)
    assert balances_of("fx-position:USD", "fx-counter:USD:CNY", "fx-spread:CNY") == [1_000_00, -7_200_00, 21_60]
    with pytest.raises(QuoteTaken):
        quotes.take(quote_id=quote.id, customer=two.customer, now=now)
    back = ask(two.customer, buy=Money.of("1000", "USD"), now=now)
    with transaction.atomic():
        book(quotes.take(quote_id=back.id, customer=two.customer, now=now), two.yuan, two.foreign, now)
    assert balances_of("fx-position:USD", "fx-counter:USD:CNY", "fx-spread:CNY") == [0, 0, 43_20]


def test_two_foreign_currencies_move_both_positions_and_the_spread_is_in_yuan(now):
    make.rates(now=now)
    two = make.traveller(now=now)
    yen = money.account(two.customer, currency="JPY", now=now)
    quote = ask(two.customer, sell=Money.of("10", "USD"), into="JPY", now=now)
    assert quote.buy == Money.of("1490", "JPY")  # 10 x 149.025, down
    with transaction.atomic():
        book(quotes.take(quote_id=quote.id, customer=two.customer, now=now), two.foreign, yen, now)
    assert balances_of("fx-position:USD", "fx-counter:USD:CNY", "fx-position:JPY", "fx-counter:JPY:CNY") == [
        10_00, -72_00, -1490, 71_52,
    ]  # fmt: skip
    assert balances_of("fx-spread:CNY") == [48]


def test_a_quote_that_was_not_used_after_all_is_still_there(who, now):
    make.rates(now=now)
    quote = ask(who, sell=Money.of("1", "USD"), now=now)
    with transaction.atomic():
        quotes.take(quote_id=quote.id, customer=who, now=now)
        transaction.set_rollback(True)
    assert quotes.holds(quotes.get(quote_id=quote.id, customer=who), now=now)


def test_a_quote_ends_with_its_time_with_newer_rates_and_with_its_customer(who, now):
    make.rates(now=now)
    quote = ask(who, sell=Money.of("1", "USD"), now=now)
    with pytest.raises(QuoteExpired):
        quotes.take(quote_id=quote.id, customer=who, now=quote.expires_at)
    with pytest.raises(UnknownQuote):
        quotes.take(quote_id=quote.id, customer=money.customer("李明", now=now), now=now)
    make.rates(day=now.date(), USD="1.2", now=now)
    with pytest.raises(RateMoved):
        quotes.take(quote_id=quote.id, customer=who, now=now)
    assert Quote.objects.get().taken_at is None


def test_a_spread_of_two_people_counts_for_the_next_quote(who, now):
    make.rates(now=now)
    add_figure("exchange.spread_percent.usd", "1.00", type="decimal", unit="per cent", now=now)
    assert ask(who, sell=Money.of("1", "USD"), now=now).rate == Decimal("7.128")
