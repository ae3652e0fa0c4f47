"""Worked figures of rates and amounts, and what must hold for all of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import Money, exponent
from payments.exchange import arithmetic
from tests.factories.exchange import PER_EURO

RATES = {"EUR": Decimal(1), **{currency: Decimal(rate) for currency, rate in PER_EURO.items()}}
SPREAD = Decimal("0.003")


def price(sell: str, buy: str, spread: Decimal = SPREAD) -> arithmetic.Price:
    return arithmetic.price(sell=sell, buy=buy, per_euro=RATES, spread=spread)


@pytest.mark.parametrize(
    ("sell", "buy", "base", "middle", "rate"),
    [
        ("USD", "CNY", "USD", "7.2", "7.1784"),  # 7.2 less 0.3 %
        ("CNY", "USD", "USD", "7.2", "7.2216"),  # 7.2 plus 0.3 %
        ("EUR", "CNY", "EUR", "8.1", "8.0757"),
        ("JPY", "CNY", "JPY", "0.048", "0.047856"),
        ("CNY", "JPY", "JPY", "0.048", "0.048144"),
        ("HKD", "CNY", "HKD", "0.9", "0.8973"),  # the foreign currency is priced, though it is worth less
        ("USD", "EUR", "EUR", "1.125", "1.12838"),  # 1.128375, to six digits, up: who buys euros pays
        ("EUR", "USD", "EUR", "1.125", "1.12162"),  # 1.121625, down: who sells euros receives
        ("JPY", "USD", "USD", "150", "150.45"),
    ],
)
def test_the_rate_of_the_customer_is_the_reference_rate_with_the_spread_in_six_digits(sell, buy, base, middle, rate):
    found = price(sell, buy)
    assert (found.base, found.mid, found.rate) == (base, Fraction(middle), Decimal(rate))


@pytest.mark.parametrize(
    ("sell", "buy", "paid", "received"),
    [  # minor units; worked by hand from the rates above
        ("USD", "CNY", 100_00, 717_84),
        ("USD", "CNY", 1, 7),  # 0.01 USD = 0.071784 CNY, down
        ("CNY", "USD", 1_000_00, 138_47),  # 138.4734…, down
        ("JPY", "CNY", 10_000, 478_56),
        ("JPY", "CNY", 1, 4),  # 0.047856 CNY, down
        ("CNY", "JPY", 100_00, 2077),  # 2077.10…, down: yen have no decimals
        ("CNY", "JPY", 5, 1),
        ("USD", "EUR", 1_000_00, 886_22),  # 886.2262…, down
        ("USD", "JPY", 1, 1),  # 1.4955, down
    ],
)
def test_what_is_received_for_an_amount_given_is_rounded_down(sell, buy, paid, received):
    assert arithmetic.from_sold(Money(paid, sell), price=price(sell, buy)).buy == Money(received, buy)


@pytest.mark.parametrize(
    ("sell", "buy", "received", "paid"),
    [
        ("CNY", "USD", 100_00, 722_16),
        ("CNY", "USD", 1, 8),  # 0.072216, up
        ("USD", "CNY", 1_000_00, 139_31),  # 139.3067…, up
        ("CNY", "JPY", 1, 5),  # 0.048144, up
        ("CNY", "JPY", 10_000, 481_44),
        ("JPY", "CNY", 1, 1),  # a fen costs 0.209 yen, up
        ("EUR", "USD", 1_000_00, 891_57),  # 891.5675…, up
    ],
)
def test_what_is_paid_for_an_amount_received_is_rounded_up(sell, buy, received, paid):
    assert arithmetic.from_bought(Money(received, buy), price=price(sell, buy)).sell == Money(paid, sell)


@pytest.mark.parametrize(("sell", "buy", "paid"), [("CNY", "USD", 7), ("CNY", "JPY", 4), ("JPY", "USD", 1)])
def test_an_amount_that_rounds_to_nothing_is_refused(sell, buy, paid):
    with pytest.raises(arithmetic.RoundsToNothing):
        arithmetic.from_sold(Money(paid, sell), price=price(sell, buy))


@pytest.mark.parametrize(
    ("money", "into", "worth"),
    [
        (Money(100_00, "USD"), "CNY", 720_00),
        (Money(1, "JPY"), "CNY", 5),  # 4.8 fen, half up
        (Money(100_00, "CNY"), "USD", 13_89),  # 13.888…
        (Money(-1, "JPY"), "CNY", -5),  # away from zero, like its mirror
        (Money(1_000, "JPY"), "USD", 6_67),
        (Money(7, "CNY"), "CNY", 7),
    ],
)
def test_the_worth_at_the_reference_rate_is_rounded_half_up(money, into, worth):
    assert arithmetic.worth(money, into, RATES) == Money(worth, into)


PAIRS = st.lists(st.sampled_from(sorted(RATES)), min_size=2, max_size=2, unique=True)
AMOUNTS = st.integers(min_value=1, max_value=10**14)
SPREADS = st.decimals(min_value=0, max_value=Decimal("0.05"), places=4)
ANY_RATES = st.fixed_dictionaries(
    {each: st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(30_000), places=4) for each in PER_EURO}
)


@given(PAIRS, AMOUNTS, SPREADS, ANY_RATES)
def test_there_and_back_never_leaves_the_customer_with_more(pair, amount, spread, rates):
    here, there = pair
    known = {"EUR": Decimal(1), **rates}
    go = arithmetic.price(sell=here, buy=there, per_euro=known, spread=spread)
    back = arithmetic.price(sell=there, buy=here, per_euro=known, spread=spread)
    given = Money(amount, here)
    try:
        away = arithmetic.from_sold(given, price=go)
        home = arithmetic.from_sold(away.buy, price=back)
    except arithmetic.RoundsToNothing:
        return
    assert home.buy <= given
    assert arithmetic.from_bought(away.buy, price=go).sell <= given, "the least that buys it"


@given(PAIRS, AMOUNTS, SPREADS, ANY_RATES, st.booleans())
def test_the_bank_never_gives_more_than_the_reference_rate(pair, amount, spread, rates, fix_sold):
    sell, buy = pair
    known = {"EUR": Decimal(1), **rates}
    found = arithmetic.price(sell=sell, buy=buy, per_euro=known, spread=spread)
    try:
        both = (
            arithmetic.from_sold(Money(amount, sell), price=found)
            if fix_sold
            else arithmetic.from_bought(Money(amount, buy), price=found)
        )
    except arithmetic.RoundsToNothing:
        return
    assert arithmetic.worth(both.buy, "CNY", known) <= arithmetic.worth(both.sell, "CNY", known)
    exact = Fraction(both.sell.minor, 10 ** exponent(sell)) * arithmetic.mid(sell, buy, known)
    assert Fraction(both.buy.minor, 10 ** exponent(buy)) <= exact
