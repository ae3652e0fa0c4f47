"""The demo bank opens whole, twice, and only where it is meant to."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.access import demo as access_demo
from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer
from accounts.statements import queries
from core.reviews.models import Case
from ledger.models import Account, Line
from payments.models import Holding
from portal.demo import bank, people
from portal.pages.queries import home

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path


def test_the_demo_bank_opens_whole_and_a_second_run_changes_nothing(demo) -> None:
    bank.load(now=timezone.now(), tell=lambda _step: None)
    before = sorted(Account.objects.values_list("code", "balance", "last_number"))
    mei = Customer.objects.get(user__email=people.CUSTOMER.email)
    assert mei.standing == Customer.Standing.VERIFIED
    assert sorted(BankAccount.objects.filter(customers=mei).values_list("currency", flat=True)) == ["CNY", "CNY", "USD"]
    assert mei.exchanges.get().state == "confirmed"
    assert mei.schedules.get().state == "active"
    waiting = Case.objects.filter(state="open")
    kinds = sorted(waiting.values_list("subject", flat=True))
    assert kinds == ["alert", "dispute", "identity", "identity"], "what waits on the desk"
    held = {(one.payer.user.email, one.kind, one.state) for one in Holding.objects.select_related("payer__user")}
    assert held == {
        (people.CUSTOMER.email, "bank", "held"),
        (people.FRIEND.email, "bank", "given_back"),
        (people.FRIEND.email, "customer", "held"),
    }, "both kinds wait for their payer's word, and the desk looks into the one that was stopped"
    assert [one.kind for one in home(mei, now=timezone.now()).held] == ["bank"]
    savings = BankAccount.objects.get(customers=mei, account_class="ii")
    first = Line.objects.filter(account_id=savings.ledger_account_id).order_by("number").values("entry__business_date")
    assert savings.opened_on == first[0]["entry__business_date"], "no movement before an account was opened"
    found = {check.name: check.outcome for check in waiting.get(title=people.NAMESAKE.name).checks.all()}
    assert (found["look_alike"], found["watch_list"]) == ("warn", "warn")
    hao = Customer.objects.get(user__email=people.FRIEND.email)
    assert Notice.objects.filter(user=hao.user, event="identity.renewal").count() == 1
    assert set(BankAccount.objects.filter(customers=mei).values_list("account_class", flat=True)) == {"i", "ii"}
    bank.load(now=timezone.now(), tell=lambda _step: None)
    assert sorted(Account.objects.values_list("code", "balance", "last_number")) == before


def test_the_invented_half_year_is_booked_day_after_day(demo) -> None:
    bank.load(now=timezone.now(), tell=lambda _step: None)
    for account in BankAccount.objects.filter(customers__user__email=people.CUSTOMER.email):
        days = [one.business_date for one in queries.latest([account.ledger_account_id], 1_000)]
        assert days == sorted(days, reverse=True)


def test_the_page_of_the_demo_people_names_everybody_with_password_and_code(demo, client) -> None:
    bank.load(now=timezone.now(), tell=lambda _step: None)
    page = client.get(reverse("demo")).content.decode()
    assert people.PASSWORD in page
    codes = access_demo.codes_now(now=timezone.now())
    for person in people.EVERYBODY:
        assert person.email in page
        assert (person.email in codes) == person.second_factor
    assert all(code in page for code in codes.values())


def test_elsewhere_it_refuses(settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not the demo bank"):
        call_command("load_demo")
    assert not Customer.objects.exists()
