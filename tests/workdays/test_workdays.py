"""Working days: what the State Council announced, what the bank loads later, and what is said of the years to come."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from core import workdays
from core.audit.models import Row
from core.reviews import calendar
from core.workdays import checks, days, loader
from core.workdays.file import WrongFile, read
from core.workdays.models import Notice
from core.workdays.rules import Calendar, NoWorkingDays

ANNOUNCED = days.merged(days.packaged())
NOTICE = """# what a test announces
date,day,name
2026-12-31,off,元旦
2027-01-01,off,元旦
2027-01-02,off,元旦
2027-01-03,work,元旦
2027-05-01,off,劳动节
2027-10-01,off,国庆节
2027-10-02,off,国庆节
2027-10-03,off,国庆节
2027-10-04,off,国庆节
2027-10-09,work,国庆节
"""


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    workdays.forget()
    yield
    workdays.forget()


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "2027.csv"
    path.write_text(NOTICE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "number", "due"),
    [
        # A report that is due five working days later (trust.md C12), over 国庆 and 春节 with their working weekends.
        ("2026-09-30", 5, "2026-10-13"),  # off to the 7th; 8, 9, Saturday 10, 12, 13 October
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-02-13", 5, "2026-02-27"),  # Saturday 14; off 15 to 23; 24, 25, 26, 27 February
        ("2025-09-30", 5, "2025-10-14"),  # off to the 8th; 9, 10, Saturday 11, 13, 14 October
        ("2024-02-09", 5, "2024-02-22"),  # off 10 to 17; Sunday 18, 19, 20, 21, 22 February
        ("2020-01-23", 5, "2020-02-07"),  # the holiday that was made longer: off to 2 February; worked from Monday 3
        ("2023-09-28", 5, "2023-10-11"),  # two holidays as one: Saturday 7 and Sunday 8 were worked
        ("2026-11-20", 5, "2026-11-27"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_so_many_working_days_later_it_is(day: str, number: int, due: str) -> None:
    assert ANNOUNCED.after(date.fromisoformat(day), days=number) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "worked", "following", "before"),
    [
        ("2026-10-01", False, "2026-10-08", "2026-09-30"),
        ("2026-10-10", True, "2026-10-10", "2026-10-10"),  # a Saturday that makes up
        ("2026-02-20", False, "2026-02-24", "2026-02-14"),
        ("2026-11-28", False, "2026-11-30", "2026-11-27"),
        ("2018-12-31", False, "2019-01-02", "2018-12-29"),  # moved by the next year's notice
    ],
)
def test_a_day_that_is_not_worked_is_moved(day: str, worked: bool, following: str, before: str) -> None:
    asked = date.fromisoformat(day)
    assert ANNOUNCED.works_on(asked) is worked
    assert ANNOUNCED.first_from(asked) == date.fromisoformat(following)
    assert ANNOUNCED.last_until(asked) == date.fromisoformat(before)


def test_days_are_counted_forwards_and_somebody_works_some_day() -> None:
    with pytest.raises(ValueError, match="forwards"):
        ANNOUNCED.after(date(2026, 1, 1), days=-1)
    never = Calendar(off=frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + step) for step in range(800)))
    with pytest.raises(NoWorkingDays):
        never.first_from(date(2026, 2, 1))


def test_the_packaged_days_are_the_published_ones(real_data: Path) -> None:
    with (real_data / "holiday_cn" / "holiday_cn.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(date.fromisoformat(row["date"]), row["day"]) for row in csv.DictReader(lines)]
    assert {day for day, kind in rows if kind == "off"} == ANNOUNCED.off
    assert {day for day, kind in rows if kind == "work"} == ANNOUNCED.work
    assert ANNOUNCED.years == frozenset(range(2007, 2027))


@pytest.mark.django_db
def test_a_year_that_nobody_has_announced_is_worked_from_monday_to_friday_and_said_to_be_unknown() -> None:
    assert not workdays.covers(2027)
    assert workdays.works_on(date(2027, 10, 1))  # a Friday
    assert not workdays.works_on(date(2027, 10, 2))
    assert workdays.covers(2026)


@pytest.mark.django_db
def test_a_loaded_year_counts_at_once_and_a_repeat_changes_nothing(notice: Path, now: datetime) -> None:
    promised = calendar.due(hours=24, now=datetime.fromisoformat("2027-09-30T12:00+08:00"))
    said = StringIO()
    call_command("load_workdays", str(notice), source="国办发明电〔2026〕7号", stdout=said)
    assert said.getvalue() == "2027: 10 special days, edition 1\n"
    assert workdays.covers(2027)
    assert workdays.first_from(date(2027, 10, 1)) == date(2027, 10, 5)
    assert workdays.works_on(date(2027, 10, 9))
    assert not workdays.works_on(date(2026, 12, 31))  # the new year's notice moved a day of the old one
    assert workdays.works_on(date(2026, 10, 10))  # and left the rest of it alone
    later = calendar.due(hours=24, now=datetime.fromisoformat("2027-09-30T12:00+08:00"))
    assert (promised.date(), later.date()) == (date(2027, 10, 1), date(2027, 10, 5))
    row = Row.objects.get(act="workdays.loaded")
    assert row.subject == "workdays:2027"
    call_command("load_workdays", str(notice), source="again", stdout=said)
    assert "Nothing new" in said.getvalue()
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_a_year_that_was_changed_in_its_course_gets_a_second_edition(notice: Path, now: datetime) -> None:
    loader.load(notice, source="the first", now=now)
    notice.write_text(NOTICE.replace("2027-10-04,off", "2027-10-05,off"), encoding="utf-8")
    (second,) = loader.load(notice, source="the second", now=now)
    assert second.edition == 2
    assert workdays.works_on(date(2027, 10, 4))
    assert not workdays.works_on(date(2027, 10, 5))
    assert Notice.objects.get(edition=1).source == "the first"  # what was believed before is still known


@pytest.mark.django_db
def test_a_packaged_year_can_be_announced_anew(tmp_path: Path, now: datetime) -> None:
    lines = days.PACKAGED.read_text(encoding="utf-8").splitlines()
    again = [line for line in lines if line.startswith(("date", "2026"))]
    path = tmp_path / "2026.csv"
    path.write_text("\n".join(again), encoding="utf-8")
    assert loader.load(path, source="as packaged", now=now) == []
    path.write_text("\n".join([*again, "2026-11-23,off,a day nobody foresaw"]), encoding="utf-8")
    loader.load(path, source="anew", now=now)
    assert workdays.first_from(date(2026, 11, 21)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (NOTICE.replace("2027-10-09,work", "2027-10-09,maybe"), "maybe"),
        (NOTICE.replace("2027-10-02,off,国庆节\n", ""), "10-02"),
        (NOTICE.replace("2027-01-02,off", "2027-01-01,off"), "twice"),
        (NOTICE.replace("2027-01-02,off", "2027-02-30,off"), "no day"),
        (NOTICE.replace("2026-12-31,off", "2026-11-30,off"), "belongs to no year"),
        ("2027-01-01,off,元旦\n", "first line"),
        ("date,day,name\n2027-10-01,off,国庆节\n", "New Year"),
    ],
)
@pytest.mark.django_db
def test_a_file_that_is_no_notice_is_refused_whole(text: str, why: str, notice: Path) -> None:
    notice.write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile, match=why):
        read(notice)
    with pytest.raises(CommandError, match=why):
        call_command("load_workdays", str(notice), source="a test")
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_from_december_on_somebody_is_told_that_the_coming_year_is_missing(notice: Path, now: datetime) -> None:
    assert checks.missing_year(date(2026, 11, 30)) is None
    assert checks.missing_year(date(2026, 12, 1)) == 2027
    assert checks.missing_year(date(2027, 3, 1)) == 2027  # and it does not stop at New Year
    loader.load(notice, source="a test", now=now)
    assert checks.missing_year(date(2026, 12, 1)) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("today", "ids"), [("2026-11-23", []), ("2026-12-05", ["workdays.W001"])])
def test_the_check_of_the_portal_says_it(today: str, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.timezone, "localdate", lambda: date.fromisoformat(today))
    found = checks.the_coming_year_is_known(None, databases=["default"])
    assert [message.id for message in found] == ids
    assert checks.the_coming_year_is_known(None, databases=None) == []


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE workdays_notice SET days = '[]'", "DELETE FROM workdays_notice"])
@pytest.mark.as_owner
def test_what_was_loaded_is_never_edited(sql: str, notice: Path, now: datetime) -> None:
    loader.load(notice, source="a test", now=now)
    with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
