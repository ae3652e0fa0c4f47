"""Accounts are opened by code, once; closed when empty; their chart is the bank's."""

import pytest
from django.db import transaction

from ledger import accounts, chart, posting
from ledger.models import Account
from ledger.money import UnknownCurrency
from tests.factories import ledger as make

pytestmark = pytest.mark.django_db


def test_opening_twice_answers_the_same_account() -> None:
    first = make.running(code="6222")
    assert make.running(code="6222").pk == first.pk
    with pytest.raises(accounts.CodeTaken), transaction.atomic():
        make.running(code="6222", currency="USD")
    assert Account.objects.count() == 1


def test_an_account_in_an_unknown_currency_is_not_opened() -> None:
    with pytest.raises(UnknownCurrency):
        make.running(currency="ZZZ")


def test_an_internal_account_has_no_floor() -> None:
    with pytest.raises(accounts.Malformed), transaction.atomic():
        accounts.open_account(
            code="x", name="x", kind="asset", currency="CNY", running=False, floor=0, now=make.OPENED
        )  # fmt: skip
    with pytest.raises(accounts.Malformed), transaction.atomic():
        accounts.set_floor(account_id=make.internal().pk, floor=0)


def test_a_floor_moves_only_where_the_balance_allows() -> None:
    account = make.running(amount=100, floor=-500)
    make.book((account, -300), (make.internal(), 300))
    with pytest.raises(accounts.BelowFloor), transaction.atomic():
        accounts.set_floor(account_id=account.pk, floor=-199)
    accounts.set_floor(account_id=account.pk, floor=-200)
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        make.book((account, -1), (make.internal(), 1))
    accounts.set_floor(account_id=account.pk, floor=None)
    make.book((account, -(10**12)), (make.internal(), 10**12))


def test_only_an_empty_account_is_closed() -> None:
    account, cash = make.running(amount=100), make.internal()
    for full in (account, cash):
        with pytest.raises(accounts.AccountNotEmpty), transaction.atomic():
            accounts.close_account(account_id=full.pk)
    make.book((account, -100), (cash, 100))
    for empty in (account, cash):
        accounts.close_account(account_id=empty.pk)
        accounts.close_account(account_id=empty.pk)
    assert not Account.objects.filter(status="open").exists()


def test_held_money_keeps_an_account_open() -> None:
    account = make.running(floor=-100)
    hold = posting.place_hold(key="h", account_id=account.pk, amount=50)
    with pytest.raises(accounts.AccountNotEmpty), transaction.atomic():
        accounts.close_account(account_id=account.pk)
    posting.release_hold(hold_id=hold.hold_id)
    accounts.close_account(account_id=account.pk)
    with pytest.raises(posting.AccountClosed), transaction.atomic():
        posting.place_hold(key="h2", account_id=account.pk, amount=50)


def test_the_banks_own_accounts_are_opened_once_for_each_currency() -> None:
    first = chart.ensure("CNY", now=make.OPENED)
    assert chart.ensure("CNY", now=make.OPENED) == first
    assert set(first) == set(chart.INTERNAL)
    assert chart.find("cash", "CNY") == first["cash"]
    assert chart.ensure("USD", now=make.OPENED)["cash"] != first["cash"]
    assert not Account.objects.filter(running=True).exists()
    banks = chart.ensure_banks(["AB", "CD"], currency="CNY", now=make.OPENED)
    assert chart.find("due-from-bank:AB", "CNY") == banks["AB"]
    with pytest.raises(KeyError):
        chart.code("slush-fund", "CNY")
