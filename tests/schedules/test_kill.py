"""The business day is killed at random moments and begun again: the same books as if nothing had happened.

PORTAL_KILLS=50 kills more often; the seed is printed with a failure.
"""

import hashlib
import json
import os
import random
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from core.runs import engine
from core.runs.models import Item, Run
from ledger import checks
from payments.models import Transfer
from payments.schedules.models import Occurrence
from payments.schedules.rhythm import Unit
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
KILLS = int(os.environ.get("PORTAL_KILLS", "10"))
SEED = int(os.environ.get("PORTAL_SEED", "20261123"))
PAYERS = 12 + KILLS
FIRST = date(2026, 11, 24)
END = datetime(2026, 11, 28, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # four dates lie behind, and are to be closed
PATIENCE = 300  # seconds

# Everything that money is, and everything that was promised, in an order that does not hang on who came when.
BOOKS = """
    SELECT 'line', a.id, l.amount, e.business_date::text, e.kind, l.balance_after, e.key
      FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_entry e ON e.id = l.entry_id
     WHERE a.running
     UNION ALL
    SELECT 'date', o.schedule_id, o.amount, o.nominal::text, o.state || ' ' || o.reason,
           (o.transfer_id IS NOT NULL)::int, o.day::text
      FROM schedules_occurrence o
     UNION ALL
    SELECT 'order', s.id, s.paid_total, s.next_nominal::text, s.state || ' ' || s.ended_because, s.paid_count,
           s.next_day::text
      FROM schedules_schedule s
     UNION ALL
    SELECT 'told', n.user_id, 0, '', n.event, count(*), '' FROM inbox_notice n GROUP BY 2, 5
     UNION ALL
    SELECT 'fact', 0, 0, '', f.kind, count(*), '' FROM outbox_fact f GROUP BY 5
     ORDER BY 1, 2, 3, 4, 5, 6, 7
"""


def books() -> list[tuple[Any, ...]]:
    """The state of the books and of every order."""
    with connection.cursor() as cursor:
        cursor.execute(BOOKS)
        return list(cursor.fetchall())


def digest(rows: list[tuple[Any, ...]]) -> str:
    """One figure for all of it."""
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def catch_up() -> bool:
    reached = engine.catch_up(name="end_of_day", clock=lambda: END)
    return bool(reached) and reached[-1].day > date(2026, 11, 27)


def lay(now: datetime) -> None:
    """Orders of every fate: paid daily, once, until a total; short in the morning, short for good, beyond the limit."""
    Run.objects.create(name="end_of_day", day=FIRST - timedelta(days=1), state="done", started_at=now, finished_at=now)
    kinds: list[dict[str, Any]] = [
        {"unit": Unit.DAY}, {"unit": Unit.DAY, "total": 250_00}, {"unit": Unit.DAY, "count": 2, "notice_days": 1}, {},
        {"unit": Unit.DAY, "amount": 400_00}, {"amount": 2_000_00},
    ]  # fmt: skip
    for number in range(PAYERS):
        two = money.pair(balance=1_000_00, now=now)
        for given in (kinds[number % 6], kinds[(number + 1) % 6]):
            make.agree(two, make.terms(two, **{"starts_on": FIRST.isoformat(), **given}), now=now)


@contextmanager
def child() -> Iterator[int]:
    """A process that carries the day out, with a connection of its own."""
    connection.close()
    number = os.fork()
    if number == 0:
        code = 1
        try:
            while True:
                try:
                    if catch_up():
                        break
                except engine.Busy:  # the server has not noticed yet that the one before was killed
                    pass
                time.sleep(0.01)
            code = 0
        except BaseException:  # noqa: BLE001 - nothing may leave this process but its exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    try:
        yield number
    finally:
        try:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def test_killed_at_random_moments_the_day_ends_with_the_same_books(now):
    lay(now)
    with transaction.atomic():  # the undisturbed run, of which nothing stays
        began = time.monotonic()
        while not catch_up():
            pass
        took = time.monotonic() - began
        expected = books()
        transaction.set_rollback(True)
    assert digest(books()) != digest(expected)

    chance, killed, ended = random.Random(SEED), 0, None
    deadline = time.monotonic() + PATIENCE
    while ended is None:
        assert time.monotonic() < deadline, f"not done after {killed} kills"
        with child() as number:
            if killed < KILLS:
                time.sleep(chance.uniform(0.01, 1.5 * took / (KILLS + 1)))
            found, status = os.waitpid(number, 0 if killed >= KILLS else os.WNOHANG)
            if found:
                ended = os.waitstatus_to_exitcode(status)
            else:
                killed += 1
    assert ended == 0
    assert killed >= KILLS * 0.7, f"the day was done after {killed} kills"
    found_rows = books()
    other = [row for row in found_rows if row not in set(expected)]
    assert other == [], f"seed {SEED}, {killed} kills"
    lost = [row for row in expected if row not in set(found_rows)]
    assert lost == [], f"seed {SEED}, {killed} kills"
    assert digest(found_rows) == digest(expected)
    assert checks.drift() == []
    # Each date is done once, none is parked, and no date has two payments.
    assert set(Run.objects.filter(day__range=(FIRST, date(2026, 11, 27))).values_list("state", flat=True)) == {"done"}
    assert not Item.objects.exclude(state="done").exists()
    assert Occurrence.objects.filter(state="made").count() == Transfer.objects.count() > 50
