"""The business date is the bank's day, whatever the clock of the caller says."""

from datetime import UTC, date, datetime, time

import pytest

from ledger.calendar import business_date


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),  # 23:59:59 in Shanghai
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),  # midnight in Shanghai
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_turns_at_the_banks_midnight(moment: datetime, day: date) -> None:
    assert business_date(moment) == day


def test_from_the_cut_off_on_a_booking_counts_for_the_next_day() -> None:
    cut_off = time(23, 30)
    assert business_date(datetime(2026, 11, 22, 15, 29, 59, tzinfo=UTC), cut_off=cut_off) == date(2026, 11, 22)
    assert business_date(datetime(2026, 11, 22, 15, 30, tzinfo=UTC), cut_off=cut_off) == date(2026, 11, 23)


def test_a_time_without_a_zone_has_no_business_date() -> None:
    with pytest.raises(ValueError, match="zone"):
        business_date(datetime(2026, 11, 22, 12, 0))
