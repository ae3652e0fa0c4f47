"""Valuing the position: what a day gained or lost is booked once, from that day's bookings at that day's rate."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from core.runs.models import Run
from ledger import balances
from ledger.models import Account, Entry
from ledger.money import Money
from payments.exchange import quotes, reporting
from payments.exchange.models import Revaluation
from payments.exchange.refusals import NoRate
from payments.exchange.services.revaluing import revalue
from payments.exchange.steps import VALUATION
from tests.exchange.test_quotes import ask, book
from tests.factories import exchange as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(now):
    """Somebody has sold the bank 1,000 dollars at a reference rate of 7.20."""
    make.rates(now=now)
    made = make.traveller(now=now)
    sell(made, "1000", now)
    return made


def sell(two, amount, now):
    quote = ask(two.customer, sell=Money.of(amount, "USD"), now=now)
    with transaction.atomic():
        book(quotes.take(quote_id=quote.id, customer=two.customer, now=now), two.foreign, two.yuan, now)


def result() -> int:
    account = Account.objects.filter(code="fx-result:CNY").values_list("pk", flat=True).first()
    return balances.of([account])[account].booked if account else 0


def test_a_gain_and_a_loss_are_booked_from_the_days_rate_and_add_up(two, now):
    today = now.date()
    make.rates(day=today, USD="1.1", now=now)  # 8.1 / 1.1 = 7.363636…
    assert revalue(currency="USD", day=today, now=now) == "booked"
    assert result() == 163_64  # 7,363.64 less 7,200.00
    tomorrow = today + timedelta(days=1)
    make.rates(day=tomorrow, USD="1.2", now=now)  # 6.75
    assert revalue(currency="USD", day=tomorrow, now=now) == "booked"
    assert result() == 163_64 - 613_64 == -450_00, "6,750.00 less 7,200.00, over both days"
    row = Revaluation.objects.get(day=tomorrow)
    assert (row.position, row.before, row.worth, row.result, row.rate_day) == (
        1_000_00, -7_363_64, 6_750_00, -613_64, tomorrow,
    )  # fmt: skip


def test_a_day_is_valued_once_and_what_counts_for_the_next_day_is_left_out(two, now):
    today = now.date()
    make.rates(day=today, USD="1.1", now=now)
    later = now + timedelta(days=1)
    sell_later = ask(two.customer, sell=Money.of("10", "USD"), now=now)
    with transaction.atomic():
        book(quotes.take(quote_id=sell_later.id, customer=two.customer, now=now), two.foreign, two.yuan, later)
    for _again in range(3):
        assert revalue(currency="USD", day=today, now=now) == "booked"
    assert Entry.objects.filter(kind="exchange.valuation").count() == 1
    assert Revaluation.objects.get().position == 1_000_00


def test_without_a_rate_nothing_is_guessed_and_the_next_valuation_makes_up_for_it(two, now):
    far = now.date() + timedelta(days=10)
    with pytest.raises(NoRate):
        revalue(currency="USD", day=far, now=now)
    assert not Revaluation.objects.exists()
    make.rates(day=far + timedelta(days=1), USD="1.1", now=now)
    assert revalue(currency="USD", day=far + timedelta(days=1), now=now) == "booked"
    make.rates(day=far, USD="1.2", now=now)
    assert revalue(currency="USD", day=far, now=now) == "superseded"
    assert result() == 163_64


def test_the_last_rate_within_the_policy_age_counts_on_a_holiday(two, now):
    assert revalue(currency="USD", day=date(2026, 11, 25), now=now) == "unchanged"
    assert Revaluation.objects.get().rate_day == make.DAY


def test_the_step_of_the_day_has_an_item_for_each_position(two, now):
    assert VALUATION.items(now.date(), "", 10) == ["USD"]
    assert VALUATION.items(now.date(), "USD", 10) == []
    assert VALUATION.do("USD", now.date(), now) in VALUATION.outcomes
    assert not Run.objects.exists()


def test_the_report_says_what_is_open_and_what_it_is_worth(two, now, capsys):
    make.rates(day=now.date(), USD="1.1", now=now)
    (one,) = reporting.open_positions(on=now.date())
    assert (one.held, one.counter, one.worth, one.result) == (
        Money.of("1000", "USD"), Money.of("7200", "CNY"), Money.of("7363.64", "CNY"), Money.of("163.64", "CNY"),
    )  # fmt: skip
    call_command("positions", "--json")
    assert json.loads(capsys.readouterr().out)[0]["position"] == 1_000_00
    call_command("positions")
    assert "1000.00 USD" in capsys.readouterr().out
    (old,) = reporting.open_positions(on=now.date() + timedelta(days=30))
    assert old.worth is None
