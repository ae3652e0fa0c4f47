"""The pages: another's does not exist, what cannot be asked is led elsewhere, lists cost the same at any length."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from payments.clearing.paths import Mode
from payments.recalls.models import Recall
from tests.factories import clearing
from tests.factories import payments as money
from tests.factories import recalls as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_a_received_a_strange_and_an_own_payment_have_no_page_to_ask_for_them(two: money.Pair, now: datetime) -> None:
    url = reverse("recall_transfer", args=[make.paid(two, now=now).public_id])
    for who in (two.receiver, money.customer("张三", now=now)):
        client = client_of(who.user)
        assert client.get(url).status_code == 404
        assert client.post(url, {"why": "account"}).status_code == 404
    assert not Recall.objects.exists()


def test_asking_twice_from_two_tabs_leads_to_the_one_request(two: money.Pair, now: datetime) -> None:
    client = client_of(two.payer.user)
    url = reverse("recall_transfer", args=[make.paid(two, now=now).public_id])
    first = client.post(url, {"why": "twice", "words": "<b>sorry</b>"})
    second = client.post(url, {"why": "fraud"})
    assert first["Location"] == second["Location"]
    assert Recall.objects.get().why == "twice"
    asked = client_of(two.receiver.user).get(reverse("recall_asked", args=[Recall.objects.get().public_id]))
    assert "&lt;b&gt;sorry&lt;/b&gt;" in asked.content.decode()


def test_a_payment_that_has_not_left_leads_to_the_page_that_takes_it_back(now: datetime) -> None:
    by = clearing.payer(now=now)
    payment = clearing.accepted(by, 10_00, mode=Mode.NEXT_DAY, now=now)
    client, url = client_of(by.customer.user), reverse("recall_payment", args=[payment.public_id])
    led = client.get(url)
    assert led["Location"] == reverse("bank_payment", args=[payment.public_id])
    page = client.get(led["Location"]).content.decode()
    assert "Take it back" in page
    assert "Ask for this money back" not in page
    said = client.post(url, {"why": "account"}).content.decode()
    assert "Take it back instead" in said
    assert not Recall.objects.exists()


def test_the_list_costs_the_same_with_one_and_with_three_of_everything(two: money.Pair, now: datetime) -> None:
    client, url = client_of(two.payer.user), reverse("recalls")

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return len(counted)

    make.asked(two, make.paid(two, 1_00, now=now), now=now)
    make.disputed(two.payer, two.source, 1, now=now)
    make.back_to_payer(two, now)
    one = cost()
    for _more in range(2):
        make.asked(two, make.paid(two, 1_00, now=now), now=now)
    for number in (2, 3):
        make.disputed(two.payer, two.source, number, now=now)
    assert cost() == one
