"""What one payee may get in a day, as the payer has set it: here, at another bank and abroad; others stay free."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.limits import Which
from payments.models import OwnLimit
from payments.refusals import LimitReached
from payments.services import own_limits, transfers
from tests.factories import clearing
from tests.factories import crossborder as abroad
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted, paid
from tests.payments.test_pages import typed

pytestmark = pytest.mark.django_db


def capped(customer: object, value: int, now: datetime) -> None:
    assert own_limits.lower(customer=customer, which=Which.PAYEE_DAY, currency="CNY", value=value, now=now)  # type: ignore[arg-type]


@pytest.fixture
def two(now: datetime) -> make.Pair:
    return make.pair(balance=10_000_00, now=now)


def test_one_payee_gets_no_more_in_a_day_another_does_and_the_next_day_is_new(two: make.Pair, now: datetime) -> None:
    someone = make.customer("张伟", now=now)
    account = make.account(someone, now=now)
    other = make.Pair(two.payer, two.source, make.payee(two.payer, account, now=now), someone, account)
    waits = drafted(two, 60_00, now)
    capped(two.payer, 100_00, now)
    paid(two, 60_00, now)
    with pytest.raises(LimitReached) as refused:
        transfers.confirm(
            customer=two.payer, transfer_id=waits, challenge_id=approved(two.payer, waits, now), now=now
        )  # drafted before the limit was set
    assert (refused.value.breach.which, refused.value.breach.left) == (Which.PAYEE_DAY, 40_00)
    with pytest.raises(LimitReached):
        drafted(two, 40_01, now)
    paid(two, 40_00, now)
    paid(other, 100_00, now)
    paid(two, 100_00, now + timedelta(days=1))


def test_what_is_held_counts_as_it_may_still_go(two: make.Pair, now: datetime) -> None:
    capped(two.payer, 100_00, now)
    make.held(two, 60_00, now=now)
    with pytest.raises(LimitReached):
        drafted(two, 40_01, now)
    assert drafted(two, 40_00, now)


def test_it_holds_for_one_account_at_another_bank(now: datetime) -> None:
    by = clearing.payer(now=now)
    capped(by.customer, 100_00, now)
    clearing.accepted(by, 60_00, now=now)
    with pytest.raises(LimitReached) as refused:
        clearing.drafted(by, 40_01, now=now)
    assert refused.value.breach.which is Which.PAYEE_DAY
    clearing.accepted(by, 40_00, now=now)


def test_abroad_it_counts_what_a_payment_is_worth_in_yuan(now: datetime) -> None:
    by = abroad.sender(now=now)
    first = abroad.accepted(by, 100_00, source=by.dollars, now=now)
    capped(by.customer, first.cny + 1, now)
    with pytest.raises(LimitReached) as refused:
        abroad.drafted(by, 100_00, source=by.dollars, now=now)
    assert (refused.value.breach.which, refused.value.breach.left) == (Which.PAYEE_DAY, 1)


def test_who_set_none_is_asked_nothing_more_and_the_days_limit_stands_for_it(two: make.Pair, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        drafted(two, 10_00, now)
    assert not [query for query in asked if "SUM(" in query["sql"] and "destination_id" in query["sql"]]
    lines = {line.which: line for line in own_limits.overview(customer=two.payer, currency="CNY", now=now)}
    assert lines[Which.PAYEE_DAY].value == lines[Which.DAY].value
    own_limits.lower(customer=two.payer, which=Which.DAY, currency="CNY", value=50_00, now=now)
    lines = {line.which: line for line in own_limits.overview(customer=two.payer, currency="CNY", now=now)}
    assert lines[Which.PAYEE_DAY].value == 50_00


def test_it_is_set_on_the_page_of_limits_and_said_where_it_stands_in_the_way(two: make.Pair, now: datetime) -> None:
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(two.payer.user)  # type: ignore[arg-type]
        page = client.get(reverse("payment_limits")).content.decode()
        assert "A day, to one payee" in page
        assert "one and the same payee" in page
        set_to = client.post(f"{reverse('payment_limit')}?limit=payee_day&currency=CNY", {"value": "80.00"})
        assert set_to["Location"] == reverse("payment_limits")
        assert OwnLimit.objects.get().which == "payee_day"
        refused = client.post(reverse("transfer"), typed(two, amount="80.01"), follow=True).content.decode()
    assert "To one payee you send at most ¥80.00 a day" in refused
