"""The managers' facts are what the books say: nothing missed, nothing twice, whatever commits late or is killed."""

import random
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Customer
from analytics import proof, rollup
from analytics.models import DailyFact, HoldingFact, MonthlyFact, Progress

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 10)
FAR = date(2027, 1, 1)


def facts():
    return {
        (f.business_date, f.channel, f.kind, f.direction, f.currency, f.district): (f.movements, int(f.value))
        for f in DailyFact.objects.all()
    }


def test_movements_are_counted_by_day_channel_kind_direction_currency_and_district(open_bank, now):
    bank = open_bank()
    alba, brno = bank.account(district=0), bank.account(district=1)
    nowhere, yen = bank.account(district=None), bank.account(district=0, currency="JPY")
    bank.move(alba, 1000, DAY)
    bank.move(alba, 500, DAY)
    bank.move(alba, -300, DAY, channel="card", kind="test.card")
    bank.move(brno, 7, DAY + timedelta(days=30))
    bank.move(nowhere, 9, DAY)
    bank.move(yen, 80, DAY)
    rollup.roll_up(now=now)
    a, b = (district.id for district in bank.districts)
    assert facts() == {
        (DAY, "counter", "test.cash", "in", "CNY", a): (2, 1500),
        (DAY, "card", "test.card", "out", "CNY", a): (1, 300),
        (DAY + timedelta(days=30), "counter", "test.cash", "in", "CNY", b): (1, 7),
        (DAY, "counter", "test.cash", "in", "CNY", 0): (1, 9),
        (DAY, "counter", "test.cash", "in", "JPY", a): (1, 80),
    }
    assert MonthlyFact.objects.get(month=date(2026, 3, 1), channel="counter", currency="CNY", district=a).value == 1500
    assert proof.differences(before=FAR) == []


def test_rolling_up_again_changes_nothing_and_new_movements_are_added(open_bank, now):
    bank = open_bank()
    account = bank.account()
    bank.move(account, 1000, DAY)
    rollup.roll_up(now=now)
    before = facts()
    rollup.roll_up(now=now)
    assert facts() == before
    bank.move(account, 5, DAY)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(2, 1005)]


@pytest.mark.race
def test_an_entry_that_commits_late_is_counted_once_although_later_ones_came_first(open_bank, now):
    bank = open_bank()
    account, other = bank.account(), bank.account()
    booked, finish = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                bank.move(other, 11, DAY)
                booked.set()
                assert finish.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert booked.wait(20)
    bank.move(account, 1000, DAY)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(1, 1000)]  # the older transaction delays nobody
    bank.move(account, 1, DAY)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(2, 1001)]
    finish.set()
    thread.join()
    rollup.roll_up(now=now)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(3, 1012)]


@pytest.mark.race
def test_roll_ups_and_bookings_side_by_side_end_in_agreement(open_bank, now):
    bank = open_bank()
    accounts = [bank.account(district=n % 2) for n in range(4)]
    stop, finished = threading.Event(), []

    def thread(job):
        def run():
            try:
                job()
                finished.append(job)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def book():
        chance = random.Random(threading.get_ident())
        for _n in range(40):
            bank.move(chance.choice(accounts), chance.choice([-5, 7, 100]), DAY + timedelta(chance.randrange(60)))
            bank.move(chance.choice(accounts), chance.randrange(1, 50), DAY)

    def roll():
        while not stop.is_set():
            rollup.roll_up(now=now)

    bookers, rollers = [thread(book) for _ in range(3)], [thread(roll) for _ in range(2)]
    for one in bookers + rollers:
        one.start()
    for one in bookers:
        one.join()
    stop.set()
    for one in rollers:
        one.join()
    rollup.roll_up(now=now)
    assert len(finished) == 5
    assert sum(count for count, _value in facts().values()) == 3 * 40 * 2
    assert proof.differences(before=FAR) == []


