"""Cancel and pay at the same moment: exactly one wins, and both see it (hostile act 41)."""

import random
from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from ledger.models import Entry
from payments.models import Transfer
from payments.schedules.models import Schedule
from payments.schedules.refusals import HasEnded, MovedOn
from payments.schedules.rhythm import Unit
from payments.schedules.services import executing, keeping
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
DAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 6, tzinfo=ZoneInfo("Asia/Shanghai"))


def pay(schedule: Schedule, *, hold: Callable[[], Any] = lambda: None) -> str:
    with transaction.atomic():
        outcome = executing.carry_out(schedule_id=schedule.pk, nominal=DAY, day=DAY, last_try=False, now=MORNING)
        hold()
    return outcome


def cancel(two: money.Pair, schedule: Schedule) -> str:
    try:
        keeping.cancel(customer=two.payer, schedule_id=schedule.public_id, nominal=DAY, now=MORNING)
    except (HasEnded, MovedOn) as refusal:
        return type(refusal).__name__
    return "cancelled"


def beside(what: Callable[[], str], found: list[str]) -> Thread:
    def go() -> None:
        try:
            found.append(what())
        finally:
            connection.close()

    thread = Thread(target=go)
    thread.start()
    return thread


@pytest.mark.parametrize(("unit", "seen"), [(Unit.ONCE, "HasEnded"), (Unit.MONTH, "MovedOn")])
def test_who_cancels_while_it_is_paid_waits_and_is_told_that_it_was_paid(now, unit, seen):
    two = money.pair(now=now)
    schedule = make.agree(two, make.terms(two, unit=unit), now=now)
    paying, found = Event(), []
    threads = []

    def hold() -> None:
        threads.append(beside(lambda: cancel(two, schedule), found))
        paying.wait(0.5)  # time enough to overtake, were there no lock
        assert found == []

    assert pay(schedule, hold=hold) == "made"
    threads[0].join()
    assert found == [seen]
    assert Transfer.objects.count() == 1


def test_what_was_cancelled_first_is_not_paid(now):
    two = money.pair(now=now)
    schedule = make.agree(two, make.terms(two), now=now)
    found: list[str] = []
    with transaction.atomic():
        assert cancel(two, schedule) == "cancelled"
        thread = beside(lambda: pay(schedule), found)
        thread.join(0.5)
        assert found == []
    thread.join()
    assert found == ["gone"]
    assert not Entry.objects.filter(kind="payments.transfer").exists()


def test_at_the_very_same_moment_exactly_one_wins(now):
    two = money.pair(balance=5_000_00, now=now)
    chance = random.Random(20261123)
    for _round in range(8):
        schedule = make.agree(two, make.terms(two), now=now)
        start, paid, cancelled = Barrier(2), [], []
        acts = [
            beside(lambda start=start, one=schedule: (start.wait(), pay(one))[1], paid),
            beside(lambda start=start, one=schedule: (start.wait(), cancel(two, one))[1], cancelled),
        ]
        chance.shuffle(acts)
        for thread in acts:
            thread.join()
        schedule.refresh_from_db()
        moved = Transfer.objects.filter(occurrence__schedule=schedule).count()
        assert (paid, cancelled, moved, schedule.state) in [
            (["made"], ["HasEnded"], 1, "ended"),
            (["gone"], ["cancelled"], 0, "cancelled"),
        ]
