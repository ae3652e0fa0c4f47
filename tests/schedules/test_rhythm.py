"""On which days an order is due: tables of dates, without a database."""

from datetime import date, timedelta
from itertools import islice

import pytest

from core.workdays import Calendar
from payments.schedules.rhythm import Ending, Holiday, Rhythm, Unit, dates, following, made_on, nominal

D = date.fromisoformat
# The first days of October 2026 are a holiday; the Saturday after makes up for one.
WORK = Calendar(off=frozenset(D(f"2026-10-0{n}") for n in range(1, 8)), work=frozenset([D("2026-10-10")]))


def first(rhythm: Rhythm, most: int, *, index: int = 0, earliest: str = "2020-01-01", working: Calendar = WORK):
    found = dates(rhythm, index=index, earliest=D(earliest), working=working)
    return [due.day.isoformat() for due in islice(found, most)]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(Unit.ONCE, D("2026-11-30")), ["2026-11-30"]),
        (Rhythm(Unit.DAY, D("2026-12-30")), ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]),
        (Rhythm(Unit.DAY, D("2028-02-28"), every=2), ["2028-02-28", "2028-03-01", "2028-03-03", "2028-03-05"]),
        (Rhythm(Unit.WEEK, D("2026-11-27")), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"]),
        (Rhythm(Unit.WEEK, D("2026-11-27"), every=2), ["2026-11-27", "2026-12-11", "2026-12-25", "2027-01-08"]),
        # The 29th, 30th and 31st come back after a shorter month.
        (Rhythm(Unit.MONTH, D("2026-12-31")), ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
        (Rhythm(Unit.MONTH, D("2026-12-30")), ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        (Rhythm(Unit.MONTH, D("2027-01-29")), ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        (Rhythm(Unit.MONTH, D("2028-01-30")), ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        (Rhythm(Unit.MONTH, D("2026-11-30"), every=3), ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]),
        # The last day is the last day, whatever the first one was.
        (Rhythm(Unit.MONTH, D("2027-02-28"), last_day=True), ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        (Rhythm(Unit.MONTH, D("2027-02-28")), ["2027-02-28", "2027-03-28", "2027-04-28", "2027-05-28"]),
        # The 29th of February: on the 28th in other years, and on the 29th again four years later.
        (Rhythm(Unit.YEAR, D("2028-02-29")), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (Rhythm(Unit.YEAR, D("2026-12-01"), until=D("2028-12-01")), ["2026-12-01", "2027-12-01", "2028-12-01"]),
        (Rhythm(Unit.MONTH, D("2026-12-31"), until=D("2027-02-27")), ["2026-12-31", "2027-01-31"]),
    ],
)
def test_dates_are_counted_from_the_first_one(rhythm, expected):
    assert first(rhythm, len(expected)) == expected


@pytest.mark.parametrize(
    ("day", "holiday", "expected"),
    [
        ("2026-10-01", Holiday.SAME, "2026-10-01"),
        ("2026-10-01", Holiday.BEFORE, "2026-09-30"),
        ("2026-10-01", Holiday.AFTER, "2026-10-08"),
        ("2026-10-01", Holiday.SKIP, None),
        ("2026-10-10", Holiday.SKIP, "2026-10-10"),  # a Saturday on which people work
        ("2026-10-11", Holiday.AFTER, "2026-10-12"),
        ("2026-10-11", Holiday.BEFORE, "2026-10-10"),
    ],
)
def test_a_date_that_is_no_working_day_follows_the_rule_that_was_chosen(day, holiday, expected):
    assert made_on(D(day), holiday, WORK) == (D(expected) if expected else None)


def test_a_holiday_moves_one_date_and_none_after_it():
    weekly = Rhythm(Unit.WEEK, D("2026-09-24"), holiday=Holiday.AFTER)
    assert first(weekly, 4) == ["2026-09-24", "2026-10-08", "2026-10-08", "2026-10-15"]
    assert first(Rhythm(Unit.WEEK, D("2026-09-24"), holiday=Holiday.SKIP), 3) == [
        "2026-09-24", "2026-10-08", "2026-10-15",
    ]  # fmt: skip


def test_dates_before_the_earliest_are_left_out_and_one_moved_there_is_made_on_it():
    monthly = Rhythm(Unit.MONTH, D("2026-08-31"))
    assert first(monthly, 2, earliest="2026-09-30") == ["2026-09-30", "2026-10-31"]
    # Sunday the 11th, on the working day before: that Saturday has passed when the order is made on it.
    once = Rhythm(Unit.ONCE, D("2026-10-11"), holiday=Holiday.BEFORE)
    assert first(once, 1, earliest="2026-10-11") == ["2026-10-11"]
    assert first(once, 1, earliest="2026-10-12") == []


def test_nothing_follows_where_nothing_can():
    every_sunday = Rhythm(Unit.WEEK, D("2026-11-29"), holiday=Holiday.SKIP)
    assert following(every_sunday, earliest=D("2026-11-01"), working=Calendar()) is None
    assert nominal(Rhythm(Unit.YEAR, D("2026-11-29"), every=99), 100) is None  # after the year 9999
    assert nominal(Rhythm(Unit.ONCE, D("2026-11-29")), 1) is None
    with pytest.raises(ValueError):
        Rhythm(Unit.DAY, D("2026-11-29"), every=0)


def test_every_month_has_exactly_one_date_for_four_hundred_years():
    """The calendar repeats after 400 years; each month from any first day has one date, on that day or its last."""
    for day in (28, 29, 30, 31):
        rhythm = Rhythm(Unit.MONTH, date(2027, 1, day))
        found = [nominal(rhythm, index) for index in range(4800)]
        assert len({(one.year, one.month) for one in found if one}) == 4800
        for one in found:
            assert one is not None
            assert one.day == day or (one + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("ending", "paid", "expected"),
    [
        (Ending(), (100, 10_000_000), 300),
        (Ending(count=3), (2, 600), 300),
        (Ending(count=3), (3, 900), 0),
        (Ending(total=1000), (3, 900), 100),  # the rest comes last, so that the total is met
        (Ending(total=1000), (4, 1000), 0),
    ],
)
def test_an_order_ends_with_its_count_or_its_total(ending, paid, expected):
    assert ending.next_amount(300, paid_count=paid[0], paid_total=paid[1]) == expected