def test_a_run_that_was_killed_between_two_steps_goes_on_where_it_stopped(open_bank, now, monkeypatch):
    bank = open_bank()
    account = bank.account()
    for n in range(10):
        bank.move(account, 1, DAY + timedelta(n))
    monkeypatch.setattr(rollup, "STEP", 3)

    class Killed(BaseException):
        pass

    def kill(reached, last):
        if reached < last:
            kills.append(reached)
            if len(kills) == 2:
                raise Killed

    kills = []
    with pytest.raises(Killed):
        rollup.roll_up(now=now, tell=kill)
    assert sum(count for count, _value in facts().values()) == 3  # the first step stands, the second is undone
    assert Progress.objects.get().target is not None
    bank.move(account, 1, DAY)  # comes in meanwhile: it belongs to the next run
    rollup.roll_up(now=now)
    rollup.roll_up(now=now)
    assert sum(count for count, _value in facts().values()) == 11
    assert proof.differences(before=FAR) == []


def test_counting_anew_gives_the_same_and_mends_damaged_facts(open_bank, now):
    bank = open_bank()
    account = bank.account()
    for n in range(5):
        bank.move(account, 100 - n, DAY + timedelta(n))
    rollup.roll_up(now=now)
    right = facts()
    DailyFact.objects.filter(business_date=DAY).update(value=Decimal(1))
    assert [(d.table, d.day, d.facts, d.books) for d in proof.differences(before=FAR)] == [
        ("daily", DAY, (1, 1), (1, 100))
    ]
    rollup.rebuild(now=now)
    assert facts() == right
    assert proof.differences(before=FAR) == []


def test_a_restored_dump_whose_transaction_numbers_are_from_elsewhere_is_counted_once(open_bank, now):
    """The last run saw numbers far above this server's, as after a restore into a fresh one."""
    bank = open_bank()
    account = bank.account()
    bank.move(account, 100, DAY)
    rollup.roll_up(now=now)
    Progress.objects.update(horizon=2**40)
    bank.move(account, 1, DAY)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(2, 101)]
    bank.move(account, 1, DAY)
    rollup.roll_up(now=now)
    assert list(facts().values()) == [(3, 102)]


@pytest.mark.as_owner
def test_entries_with_transaction_numbers_yet_to_come_are_counted_once_too(open_bank, now):
    bank = open_bank()
    account = bank.account()
    foreign = bank.move(account, 100, DAY)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE ledger_entry SET xid = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 5)::text::xid8
                WHERE id = %s""",
            [foreign],
        )
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    Progress.objects.create(horizon=2**40)
    for _n in range(3):
        bank.move(account, 1, DAY)
        rollup.roll_up(now=now)
    for _n in range(10):  # this server's numbers pass those of the foreign entry
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        rollup.roll_up(now=now)
    assert list(facts().values()) == [(4, 103)]


def test_accounts_and_customers_are_counted_by_day_and_district(open_bank, now):
    bank = open_bank()
    a, b = (district.id for district in bank.districts)
    bank.account(district=0), bank.account(district=0)
    closing = bank.account(district=1)
    bank.customer(district=0)
    bank.customer(district=0, standing="new")
    rollup.roll_up(now=now)
    holdings = {(h.day, h.district): (h.accounts, h.customers) for h in HoldingFact.objects.all()}
    opened = date(2026, 1, 5)
    assert holdings == {(opened, a): (2, 0), (opened, b): (1, 0), (date(2026, 11, 23), a): (0, 1)}
    closing.status = "closed"
    closing.save()
    Customer.objects.update(standing="closed")
    rollup.roll_up(now=now)
    assert [(h.day, h.district, h.accounts) for h in HoldingFact.objects.all()] == [(opened, a, 2)]


def test_the_command_rolls_up_counts_anew_and_proves(open_bank, now, capsys):
    bank = open_bank()
    bank.move(bank.account(), 100, DAY)
    call_command("roll_up_facts", "--check")
    assert "agree" in capsys.readouterr().out
    DailyFact.objects.all().delete()
    with pytest.raises(SystemExit):
        call_command("roll_up_facts", "--check")
    assert "daily 2026-03-10 counter in CNY: facts 0 / 0, books 1 / 100" in capsys.readouterr().out
    call_command("roll_up_facts", "--rebuild", "--check")
    assert "agree" in capsys.readouterr().out
