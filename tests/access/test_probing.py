"""Whoever is signed in and asks for one stranger's record after the other is noticed."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as Gone

from accounts.access import probing
from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from tests.factories import identity as desk
from tests.factories import payments as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> User:
    return desk.make_staff("auditor@example.com", "auditor")


def signed_in(customer: Customer) -> Client:
    client = Client()
    assert customer.user is not None
    client.force_login(customer.user)
    return client


def receipts(client: Client, count: int) -> set[int]:
    return {client.get(reverse("receipt", args=[uuid.uuid4()])).status_code for _ in range(count)}


def told() -> tuple[int, int]:
    return Notice.objects.filter(event=probing.ACT).count(), Row.objects.filter(act=probing.ACT).count()


def test_the_tenth_record_of_others_is_told_to_the_auditors_once(
    now: datetime, auditor: User, time_machine: Any
) -> None:
    time_machine.move_to(now, tick=False)
    desk.make_staff("manager@example.com", "manager")
    customer = money.customer(now=now)
    client = signed_in(customer)
    assert receipts(client, 9) == {404}
    again = reverse("receipt", args=[uuid.UUID(int=1)])
    assert [client.get(again).status_code for _ in range(3)] == [404, 404, 404]  # the tenth, and twice more the same
    assert told() == (1, 1)
    assert receipts(client, 15) == {404}
    assert told() == (1, 1)
    row = Row.objects.get(act=probing.ACT)
    assert (row.subject, row.after["last"]) == (f"accounts.user:{customer.user.public_id}", "receipt")  # type: ignore[union-attr]
    notice = Notice.objects.get(event=probing.ACT)
    assert notice.user == auditor
    reader = desk.enter(Client(), auditor)
    assert "access.probing" in reader.get(notice.link).content.decode()
    # An hour later a search is told anew.
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    assert receipts(signed_in(customer), 10) == {404}
    assert told() == (2, 2)


def test_pages_that_never_were_strangers_and_other_people_are_not_counted(now: datetime, auditor: User) -> None:
    first, second = signed_in(money.customer(now=now)), signed_in(money.customer(now=now))
    assert {first.get(f"/no-such-page-{number}/").status_code for number in range(12)} == {404}
    receipts(Client(), 12)
    receipts(first, 9)
    receipts(second, 9)
    assert told() == (0, 0)


def test_without_the_cache_a_record_of_others_is_still_not_there(
    now: datetime, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(money.customer(now=now))

    def gone(*_: Any, **__: Any) -> None:
        raise Gone

    monkeypatch.setattr(cache, "add", gone)
    assert receipts(client, 11) == {404}
    assert told() == (0, 0)
