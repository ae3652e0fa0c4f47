"""What a customer sees of the interest on an account, and how they have it before they close it."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Customer
from accounts.mydata import closing
from products.deposits.models import Settlement
from tests.factories import deposits as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db
FIRST = date(2026, 9, 21)


@pytest.fixture
def holder(now: Any) -> Customer:
    make.begins(FIRST - timedelta(days=1))
    return money.customer(now=now)


@pytest.fixture
def account(holder: Customer, now: Any) -> BankAccount:
    made = money.account(holder, now=now)
    BankAccount.objects.filter(pk=made.pk).update(opened_on=FIRST)
    make.book(made, 100_000_00, FIRST, now=now)
    made.refresh_from_db()
    return made


@pytest.fixture
def browser(holder: Customer, now: Any) -> Any:
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(holder.user)
        yield client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_account_says_what_has_grown_until_yesterday_and_leads_to_how(
    browser: Client, account: BankAccount
) -> None:
    page = text(browser.get(reverse("statement", args=[account.public_id])))
    assert "Interest so far" in page
    assert reverse("account_interest", args=[account.public_id]) in page
    shown = browser.get(reverse("account_interest", args=[account.public_id]))
    running = shown.context["running"]
    # 21 September to 22 November are 63 days: 100,000.00 x 63 x 0.05 % / 360 = 8.75
    assert (running.days, running.interest.minor, running.average.minor) == (63, 8_75, 100_000_00)
    page = text(shown)
    assert "Nothing yet. Interest is credited once a quarter." in page
    assert "0.05 % a year" in page
    assert "Credit the interest now" not in page
    chinese = text(browser.get(shown.request["PATH_INFO"], headers={"accept-language": "zh-hans"}))
    assert "年利率" in chinese


def test_what_was_credited_stands_below_with_its_rate(browser: Client, account: BankAccount, now: Any) -> None:
    last = date(2026, 12, 20)
    make.end(last, account)
    with time_machine.travel(make.moment(last), tick=False):
        client = Client(headers={"accept-language": "en"})
        client.force_login(account.dispositions.get().customer.user)
        shown = client.get(reverse("account_interest", args=[account.public_id]))
    ((one,)) = shown.context["periods"]
    assert (one.first_day, one.last_day, one.interest.minor, one.average.minor) == (FIRST, last, 12_64, 100_000_00)
    assert "None yet: the first day counts when it has ended." in text(shown)


def test_a_new_account_and_one_without_a_rate_say_so(browser: Client, holder: Customer, now: Any) -> None:
    crowns = money.account(holder, currency="CZK", now=now)
    page = text(browser.get(reverse("account_interest", args=[crowns.public_id])))
    assert "This account earns no interest now" in page
    assert "Interest so far" not in text(browser.get(reverse("statement", args=[crowns.public_id])))


def test_interest_before_closing_is_credited_by_one_press_and_stands_against_the_end_until_then(
    browser: Client, holder: Customer, account: BankAccount, now: Any
) -> None:
    early = reverse("account_interest_now", args=[account.public_id])
    page = reverse("account_interest", args=[account.public_id])
    assert "There is money on the account" in text(browser.post(early, follow=True))
    assert browser.get(early).status_code == 405
    assert not Settlement.objects.exists()
    make.book(account, -100_000_00, now.date(), now=now)

    (obstacle,) = [one for one in closing.obstacles(customer=holder, now=now) if one.key.startswith("interest:")]
    assert obstacle.url == page
    assert "8.75" in str(obstacle.text)
    assert "Credit the interest now" in text(browser.get(page))
    for _press in range(2):
        browser.post(early, follow=True)
    assert list(Settlement.objects.values_list("interest", "reason")) == [(8_75, "closing")]
    make.book(account, -8_75, now.date(), now=now)
    assert not [one for one in closing.obstacles(customer=holder, now=now) if one.key.startswith("interest:")]
    assert "There is no interest that could be credited now" in text(browser.post(early, follow=True))


@pytest.mark.parametrize("name", ["account_interest", "account_interest_now"])
def test_somebody_elses_account_does_not_exist(browser: Client, now: Any, name: str) -> None:
    other = money.account(money.customer("李明", now=now), balance=1_00, now=now)
    ask = browser.get if name == "account_interest" else browser.post
    assert ask(reverse(name, args=[other.public_id])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_one_period_and_for_three(
    count: int, browser: Client, account: BankAccount, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make.end(date(2026, 12, 20) + timedelta(days=90 * number), account)
    address = reverse("account_interest", args=[account.public_id])
    browser.get(address)
    with django_assert_num_queries(7):  # who asks, the account, the first day, what grows, what was credited
        browser.get(address)
