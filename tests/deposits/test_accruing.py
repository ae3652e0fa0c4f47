"""The sums of daily balances: each day once, whatever is missed, repeated or booked out of turn."""

import random
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import BankAccount
from ledger import accounts as ledger_accounts
from ledger import posting
from products.deposits import accruing, books, days, figures
from products.deposits.models import Accrual, Settlement
from tests.factories import deposits as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db
FIRST = date(2026, 9, 21)


@pytest.fixture
def account(now: datetime) -> BankAccount:
    make.begins(FIRST - timedelta(days=1))
    made = money.account(money.customer(now=now), now=now)
    BankAccount.objects.filter(pk=made.pk).update(opened_on=FIRST)
    made.refresh_from_db()
    return made


def test_a_day_is_counted_with_what_stood_there_when_it_ended(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    make.book(account, -40_00, FIRST + timedelta(days=2), now=now)
    make.end(FIRST, account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 100_00
    make.end(FIRST + timedelta(days=1), account)
    make.end(FIRST + timedelta(days=2), account)
    row = Accrual.objects.get(bank_account=account)
    assert (row.since, row.until, row.through) == (FIRST, date(2026, 12, 20), FIRST + timedelta(days=2))
    assert row.daily_balances == 100_00 + 100_00 + 60_00


def test_a_day_that_is_carried_out_again_counts_once(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    for _ in range(3):
        make.end(FIRST, account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 100_00


def test_days_that_were_missed_are_made_up_for(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    make.book(account, 50_00, FIRST + timedelta(days=4), now=now)
    make.end(FIRST + timedelta(days=9), account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 4 * 100_00 + 6 * 150_00


def test_what_is_booked_after_midnight_belongs_to_the_next_day(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    make.book(account, 900_00, FIRST + timedelta(days=1), now=now)
    make.book(account, 11_00, FIRST, now=now)  # somebody who began before midnight, and is written down later
    make.end(FIRST, account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 111_00
    make.end(FIRST + timedelta(days=1), account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 111_00 + 1011_00


def test_money_that_is_held_earns_on(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    posting.place_hold(key="held", account_id=account.ledger_account_id, amount=90_00, reason="test")
    make.end(FIRST, account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 100_00


def test_days_below_zero_count_as_nothing(account: BankAccount, now: datetime) -> None:
    ledger_accounts.set_floor(account_id=account.ledger_account_id, floor=-1_000_00)
    make.book(account, 100_00, FIRST, now=now)
    make.book(account, -300_00, FIRST + timedelta(days=1), now=now)
    make.book(account, 250_00, FIRST + timedelta(days=3), now=now)
    make.end(FIRST + timedelta(days=4), account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 100_00 + 0 + 0 + 50_00 + 50_00


def test_an_account_is_counted_from_its_opening_and_not_before_the_bank_began(now: datetime) -> None:
    make.begins(FIRST - timedelta(days=1))
    old, new = (money.account(money.customer(now=now), now=now) for _ in range(2))
    BankAccount.objects.filter(pk=old.pk).update(opened_on=date(2001, 5, 1))
    BankAccount.objects.filter(pk=new.pk).update(opened_on=FIRST + timedelta(days=3))
    for each in (old, new):
        make.book(each, 100_00, FIRST - timedelta(days=30) if each is old else FIRST + timedelta(days=3), now=now)
    make.end(FIRST + timedelta(days=2), old, new)
    assert Accrual.objects.get(bank_account=old).daily_balances == 3 * 100_00
    assert not Accrual.objects.filter(bank_account=new).exists()
    make.end(FIRST + timedelta(days=3), old, new)
    assert Accrual.objects.get(bank_account=new).daily_balances == 100_00


def test_a_currency_without_a_rate_is_not_counted_and_none_is_guessed(now: datetime) -> None:
    crowns = money.account(money.customer(now=now), currency="CZK", now=now)
    BankAccount.objects.filter(pk=crowns.pk).update(opened_on=FIRST)
    make.book(crowns, 100_00, FIRST, now=now)
    assert "CZK" not in figures.currencies(on=FIRST)
    make.end(FIRST, crowns)
    assert not Accrual.objects.filter(bank_account=crowns).exists()
    assert accruing.running(crowns.pk, day=FIRST) is None


@pytest.mark.parametrize("seed", range(12))
def test_any_history_carried_out_in_any_strides_comes_to_what_paper_and_pencil_do(
    account: BankAccount, now: datetime, seed: int
) -> None:
    dice = random.Random(seed)
    day, last = FIRST, FIRST + timedelta(days=200)
    make.book(account, 5_000_00, FIRST, now=now)
    while day <= last:
        for _ in range(dice.choice([0, 0, 0, 1, 2, 5])):
            # Some of what is booked counts for the next day before the one that is ending is carried out.
            make.book(account, dice.randint(-20_00, 60_00) or 1, day + timedelta(days=dice.choice([0, 0, 1])), now=now)
        if dice.random() < 0.3:
            make.end(day, account)
        day += timedelta(days=1)
    make.end(last, account)
    row = Accrual.objects.get(bank_account=account)
    assert row.daily_balances == make.by_hand(account, row.since, last)
    periods = list(Settlement.objects.filter(bank_account=account).order_by("first_day"))
    assert [(one.first_day, one.last_day) for one in periods] == [
        (FIRST, date(2026, 12, 20)), (date(2026, 12, 21), date(2027, 3, 20)),
    ]  # fmt: skip
    for one in periods:
        assert one.daily_balances == make.by_hand(account, one.first_day, one.last_day)
        assert one.interest == make.rounded(one.daily_balances)


def test_a_look_at_today_says_what_carrying_out_would_write(account: BankAccount, now: datetime) -> None:
    make.book(account, 100_00, FIRST, now=now)
    make.end(FIRST + timedelta(days=3), account)
    make.book(account, 23_00, FIRST + timedelta(days=5), now=now)
    day = FIRST + timedelta(days=20)
    seen = accruing.running(account.pk, day=day)
    assert Accrual.objects.get(bank_account=account).through == FIRST + timedelta(days=3)
    make.end(day, account)
    row = Accrual.objects.get(bank_account=account)
    assert seen == accruing.Running(row.since, row.until, row.through, row.daily_balances)
    assert seen == accruing.running(account.pk, day=day)


def test_a_bucket_costs_the_same_for_one_account_and_for_three(account: BankAccount, now: datetime) -> None:
    def cost(day: date) -> int:
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            days.carry_out(bucket=account.pk // accruing.BUCKET, day=day, now=make.moment(day))
        return len(seen)

    make.book(account, 100_00, FIRST, now=now)
    cost(FIRST)
    one = cost(FIRST + timedelta(days=1))
    for _ in range(2):
        more = money.account(account.dispositions.get().customer, currency="CNY", now=now)
        BankAccount.objects.filter(pk=more.pk).update(opened_on=FIRST)
        make.book(more, 100_00, FIRST, now=now)
    assert cost(FIRST + timedelta(days=2)) == one


def test_the_first_day_that_is_carried_out_is_the_first_that_counts_also_for_accounts_that_failed_then(
    now: datetime,
) -> None:
    one, two = (money.account(money.customer(now=now), now=now) for _ in range(2))
    BankAccount.objects.filter(pk__in=[one.pk, two.pk]).update(opened_on=FIRST - timedelta(days=90))
    for each in (one, two):
        make.book(each, 100_00, FIRST - timedelta(days=90), now=now)
    assert accruing.running(one.pk, day=FIRST) is None
    books.begin(after=FIRST - timedelta(days=1), now=now)
    accruing.advance(low=one.pk, high=one.pk + 1, day=FIRST)
    make.end(FIRST + timedelta(days=1), one, two)
    for each in (one, two):
        seen = Accrual.objects.get(bank_account=each)
        assert (seen.since, seen.daily_balances) == (FIRST, 200_00)
