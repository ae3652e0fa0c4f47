"""Balances and pages are read without summing history; an internal account's balance is exact at every moment."""

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from ledger import balances, tasks
from ledger.models import Account, RollUp
from ledger.rollups import roll_up
from tests.factories import ledger as make
from tests.ledger.support import booked


@pytest.mark.django_db
def test_balances_of_many_accounts_are_one_query() -> None:
    some = [make.running(amount=100 + i) for i in range(3)]
    cash = make.internal()
    with CaptureQueriesContext(connection) as captured:
        found = balances.of([*(account.pk for account in some), cash.pk, 10**9])
    assert len(captured) == 1
    assert [found[account.pk].booked for account in some] == [100, 101, 102]
    assert found[cash.pk].booked == -303
    assert 10**9 not in found


@pytest.mark.django_db
def test_pages_of_lines_follow_each_other_without_gap_or_overlap() -> None:
    account = make.running()
    for amount in range(1, 8):
        make.pay_in(account, amount)
    first = balances.lines(account.pk, limit=3)
    second = balances.lines(account.pk, before=first[-1].number, limit=3)
    third = balances.lines(account.pk, before=second[-1].number, limit=3)
    assert [line.number for line in first + second + third] == [7, 6, 5, 4, 3, 2, 1]
    assert [line.number for line in balances.lines(account.pk, after=5)] == [7, 6]
    assert balances.lines(account.pk, before=1) == []


@pytest.mark.django_db
def test_the_trial_balance_has_equal_sides_in_each_currency() -> None:
    make.running(amount=700)
    make.running(amount=300, currency="USD")
    rows = balances.trial()
    assert {(row.currency, row.kind, row.debit, row.credit) for row in rows} == {
        ("CNY", "asset", 700, 0), ("CNY", "liability", 0, 700), ("USD", "asset", 300, 0), ("USD", "liability", 0, 300),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_roll_up_changes_no_balance_and_moves_on() -> None:
    account, cash = make.running(amount=100), make.internal()
    assert roll_up() == 1
    assert RollUp.objects.get(account=cash).balance == booked(cash) == -100
    make.pay_in(account, 11)
    assert booked(cash) == -111
    assert RollUp.objects.get(account=cash).balance == -100
    assert roll_up() == 1
    assert RollUp.objects.get(account=cash).balance == booked(cash) == -111
    assert roll_up() == 0
    make.pay_in(account, 9)
    tasks.roll_up()
    assert RollUp.objects.get(account=cash).balance == booked(cash) == -120


def _book_elsewhere(account: Account, cash: Account, amount: int) -> BaseDatabaseWrapper:
    """Book on a connection of its own and leave the transaction open."""
    elsewhere = connection.copy()
    elsewhere.set_autocommit(False)
    with elsewhere.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_post(%s, 'test.slow', 'system', '2026-11-23', %s, %s)",
            [make.key(), [account.pk, cash.pk], [amount, -amount]],
        )
    return elsewhere


@pytest.mark.django_db(transaction=True)
def test_a_roll_up_waits_for_a_booking_that_is_still_under_way() -> None:
    """A line drawn before the mark and committed after it must not be lost between roll-up and rest."""
    account, other, cash = make.running(amount=1), make.running(), make.internal()
    slow = _book_elsewhere(account, cash, 1_000)
    try:
        make.pay_in(other, 5)  # a later number, committed first
        assert [roll_up() for _ in range(3)] == [0, 0, 0]
        assert booked(cash) == -6
        slow.commit()
        assert booked(cash) == -1_006
        assert roll_up() == 1
        assert RollUp.objects.get(account=cash).balance == booked(cash) == -1_006
    finally:
        slow.close()


@pytest.mark.django_db(transaction=True)
def test_roll_ups_move_on_under_bookings_that_never_pause() -> None:
    """There is always somebody at work; the mark still moves, because those of back then are done."""
    one, two, cash = make.running(amount=1), make.running(amount=1), make.internal()
    first = _book_elsewhere(one, cash, 10)
    roll_up()
    second = _book_elsewhere(two, cash, 100)
    try:
        assert roll_up() == 0
        first.commit()
        assert roll_up() == 1  # to the mark set while `first` was at work, though `second` is
        assert RollUp.objects.get(account=cash).balance == booked(cash) == -12
        second.commit()
        assert booked(cash) == -112
        roll_up()
        assert RollUp.objects.get(account=cash).balance == booked(cash) == -112
    finally:
        first.close()
        second.close()


@pytest.mark.django_db
def test_an_account_in_the_chart_is_shown_by_code_and_currency() -> None:
    assert str(Account.objects.get(pk=make.internal("nostro").pk)) == "nostro:CNY (CNY)"
