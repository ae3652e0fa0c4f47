"""Working time: hours of working days, over weekends, holidays and the working weekends that make up for them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reviews.worktime import Desk
from core.workdays import Calendar, days

SHANGHAI = ZoneInfo("Asia/Shanghai")
ANNOUNCED = days.merged(days.packaged())
AROUND = Desk(SHANGHAI, days=ANNOUNCED)
OFFICE = Desk(SHANGHAI, opens=9, closes=17, days=ANNOUNCED)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("desk", "start", "hours", "end"),
    [
        (AROUND, "2026-11-23T10:00", 24, "2026-11-24T10:00"),  # Monday to Tuesday
        (AROUND, "2026-11-27T16:00", 24, "2026-11-30T16:00"),  # Friday to Monday
        (AROUND, "2026-11-28T12:00", 24, "2026-12-01T00:00"),  # Saturday: the clock starts on Monday
        (OFFICE, "2026-11-27T16:00", 2, "2026-11-30T10:00"),  # one hour on Friday, one on Monday
        (OFFICE, "2026-11-23T20:00", 8, "2026-11-24T17:00"),
        (OFFICE, "2026-11-23T10:00", 0, "2026-11-23T10:00"),
        # The spring festival of 2026: off from 15 to 23 February, Saturdays 14 and 28 February are worked.
        (AROUND, "2026-02-13T12:00", 24, "2026-02-14T12:00"),
        (AROUND, "2026-02-14T12:00", 24, "2026-02-24T12:00"),
        (OFFICE, "2026-02-14T16:00", 2, "2026-02-24T10:00"),
        # National Day of 2026: off from 1 to 7 October, Saturday 10 October is worked.
        (AROUND, "2026-09-30T18:00", 12, "2026-10-08T06:00"),
        (OFFICE, "2026-10-09T16:00", 2, "2026-10-10T10:00"),
    ],
)
def test_so_much_working_time_ends_then(desk: Desk, start: str, hours: int, end: str) -> None:
    assert desk.add(at(start), timedelta(hours=hours)) == at(end)
    assert desk.between(at(start), at(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("desk", "start", "hours", "end"),
    [
        (AROUND, "2026-11-23T04:03", 24, "2026-11-24T04:03"),  # a day and less: to the minute
        (AROUND, "2026-11-23T04:03", 80, "2026-11-26T23:59"),
        (AROUND, "2026-11-21T12:00", 48, "2026-11-24T23:59"),  # two whole days end at midnight, not on the third
        (OFFICE, "2026-11-23T10:00", 25, "2026-11-26T16:59"),
    ],
)
def test_what_may_take_more_than_a_day_is_due_with_the_end_of_one(desk: Desk, start: str, hours: int, end: str) -> None:
    assert desk.by(at(start), timedelta(hours=hours)) == at(end)


def test_outside_working_time_nothing_runs() -> None:
    assert OFFICE.between(at("2026-11-28T00:00"), at("2026-11-30T09:00")) == timedelta()
    assert OFFICE.between(at("2026-10-01T00:00"), at("2026-10-08T09:00")) == timedelta()
    assert OFFICE.between(at("2026-11-24T10:00"), at("2026-11-23T10:00")) == timedelta()


moments = st.datetimes(datetime(2007, 1, 1), datetime(2027, 12, 1), timezones=st.just(SHANGHAI))
spans = st.timedeltas(timedelta(), timedelta(days=40))


@given(moments, spans, st.sampled_from([AROUND, OFFICE]))
def test_what_is_added_lies_between(start: datetime, span: timedelta, desk: Desk) -> None:
    end = desk.add(start, span)
    assert desk.between(start, end) == span
    assert desk.add(start, span + timedelta(minutes=1)) > end


@given(moments, spans, spans)
def test_a_day_more_never_comes_earlier(start: datetime, one: timedelta, other: timedelta) -> None:
    assert (OFFICE.add(start, one) <= OFFICE.add(start, other)) == (one <= other)


@pytest.mark.parametrize(
    "wrong", [{"opens": 9, "closes": 9}, {"opens": -1}, {"closes": 25}, {"opens": 18, "closes": 9}]
)
def test_a_desk_that_never_opens_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="opens"):
        Desk(SHANGHAI, **wrong)


def test_a_time_without_a_zone_and_a_calendar_without_work_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        AROUND.add(datetime(2026, 1, 1), timedelta(hours=1))
    with pytest.raises(ValueError, match="forwards"):
        AROUND.add(at("2026-01-01T00:00"), -timedelta(hours=1))
    every_day = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(366 * 21))
    with pytest.raises(ValueError, match="working days"):
        Desk(SHANGHAI, days=Calendar(off=every_day)).add(at("2026-01-01T00:00"), timedelta(hours=1))
