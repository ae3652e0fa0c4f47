"""One list of payees, wherever they have their account: their own word, a group, a note, found by each of them."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.audit.models import Row
from payments.clearing.models import OtherPayee
from tests.factories import clearing
from tests.factories import crossborder as abroad
from tests.factories import payments as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(now: datetime) -> money.Pair:
    return money.pair(now=now)


@pytest.fixture
def client(two: money.Pair, now: datetime) -> Iterator[Client]:
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(two.payer.user)  # type: ignore[arg-type]
        yield client


def listed(client: Client, **narrowed: str) -> str:
    return str(client.get(reverse("payees"), narrowed).content.decode())


def test_who_is_at_another_bank_or_abroad_stands_in_the_one_list_and_is_found_there(
    client: Client, two: money.Pair, now: datetime
) -> None:
    there, far = clearing.kept_payee(two, now), abroad.of_pair(two, now=now).payee
    page = listed(client)
    assert "At other banks" in page
    assert "Abroad" in page
    for url in (f"{reverse('bank_transfer')}?to={there.public_id}", f"{reverse('transfer_abroad')}?to={far.public_id}"):
        assert url in page
    for word, one, other in ((there.number[-8:], there, far), (far.name, far, there), ("china merchants", there, far)):
        found = listed(client, q=word)
        assert one.name in found
        assert other.name not in found
    assert "Nobody on your list fits" in listed(client, q="zzz")


@pytest.mark.parametrize("where", ["other_payee", "payee_abroad"])
def test_a_payee_elsewhere_is_kept_under_an_own_word_in_a_group_with_a_note_and_on_top(
    client: Client, two: money.Pair, now: datetime, where: str
) -> None:
    payee = clearing.kept_payee(two, now) if where == "other_payee" else abroad.of_pair(two, now=now).payee
    url = reverse(where, args=[payee.public_id])
    assert f'value="{payee.name}"' in client.get(url).content.decode()
    refused = client.post(url, {"alias": "", "note": "typed"}).content.decode()
    assert "typed" in refused
    entry = {"alias": "Rent", "group": "Home", "note": "<b>third floor</b>", "favourite": "on"}
    for _twice in range(2):
        assert client.post(url, entry)["Location"] == reverse("payees")
    page = listed(client, group="Home")
    assert "Rent" in page
    assert "&lt;b&gt;third floor&lt;/b&gt;" in page
    assert "Favourite" in page
    assert Row.objects.filter(act__endswith=".payee_changed").count() == 1
    client.post(url, {"alias": payee.name})
    payee.refresh_from_db()
    assert (payee.alias, payee.group, payee.note, payee.favourite) == ("", "", "", False)


def test_anothers_and_a_removed_payee_are_not_there(two: money.Pair, now: datetime) -> None:
    payee = clearing.kept_payee(two, now)
    stranger = Client()
    stranger.force_login(two.receiver.user)  # type: ignore[arg-type]
    url = reverse("other_payee", args=[payee.public_id])
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"alias": "mine"}).status_code == 404
    payee.refresh_from_db()
    assert payee.alias == ""


def test_the_list_costs_the_same_with_one_and_with_three_elsewhere(
    client: Client, two: money.Pair, now: datetime
) -> None:
    clearing.kept_payee(two, now)

    def cost() -> int:
        listed(client)
        with CaptureQueriesContext(connection) as counted:
            listed(client)
        return len(counted)

    one = cost()
    for number in range(2):
        OtherPayee.objects.create(
            customer=two.payer, bank_code=clearing.CMB, number=f"622588011234567{number}", name="赵丽", created_at=now
        )
    assert cost() == one
