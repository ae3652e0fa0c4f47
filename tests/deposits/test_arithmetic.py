"""Interest to the minor unit, and which day a period ends on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.deposits import arithmetic

MONEY = 10**15


@pytest.mark.parametrize(
    ("balances", "percent", "basis", "fen"),
    [
        # 50,000 yuan for 200 days at 0.05 %: 13.89 by 360 days, 13.70 by 365 (domain facts, 4.1).
        (50_000_00 * 200, "0.05", 360, 13_89),
        (50_000_00 * 200, "0.05", 365, 13_70),
        (20_000_00 * 200, "0.05", 360, 5_56),
        # 100,000 for the 91 days from 21 September to 20 December.
        (100_000_00 * 91, "0.05", 360, 12_64),
        (50_000_00 * 360, "1.5", 360, 750_00),
        (0, "0.05", 360, 0),
        (1, "0", 360, 0),
        # Half a fen is rounded up, a hair less is not.
        (360_000, "0.05", 360, 1),
        (359_999, "0.05", 360, 0),
        (1_080_000, "0.05", 360, 2),
    ],
)
def test_known_figures(balances: int, percent: str, basis: int, fen: int) -> None:
    assert arithmetic.interest(balances, Decimal(percent), basis) == fen


@pytest.mark.parametrize(("balances", "percent", "basis"), [(-1, "1", 360), (1, "-1", 360), (1, "1", 0)])
def test_what_makes_no_sense_is_refused(balances: int, percent: str, basis: int) -> None:
    with pytest.raises(ValueError, match="zero and more"):
        arithmetic.interest(balances, Decimal(percent), basis)


@given(st.integers(0, MONEY), st.integers(0, 10_000_000), st.sampled_from([360, 365]))
def test_it_is_within_half_a_unit_of_the_exact_figure(balances: int, rate: int, basis: int) -> None:
    percent = Decimal(rate).scaleb(-5)
    found = arithmetic.interest(balances, percent, basis)
    exact = 2 * balances * rate
    scale = 2 * 100 * basis * 100_000
    assert found * scale - exact <= scale // 2
    assert exact - found * scale < scale // 2 + 1


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        ("2026-09-20", "2026-09-20"),
        ("2026-09-21", "2026-12-20"),
        ("2026-12-20", "2026-12-20"),
        ("2026-12-21", "2027-03-20"),
        ("2026-12-31", "2027-03-20"),
        ("2027-01-01", "2027-03-20"),
        ("2028-02-29", "2028-03-20"),
        ("2026-06-21", "2026-09-20"),
    ],
)
def test_periods_end_on_the_twentieth_of_a_quarters_last_month(day: str, ends: str) -> None:
    assert arithmetic.settlement_day(date.fromisoformat(day), 20) == date.fromisoformat(ends)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 28))
def test_each_day_belongs_to_one_period_of_about_a_quarter(day: date, settles_on: int) -> None:
    ends = arithmetic.settlement_day(day, settles_on)
    assert day <= ends < day + timedelta(days=92)
    assert (ends.month % 3, ends.day) == (0, settles_on)
    assert arithmetic.settlement_day(ends, settles_on) == ends
    assert arithmetic.settlement_day(ends + timedelta(days=1), settles_on) > ends
    assert arithmetic.credited_on(ends) == ends + timedelta(days=1)
