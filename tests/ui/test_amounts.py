"""Reading amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui.amounts import AmountError, Reason, parse

SAME = [
    "1234.5", "1234.50", "1,234.5", "1,234.50", "1 234.50", "1\u00a0234.50", "1\u2009234.50", "１２３４．５",
    "１，２３４．５０",
    "¥1234.50", "￥1234.50", "¥ 1,234.50", "CNY 1,234.5", "cny1234.5", "1234.50CNY", "1234.5元", "人民币1234.5",
    "人民币 1,234.50 元", "RMB 1234.50", "1234.5块", "+1234.5", "01234.50", "1234。5", "1\u200b234.50",
    "\u202a1234.50\u202c", "\ufeff1234.50", "  1234.50  ", "0.12345万", "1,234.500", "１２３４。５０",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_thirty_spellings_are_one_amount(text):
    assert parse(text, currency="CNY", exponent=2) == 123450


@pytest.mark.parametrize(
    ("text", "currency", "exponent", "minor"),
    [
        ("1万", "CNY", 2, 1_000_000),
        ("1.5万", "CNY", 2, 1_500_000),
        ("１．５万元", "CNY", 2, 1_500_000),
        ("1.23456万", "CNY", 2, 1_234_560),
        ("2亿", "CNY", 2, 20_000_000_000),
        (".5", "CNY", 2, 50),
        ("5.", "CNY", 2, 500),
        ("0.01", "CNY", 2, 1),
        ("999999999999999", "CNY", 2, 99_999_999_999_999_900),
        ("120,000", "JPY", 0, 120_000),
        ("¥500", "JPY", 0, 500),
        ("1.5万円", "JPY", 0, 15_000),
        ("$12.30", "USD", 2, 1_230),
        ("12.345", "KWD", 3, 12_345),
        ("100 Kč", "CZK", 2, 10_000),
    ],
)
def test_what_is_accepted_is_exact(text, currency, exponent, minor):
    assert parse(text, currency=currency, exponent=exponent) == minor


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("   ", Reason.EMPTY),
        ("\u200b", Reason.EMPTY),
        ("1\x00", Reason.UNREADABLE),
        ("1\ud800", Reason.UNREADABLE),
        ("abc", Reason.TEXT),
        ("😀", Reason.TEXT),
        ("NaN", Reason.TEXT),
        ("nan", Reason.TEXT),
        ("Infinity", Reason.TEXT),
        ("inf", Reason.TEXT),
        ("一百", Reason.TEXT),
        ("1+1", Reason.TEXT),
        ("1_000", Reason.TEXT),
        ("0x10", Reason.TEXT),
        ("²", Reason.TEXT),
        ("٣", Reason.TEXT),
        ("①", Reason.TEXT),
        ("<b>5</b>", Reason.TEXT),
        ("'; DROP TABLE", Reason.TEXT),
        ("--5", Reason.TEXT),
        ("3万5", Reason.TEXT),
        ("¥", Reason.TEXT),
        (".", Reason.TEXT),
        ("-5", Reason.NEGATIVE),
        ("−5", Reason.NEGATIVE),
        ("－5", Reason.NEGATIVE),
        ("¥-5", Reason.NEGATIVE),
        ("0", Reason.ZERO),
        ("0.00", Reason.ZERO),
        ("０元", Reason.ZERO),
        ("1e5", Reason.EXPONENT),
        ("1E+5", Reason.EXPONENT),
        ("1.5e-3", Reason.EXPONENT),
        ("1,5", Reason.GROUPING),
        ("1.234,56", Reason.GROUPING),
        ("12,34", Reason.GROUPING),
        ("1,0000", Reason.GROUPING),
        ("1.2.3", Reason.GROUPING),
        ("1.234", Reason.DECIMALS),
        ("0.001", Reason.DECIMALS),
        ("1.2345678万", Reason.DECIMALS),
        ("1000000000000000", Reason.TOO_LONG),
        ("1" + "0" * 18, Reason.TOO_LONG),
        ("9" * 5000, Reason.TOO_LONG),
        ("1000000000000万", Reason.TOO_LONG),
        ("USD 5", Reason.CURRENCY),
        ("5 USD", Reason.CURRENCY),
        ("EUR1,234.50", Reason.CURRENCY),
    ],
)
def test_everything_else_is_refused_for_a_named_reason(text, reason):
    with pytest.raises(AmountError) as refused:
        parse(text, currency="CNY", exponent=2)
    assert refused.value.reason is reason


def test_a_currency_without_decimals_refuses_them():
    with pytest.raises(AmountError) as refused:
        parse("1.5", currency="JPY", exponent=0)
    assert refused.value.reason is Reason.DECIMALS


def test_zero_is_read_where_zero_is_meant():
    assert parse("0", currency="CNY", exponent=2, allow_zero=True) == 0


@given(st.integers(1, 10**17 - 1), st.integers(0, 3))
def test_every_amount_the_portal_writes_can_be_typed_back(minor, exponent):
    shown = f"{Decimal(minor).scaleb(-exponent):,.{exponent}f}"
    if len(str(minor // 10**exponent)) > 15:
        with pytest.raises(AmountError):
            parse(shown, currency="CZK", exponent=exponent)
    else:
        assert parse(shown, currency="CZK", exponent=exponent) == minor


@given(st.text(max_size=60))
def test_no_text_at_all_does_anything_but_an_amount_or_a_reason(text):
    try:
        minor = parse(text, currency="CNY", exponent=2)
    except AmountError:
        return
    assert isinstance(minor, int)
    assert minor > 0
