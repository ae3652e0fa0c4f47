"""Which way a payment takes, as a table of cases. 2026-11-23 is a Monday; 28 and 29 are a weekend."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from payments.clearing.paths import Figures, Mode, NoPath, Offer, Path, Why, offer

ZONE = ZoneInfo("Asia/Shanghai")
FIGURES = Figures(
    ibps_most=1_000_000_00, beps_most=1_000_000_00, hvps_opens=time(20, 30), hvps_closes=time(17, 15),
    instant_seconds=60, hvps_minutes=30, ordinary_minutes=120, batch_minutes=60, next_day_opens=time(9),
    draft_minutes=30,
)  # fmt: skip
ALL = frozenset(Path)
SMALL, MOST, MORE = 100_00, 1_000_000_00, 1_000_000_01
THREE_MILLION = 3_000_000_00


def at(day: int, clock: str) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), ZONE)


def asked(mode: Mode, amount: int, now: datetime, systems: frozenset[Path] = ALL) -> Offer | NoPath:
    return offer(
        mode=mode, amount=amount, systems=systems, now=now, works_on=lambda day: day.weekday() < 5, figures=FIGURES
    )


@pytest.mark.parametrize(
    ("mode", "amount", "now", "path", "leaves", "arrives", "back_until"),
    [
        (Mode.REAL_TIME, SMALL, at(23, "10:00"), Path.IBPS, at(23, "10:00"), at(23, "10:01"), None),
        (Mode.REAL_TIME, SMALL, at(29, "03:00"), Path.IBPS, at(29, "03:00"), at(29, "03:01"), None),
        (Mode.REAL_TIME, MOST, at(29, "03:00"), Path.IBPS, at(29, "03:00"), at(29, "03:01"), None),
        (Mode.REAL_TIME, MORE, at(23, "17:14"), Path.HVPS, at(23, "17:14"), at(23, "17:44"), None),
        (Mode.REAL_TIME, MORE, at(23, "20:30"), Path.HVPS, at(23, "20:30"), at(23, "21:00"), None),
        (Mode.REAL_TIME, MORE, at(29, "20:30"), Path.HVPS, at(29, "20:30"), at(29, "21:00"), None),  # Sunday evening
        (Mode.ORDINARY, SMALL, at(28, "23:30"), Path.BEPS, at(29, "01:30"), at(29, "02:30"), at(29, "01:30")),
        (Mode.ORDINARY, MORE, at(23, "10:00"), Path.HVPS, at(23, "12:00"), at(23, "12:30"), at(23, "12:00")),
        (Mode.NEXT_DAY, SMALL, at(23, "00:00"), Path.BEPS, at(24, "09:00"), at(24, "10:00"), at(24, "09:00")),
        (Mode.NEXT_DAY, SMALL, at(27, "23:59"), Path.BEPS, at(28, "09:00"), at(28, "10:00"), at(28, "09:00")),
        (Mode.NEXT_DAY, MORE, at(27, "12:00"), Path.HVPS, at(30, "09:00"), at(30, "09:30"), at(30, "09:00")),
    ],
)  # fmt: skip
def test_the_path_follows_amount_hour_and_mode(
    mode: Mode, amount: int, now: datetime, path: Path, leaves: datetime, arrives: datetime, back_until: datetime | None
) -> None:
    assert asked(mode, amount, now) == Offer(path, leaves, arrives, back_until)


@pytest.mark.parametrize("now", [at(23, "17:15"), at(23, "20:29"), at(27, "23:00"), at(28, "12:00")])
def test_three_million_at_once_while_the_large_value_system_is_closed_has_no_path_but_the_next_working_day(
    now: datetime,
) -> None:
    found = asked(Mode.REAL_TIME, THREE_MILLION, now)
    assert isinstance(found, NoPath)
    assert found.why is Why.CLOSED
    assert found.instead is not None
    assert found.instead.path is Path.HVPS
    assert found.instead.execute_at == (at(24, "09:00") if now.day == 23 else at(30, "09:00"))


def test_an_ordinary_payment_whose_promise_might_not_hold_to_the_end_of_the_check_page_has_no_path() -> None:
    assert isinstance(asked(Mode.ORDINARY, MORE, at(23, "14:50")), NoPath)  # leaves at 16:50, or at 17:20
    assert isinstance(asked(Mode.ORDINARY, MORE, at(23, "14:40")), Offer)


def test_a_bank_outside_the_instant_system_is_reached_by_the_others() -> None:
    without = frozenset({Path.HVPS, Path.BEPS})
    found = asked(Mode.REAL_TIME, SMALL, at(23, "10:00"), without)
    assert isinstance(found, Offer)
    assert found.path is Path.HVPS
    assert asked(Mode.REAL_TIME, SMALL, at(23, "10:00"), frozenset({Path.BEPS})) == NoPath(
        Why.NOT_REACHED, Offer(Path.BEPS, at(24, "09:00"), at(24, "10:00"), at(24, "09:00"))
    )
    assert asked(Mode.NEXT_DAY, SMALL, at(23, "10:00"), frozenset()) == NoPath(Why.NOT_REACHED)
