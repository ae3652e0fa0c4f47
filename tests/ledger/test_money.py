"""Money is exact, knows its currency, and loses nothing when it is shared."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import EXPONENTS, InexactMoney, MixedCurrencies, Money, UnknownCurrency, exponent, total

minors = st.integers(min_value=-(10**18), max_value=10**18)
currencies = st.sampled_from(sorted(EXPONENTS))
monies = st.builds(Money, minors, currencies)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.30", "CNY", 1230), ("12.3", "CNY", 1230), ("12", "CNY", 1200), ("-0.01", "USD", -1), ("+5", "EUR", 500),
        ("1000", "JPY", 1000), ("1000.0", "JPY", 1000), ("1.234", "KWD", 1234), ("0", "CNY", 0), ("1.230", "CNY", 123),
        ("999999999999999999.99", "CNY", 99999999999999999999), (Decimal("1e2"), "CNY", 10000), (7, "CNY", 700),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1.234", "0.001", "1,000", "1 000", "1e3", "NaN", "Infinity", "--1", "1.", ".5", "١٢", "１", "12.3 ",
     "😀", "0x10", "1_000", "+", "-", "1.2.3", Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), True, None, 1.5],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused(text: object) -> None:
    with pytest.raises(InexactMoney):
        Money.of(text, "CNY")  # type: ignore[arg-type]


def test_a_yen_has_no_decimals() -> None:
    with pytest.raises(InexactMoney):
        Money.of("1.5", "JPY")
    assert Money.of("100", "JPY").decimal == Decimal(100)
    assert exponent("JPY") == 0


@pytest.mark.parametrize("currency", ["XXX", "cny", "", "CN", "RMB"])
def test_an_unknown_currency_means_stop(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, currency)
    with pytest.raises(UnknownCurrency):
        Money.of("1", currency)


@pytest.mark.parametrize("minor", [1.0, "1", Decimal(1), True, None])
def test_minor_units_are_whole_numbers(minor: object) -> None:
    with pytest.raises(InexactMoney):
        Money(minor, "CNY")  # type: ignore[arg-type]


@given(monies)
def test_reading_what_is_written_gives_the_same_money(money: Money) -> None:
    assert Money.of(f"{money.decimal:f}", money.currency) == money
    assert Money.of(money.decimal, money.currency) == money
    assert -money.decimal.as_tuple().exponent == exponent(money.currency)  # type: ignore[operator]


@given(minors, minors, minors, currencies)
def test_adding_keeps_the_laws_of_whole_numbers(a: int, b: int, c: int, currency: str) -> None:
    x, y, z = Money(a, currency), Money(b, currency), Money(c, currency)
    assert (x + y) + z == x + (y + z)
    assert x + y == y + x
    assert x - y == x + (-y)
    assert x + Money.zero(currency) == x
    assert (x < y) == (a < b)
    assert total([x, y, z], currency) == Money(a + b + c, currency)
    assert 3 * x == x + x + x


@given(monies, monies)
def test_two_currencies_never_meet(x: Money, y: Money) -> None:
    if x.currency == y.currency:
        assert (x + y).currency == x.currency
        return
    for attempt in (lambda: x + y, lambda: x - y, lambda: x < y, lambda: x >= y, lambda: total([x, y], x.currency)):
        with pytest.raises(MixedCurrencies):
            attempt()
    assert x != y


def test_money_meets_money_only() -> None:
    with pytest.raises(TypeError):
        Money(1, "CNY") + 1  # type: ignore[operator]
    with pytest.raises(InexactMoney):
        Money(1, "CNY") * 0.5  # type: ignore[operator]
    with pytest.raises(AttributeError):
        Money(1, "CNY").minor = 2  # type: ignore[misc]


weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=50).filter(lambda w: sum(w) > 0)


@given(monies, weights)
def test_a_split_loses_nothing_and_is_fair_to_the_unit(money: Money, shares: list[int]) -> None:
    parts = money.split(shares)
    assert total(parts, money.currency) == money
    for part, weight in zip(parts, shares, strict=True):
        # within one minor unit of the exact share, without a fraction: |part·W − minor·w| < W
        assert abs(part.minor * sum(shares) - money.minor * weight) < sum(shares)
        assert weight or not part


def test_a_split_gives_the_larger_remainder_first_and_ties_to_the_earlier() -> None:
    assert [m.minor for m in Money(100, "CNY").split([1, 1, 1])] == [34, 33, 33]
    assert [m.minor for m in Money(-100, "CNY").split([1, 1, 1])] == [-34, -33, -33]
    assert [m.minor for m in Money(10, "JPY").split([1, 2, 4])] == [1, 3, 6]


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [1, -1], [-1]])
def test_a_split_without_shares_is_refused(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, "CNY").split(shares)


def test_the_currencies_this_bank_meets_are_known() -> None:
    needed = ["CNY", "USD", "EUR", "GBP", "HKD", "JPY", "KRW", "SGD", "AUD", "CAD", "CHF", "CZK", "THB", "MOP", "TWD"]
    assert [exponent(currency) for currency in needed] == [2, 2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2]
