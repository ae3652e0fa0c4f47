"""A sum that is held says on the account's statement what it is, when that ends, and where it stands."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Disposition
from ledger import posting
from payments.models import Holding
from payments.services import holding
from payments.watching import Outcome
from tests.factories import payments as make
from tests.payments.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Pages read the clock themselves."""
    return timezone.now()


def statement(client: Client, two: make.Pair) -> str:
    page: str = client.get(reverse("statement", args=[two.source.public_id])).content.decode()
    return page


def told(page: str) -> str:
    """The part of a statement that is about what is held, as it is read."""
    found = re.findall(r'<section class="section" aria-labelledby="held">.*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", strip_tags(found[0])) if found else ""


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        (Outcome.CONFIRM, "It waits for your word: send it or stop it by"),
        (Outcome.DELAY, "It goes by itself at"),
        (Outcome.REVIEW, "A colleague looks at it: we send it or give it back by"),
    ],
)
def test_a_held_sum_leads_to_its_payment_and_says_when_it_ends(
    two: make.Pair, now: datetime, waits: Outcome, says: str
) -> None:
    client = signed_in(two.payer)
    assert told(statement(client, two)) == ""
    held = make.held(two, 12_34, waits=waits, now=now)
    page = statement(client, two)
    assert "Transfer to *明" in told(page)
    assert "¥12.34" in told(page)
    assert says in told(page)
    assert f'href="{reverse("receipt", args=[held.payment])}"' in page
    held_link = f'href="{reverse("statement", args=[two.source.public_id])}#held"'
    assert held_link in client.get(reverse("accounts_overview")).content.decode()
    Holding.objects.update(until=now - timedelta(seconds=1))
    assert "Its time is over" in told(statement(client, two))
    holding.stop(customer=two.payer, payment_id=held.payment, now=now)
    assert told(statement(client, two)) == ""


def test_who_did_not_make_it_reads_that_it_waits_and_not_to_whom(two: make.Pair, now: datetime) -> None:
    other = make.customer("赵敏", now=now)
    Disposition.objects.create(customer=other, bank_account=two.source, role=Disposition.Role.DISPONENT)
    held = make.held(two, 12_34, now=now)
    page = statement(signed_in(other), two)
    assert "A payment by somebody else who may dispose of this account" in told(page)
    assert "*明" not in told(page)
    assert str(held.payment) not in page


def test_what_no_room_tells_of_is_not_passed_over(two: make.Pair, now: datetime) -> None:
    make.held(two, 10_00, now=now)
    posting.place_hold(key="court", account_id=two.source.ledger_account_id, amount=5_00, reason="court")
    said = told(statement(signed_in(two.payer), two))
    assert "Held by the bank¥5.00" in said.replace(" ¥", "¥")


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_one_query_however_many_are_held(two: make.Pair, now: datetime, count: int) -> None:
    client = signed_in(two.payer)

    def asked() -> list[Any]:
        statement(client, two)
        with CaptureQueriesContext(
            connection,
        ) as found:
            statement(client, two)
        return list(found)

    before = asked()
    for _one in range(count):
        make.held(two, 10_00, now=now)
    assert len(asked()) == len(before) + 1
