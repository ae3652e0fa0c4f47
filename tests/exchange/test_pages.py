"""The pages: fill in, see the price, confirm, receipt; what is another's does not exist."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import codes
from ledger.models import Entry
from payments.exchange.models import Exchange, Quote
from tests.factories import exchange as make
from tests.factories import identity as people
from tests.factories import payments as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    with time_machine.travel(timezone.now(), tick=False):
        yield timezone.now()


@pytest.fixture
def two(now) -> make.Traveller:
    make.rates(day=timezone.localdate() - timedelta(days=1), now=now)
    made = make.traveller(now=now)
    money.enrol(made.customer)
    return made


@pytest.fixture
def browser(client: Client, two) -> Client:
    return people.enter(client, two.customer.user)


def filled(two, **given) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()), "source": str(two.foreign.public_id), "destination": str(two.yuan.public_id),
        "sell": "1000", "buy": "", "memo": "for the journey", **given,
    }  # fmt: skip


def answer(page, **given):
    code = codes.code_at(secret=money.SECRET, moment=timezone.now())
    return {
        "quote": str(page.context["one"].quote.id),
        "stepup-challenge": str(page.context["stepup"].challenge.id),
        "stepup-code": code,
        **given,
    }


def draft(browser, two, **given) -> str:
    sent = browser.post(reverse("exchange"), filled(two, **given))
    assert sent.status_code == 302, sent.content.decode()[:3000]
    return sent["Location"]


def test_an_exchange_is_filled_in_priced_and_confirmed_with_a_code(browser, two):
    place = draft(browser, two)
    page = browser.get(place)
    text = page.content.decode()
    for words in (
        "7,178.40",
        "1 USD = 7.1784 CNY",
        "1 USD = 7.2000 CNY",
        "European Central Bank",
        "0.30% below",
        "21.60",
    ):
        assert words in text
    made = browser.post(place, answer(page), follow=True)
    one = Exchange.objects.get()
    assert made.redirect_chain[-1][0] == reverse("exchange_receipt", args=[one.public_id])
    assert "Money exchanged" in made.content.decode()
    assert browser.get(place)["Location"] == reverse("exchange_receipt", args=[one.public_id])
    receipt = browser.get(reverse("movement", args=[two.yuan.public_id, made.context["destination_line"]]))
    assert "1 USD = 7.1784 CNY" in receipt.content.decode()
    form = browser.get(reverse("exchange")).content.decode()
    assert "Your last exchanges" in form
    assert not re.search(r"<option[^>]*>[^<]*\d\.\d\d", form), "in a list the eye button could cover no amount"
    assert re.search(r'<data class="amount" value="[\d.]+">.*?</data> available', form)


def test_a_page_left_open_until_the_rate_ran_out_shows_a_new_one_and_uses_no_code_up(browser, two):
    place = draft(browser, two)
    page = browser.get(place)
    left_open = answer(page)
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        refused = browser.post(place, left_open, follow=True)
        assert "The rate had run out. No money has moved." in refused.content.decode()
        assert refused.context["one"].sell == page.context["one"].sell
        assert not Entry.objects.filter(kind="exchange.own").exists()
        make.rates(day=timezone.localdate(), USD="1.2", now=timezone.now())
        moved = browser.post(place, answer(refused), follow=True)
        assert "The reference rate has moved meanwhile." in moved.content.decode()
        assert "6,729.75" in moved.content.decode()
        made = browser.post(place, answer(moved), follow=True)
    assert "Money exchanged" in made.content.decode()
    assert Entry.objects.filter(kind="exchange.own").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sell": ""}, "Enter what you give"),
        ({"buy": "10"}, "Fill in one of the two amounts"),
        ({"sell": "10.555"}, "USD has at most 2 decimals"),
        ({"sell": "99999"}, "USD\u00a010,000.00 can be spent now"),
        ({"sell": "1e3"}, "Write the amount out in full"),
        ({"destination": str(uuid.uuid4())}, "cannot be exchanged to"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(browser, two, given, said):
    page = browser.post(reverse("exchange"), filled(two, **given))
    text = page.content.decode()
    assert said in text
    assert "for the journey" in text
    assert not Exchange.objects.exists()


def test_yen_have_no_decimals(browser, two, now):
    yen = money.account(two.customer, balance=100_000, currency="JPY", now=now)
    page = browser.post(reverse("exchange"), filled(two, source=str(yen.public_id), sell="100.5"))
    assert "JPY has no decimals: enter a whole number" in page.content.decode()
    place = draft(browser, two, source=str(two.yuan.public_id), destination=str(yen.public_id), sell="", buy="1001")
    assert "1,001" in browser.get(place).content.decode()
    assert Quote.objects.get().sell == 48_22  # 1,001 yen at 0.048168 are 48.216168 yuan, up


def test_without_a_young_rate_the_page_says_so_and_takes_no_order(client, now):
    make.rates(day=timezone.localdate() - timedelta(days=6), now=now)
    two = make.traveller(now=now)
    browser = people.enter(client, two.customer.user)
    assert "too old for a fair price" in browser.get(reverse("exchange")).content.decode()
    refused = browser.post(reverse("exchange"), filled(two))
    assert "too old for a fair price" in refused.content.decode()
    assert not Quote.objects.exists()


def test_a_transfer_to_an_own_account_in_another_currency_becomes_an_exchange_with_what_was_typed(browser, two):
    sent = browser.post(
        reverse("transfer"),
        {
            "key": str(uuid.uuid4()), "source": str(two.yuan.public_id), "to": f"account:{two.foreign.public_id}",
            "amount": "1,234.5", "memo": "for the journey",
        },
        follow=True,
    )  # fmt: skip
    assert sent.redirect_chain[-1][0] == reverse("exchange")
    form = sent.context["form"]
    assert (form["source"].value(), form["destination"].value()) == (
        str(two.yuan.public_id), str(two.foreign.public_id),
    )  # fmt: skip
    assert (form["sell"].value(), form["memo"].value()) == ("1,234.5", "for the journey")
    assert "different currencies" in sent.content.decode()
    assert browser.get(reverse("exchange")).context["form"]["sell"].value() == ""


def test_another_customers_exchange_does_not_exist(browser, two, now):
    mine = draft(browser, two)
    other = people.enter(Client(), make.traveller(now=now).customer.user)
    assert other.get(mine).status_code == 404
    assert other.post(mine).status_code == 404
    assert other.get(reverse("exchange_receipt", args=[Exchange.objects.get().public_id])).status_code == 404
    assert browser.get(reverse("exchange_receipt", args=[Exchange.objects.get().public_id])).status_code == 404


def test_a_field_sent_twice_is_refused(browser, two):
    assert browser.post(reverse("exchange"), {**filled(two), "sell": ["1", "1000"]}).status_code == 400


def test_an_account_in_another_currency_is_opened_with_a_code_once_and_shown_in_its_currency(browser, two):
    choose = browser.get(reverse("account_open")).content.decode()
    assert 'value="EUR"' in choose
    assert 'value="USD"' not in choose, "there is one already"
    place = reverse("account_open_currency")
    page = browser.get(place, {"currency": "EUR"})
    sent = {
        "key": str(page.context["key"]), "currency": "EUR",
        "stepup-challenge": str(page.context["stepup"].challenge.id),
        "stepup-code": codes.code_at(secret=money.SECRET, moment=timezone.now()),
    }  # fmt: skip
    for _twice in range(2):
        browser.post(place, sent)
    opened = two.customer.bank_accounts.get(currency="EUR")
    assert (opened.account_class, opened.status) == ("i", "open")
    for name, given in (("home", []), ("accounts_overview", []), ("statement", [opened.public_id])):
        assert "EUR" in browser.get(reverse(name, args=given)).content.decode(), name
    assert browser.get(place, {"currency": "EUR"}).status_code == 302
    assert browser.get(place, {"currency": "KPW"}).status_code == 302


def test_the_lists_cost_the_same_with_one_exchange_and_with_three(browser, two, now):
    counts = []
    for times in (1, 2):
        for _each in range(times):
            row = make.drafted(two, now)
            make.confirm(row, now)
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("exchange"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
