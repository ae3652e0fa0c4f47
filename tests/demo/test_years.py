"""The demo bank knows the holidays of the years to come, until their notices are out."""

from datetime import date, datetime
from pathlib import Path

import pytest

from core import workdays
from core.workdays import loader
from portal.demo import bank

pytestmark = pytest.mark.django_db


def test_the_days_of_years_whose_notice_is_not_out_yet_are_known_to_the_demo_and_a_real_notice_stays(
    now: datetime, tmp_path: Path
) -> None:
    bank._years_to_come(now=now)
    assert [workdays.covers(year) for year in (2027, 2030, 2031)] == [True, True, False]
    assert not workdays.works_on(date(2027, 2, 8))  # the third day of the new year
    notice = tmp_path / "2027.csv"
    off = ("01-01", "01-04", "05-01", "10-01", "10-02", "10-03")
    notice.write_text("date,day,name\n" + "".join(f"2027-{day},off,\n" for day in off), encoding="utf-8")
    loader.load(notice, source="the notice", now=now)
    bank._years_to_come(now=now)
    assert not workdays.works_on(date(2027, 1, 4))
    assert workdays.works_on(date(2027, 2, 8))
