"""Limits are inclusive, name themselves, and start anew with the business date."""

from datetime import date

import pytest
from django.utils.translation import override

from payments import sentences
from payments.limits import Breach, Limits, Used, Which, breach, resets_on
from payments.refusals import LimitReached

TODAY, TOMORROW, NEW_YEAR = date(2026, 11, 23), date(2026, 11, 24), date(2027, 1, 1)
LIMITS = Limits(
    payment=20_000_00,
    day=50_000_00,
    month=80_000_00,
    year=100_000_00,
    day_count=3,
    month_count=6,
    year_count=10,
    payee_day=50_000_00,
)


@pytest.mark.parametrize(
    ("amount", "used", "expected"),
    [
        (20_000_00 - 1, Used(), None),
        (20_000_00, Used(), None),
        (20_000_00 + 1, Used(), Breach(Which.PAYMENT, 20_000_00, 20_000_00, None)),
        (10_000_00 - 1, Used(day=40_000_00, year=40_000_00), None),
        (10_000_00, Used(day=40_000_00, year=40_000_00), None),
        (10_000_00 + 1, Used(day=40_000_00, year=40_000_00), Breach(Which.DAY, 50_000_00, 10_000_00, TOMORROW)),
        (1_00 - 1, Used(year=99_999_00), None),
        (1_00, Used(year=99_999_00), None),
        (1_00 + 1, Used(year=99_999_00), Breach(Which.YEAR, 100_000_00, 1_00, NEW_YEAR)),
        (1, Used(day_count=2, year_count=2), None),
        (1, Used(day_count=3, year_count=3), Breach(Which.DAY_COUNT, 3, 0, TOMORROW)),
        (1, Used(year_count=9), None),
        (1, Used(year_count=10), Breach(Which.YEAR_COUNT, 10, 0, NEW_YEAR)),
        # what waiting until tomorrow does not cure is said first
        (1, Used(day=50_000_00, year=100_000_00), Breach(Which.YEAR, 100_000_00, 0, NEW_YEAR)),
        # a limit lowered below what is used leaves nothing, not less
        (1, Used(day=60_000_00, year=60_000_00), Breach(Which.DAY, 50_000_00, 0, TOMORROW)),
    ],
)
def test_a_limit_lets_exactly_the_limit_through(amount: int, used: Used, expected: Breach | None) -> None:
    assert breach(amount=amount, used=used, limits=LIMITS, today=TODAY) == expected


def test_the_last_day_of_a_year_ends_both_limits() -> None:
    found = breach(amount=1, used=Used(day=50_000_00, year=50_000_00), limits=LIMITS, today=date(2026, 12, 31))
    assert found is not None
    assert found.resets_on == NEW_YEAR


@pytest.mark.parametrize(
    ("which", "says", "never"),
    [
        (Which.PAYMENT, "One transfer can be at most", "left"),
        (Which.DAY, "daily limit", "year"),
        (Which.PAYEE_DAY, "To one payee", "year"),
        (Which.MONTH, "left this month", "year"),
        (Which.YEAR, "left this year", "month"),
        (Which.DAY_COUNT, "5 times a day", "limit is"),
        (Which.MONTH_COUNT, "5 times a month", "year"),
        (Which.YEAR_COUNT, "5 times a year", "month"),
    ],
)
def test_a_refusal_names_the_limit_that_stood_in_the_way_and_no_other(which: Which, says: str, never: str) -> None:
    breach = Breach(which, 5, 0, resets_on(which, today=date(2026, 5, 6)))
    with override("en"):
        _field, sentence = sentences.of_transfer(LimitReached(breach, "CNY"))
    assert says in sentence
    assert never not in sentence
