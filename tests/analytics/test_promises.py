"""What was promised about payments is held against what happened, way by way, in one query."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from analytics import promises
from core import policy
from ledger.calendar import business_date
from payments.models import Transfer
from payments.schedules.models import Schedule
from tests.factories import clearing, schedules
from tests.factories import crossborder as abroad
from tests.factories import payments as make
from tests.payments.conftest import paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The books write down the real moment."""
    return timezone.now()


def counted(now: datetime, *, days: int = 2) -> dict[str, tuple[int, int]]:
    today = business_date(now)
    found = promises.kept(since=today - timedelta(days=days), until=today + timedelta(days=days), now=now)
    return {one.way: (one.kept, one.broken) for one in found}


def test_money_within_the_bank_is_there_when_the_check_page_says(now: datetime) -> None:
    two = make.pair(now=now)
    paid(two, 1_00, now)
    paid(two, 1_00, now - timedelta(minutes=1))  # the books took it a minute after it was confirmed
    made = Transfer.objects.order_by("id")[0]
    assert made.confirmed_at is not None
    assert made.promised_by == made.confirmed_at + timedelta(seconds=10)
    assert counted(now)["within the bank"] == (1, 1)


def test_a_payment_to_another_bank_is_late_come_back_or_in_time(now: datetime, tmp_path: Path) -> None:
    two = make.pair(balance=5_000_00, now=now)
    payer, there = clearing.Payer(two.payer, two.source), clearing.OtherSide(tmp_path)
    made = [clearing.accepted(payer, 1_00 + number, now=now) for number in range(4)]
    by = made[0].promised_by
    late = by + timedelta(seconds=1)
    assert counted(by)["to another bank"] == (0, 0), "nobody knows yet"
    assert counted(late)["to another bank"] == (0, 4), "under way past the promise"
    there.round(now)
    there.put(there.status(made[0], now=by))
    there.round(by)
    there.put(there.status(made[1], now=late))
    there.put(there.status(made[2], "RJCT", code="AC04", now=late))
    there.round(late)
    assert counted(late)["to another bank"] == (1, 2), "in time | late, and under way past the promise"


def test_a_date_that_was_agreed_and_nobody_carried_out_is_broken(now: datetime) -> None:
    two = make.pair(now=now)
    one = schedules.one_of(two, now=now)
    assert counted(now)["on a date"] == (0, 0)
    Schedule.objects.filter(pk=one.pk).update(next_day=business_date(now) - timedelta(days=1))
    assert counted(now)["on a date"] == (0, 1)


def test_the_command_says_it_for_people_and_for_machines_in_one_query(now: datetime, django_assert_num_queries) -> None:
    two = make.pair(now=now)
    for _ in range(3):
        paid(two, 1_00, now)
    paid(two, 1_00, now - timedelta(minutes=1))
    out = StringIO()
    with django_assert_num_queries(1):
        call_command("promises_kept", "--json", stdout=out)
    ways = {way["way"]: way for way in json.loads(out.getvalue())["ways"]}
    assert ways["within the bank"] == {"way": "within the bank", "kept": 3, "broken": 1, "per_cent": "75.00"}
    assert ways["on a date"]["per_cent"] == ""
    out = StringIO()
    call_command("promises_kept", stdout=out)
    assert "75.00 % kept" in out.getvalue()
    assert "none to judge" in out.getvalue()


def test_a_share_is_never_rounded_up_to_a_whole() -> None:
    assert promises.Kept("x", 99_999, 1).share == "99.99"
    assert promises.Kept("x", 1, 0).share == "100.00"


def test_abroad_the_day_of_the_arrival_counts_and_what_is_overdue_is_broken(tmp_path: Path, settings: Any) -> None:
    policy.forget()
    now = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
    by = abroad.sender(now=now)
    side = abroad.correspondent(tmp_path, settings, now=now)
    kept, late, overdue, back = (abroad.sent(by, 100_00, side, source=by.dollars, now=now) for _each in range(4))
    assert kept.promised_on == date(2026, 11, 26)
    last = datetime(2026, 11, 26, 23, 59, tzinfo=now.tzinfo)
    side.put(side.status(kept, now=last))
    side.put(side.returned(back, now=last))
    side.round(last)
    assert counted(last, days=5)["abroad"] == (1, 0)
    after = last + timedelta(minutes=1)
    side.put(side.status(late, now=after))
    side.round(after)
    assert counted(after, days=5)["abroad"] == (1, 2)  # the one that came back counts as neither
    assert abroad.again(overdue).state == "sent"


def test_a_date_that_was_paid_to_another_bank_counts_as_one(now: datetime) -> None:
    two = make.pair(now=now)
    payment = clearing.accepted(clearing.Payer(two.payer, two.source), 1_00, now=now)
    order = schedules.one_of(two, now=now)
    day = business_date(now)
    order.occurrences.create(nominal=day, day=day, state="made", amount=1_00, payment=payment, at=now)
    assert counted(now)["on a date"] == (1, 0)
