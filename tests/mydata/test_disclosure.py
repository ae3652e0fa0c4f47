"""Reading what is covered: with a role and a reason, on record, and told to the customer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from accounts.mydata import disclosure
from accounts.mydata.models import Disclosure
from accounts.roles import Role
from core.audit.models import Row
from tests.factories import access
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db
WHY = "Letter of 20 November from the court in Hangzhou"


@pytest.fixture
def known(now: datetime) -> Customer:
    customer = desk.make_customer(now=now)
    desk.send(customer, now=now)
    return customer


def reveal(customer: Customer, staff: Any, *, now: datetime, **how: Any) -> str:
    asked = {"what": "document_number", "why": "court", "reason": WHY, **how}
    return disclosure.reveal(customer=customer, staff=staff, now=now, **asked)


def test_the_number_comes_with_a_row_an_audit_row_and_the_customers_own_line(known: Customer, now: datetime) -> None:
    staff = desk.make_staff("rev@example.com", "reviewer")
    assert reveal(known, staff, now=now) == desk.PERSON.number
    row = Disclosure.objects.get()
    assert (row.staff, row.role, row.why, row.reason, row.approved_by) == (staff, "reviewer", "court", WHY, None)
    trail = Row.objects.get(act="mydata.revealed")
    assert (trail.reason, trail.actor_id) == (WHY, staff.pk)
    assert desk.PERSON.number not in str(trail.after)
    client = Client(headers={"accept-language": "en"})
    client.force_login(known.user)
    page = client.get(reverse("mydata_looked")).content.decode()
    assert "A court or an authority asked for it by law" in page
    assert "Reviewer" in page
    assert "Rev@" not in page
    assert WHY not in page
    overview = client.get(reverse("mydata")).content.decode()
    assert "A court or an authority asked for it by law" in overview


def test_a_double_click_is_one_reading_and_a_later_one_is_another(known: Customer, now: datetime) -> None:
    staff = desk.make_staff("rev@example.com", "reviewer")
    reveal(known, staff, now=now)
    reveal(known, staff, now=now + timedelta(seconds=30))
    assert Disclosure.objects.count() == 1
    reveal(known, staff, now=now + timedelta(minutes=2))
    assert Disclosure.objects.count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role not in disclosure.MAY])
def test_other_roles_read_nothing(known: Customer, now: datetime, role: Role) -> None:
    with pytest.raises(disclosure.NotAllowed):
        reveal(known, desk.make_staff("x@example.com", role.value), now=now)
    assert not Disclosure.objects.exists()
    assert not Row.objects.filter(act="mydata.revealed").exists()


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ({"reason": "   "}, disclosure.ReasonMissing),
        ({"reason": "because"}, disclosure.ReasonMissing),
        ({"what": "phone"}, disclosure.NothingKept),
        ({"what": "password"}, ValueError),
        ({"why": "curious"}, ValueError),
    ],
)
def test_without_a_reason_or_a_value_nothing_is_shown_or_noted(
    known: Customer, now: datetime, how: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        reveal(known, desk.make_staff("rev@example.com", "reviewer"), now=now, **how)
    assert not Disclosure.objects.exists()


def test_nobody_reads_about_themselves_or_approves_their_own_reading(known: Customer, now: datetime) -> None:
    staff = desk.make_staff("rev@example.com", "reviewer")
    with pytest.raises(disclosure.NotAllowed):
        reveal(known, staff, approved_by=staff, now=now)
    Customer.objects.filter(pk=known.pk).update(user=staff)
    known.refresh_from_db()
    with pytest.raises(disclosure.NotAllowed):
        reveal(known, staff, now=now)
    assert not Disclosure.objects.exists()


def test_what_was_noted_is_never_edited(known: Customer, now: datetime) -> None:
    reveal(known, desk.make_staff("rev@example.com", "reviewer"), now=now)
    for statement in ("UPDATE mydata_disclosure SET reason = 'x'", "DELETE FROM mydata_disclosure"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_page_asks_for_the_reason_shows_the_value_once_and_is_not_there_for_others(known: Customer) -> None:
    access.phone(known.user)  # type: ignore[arg-type]
    address = reverse("mydata_reveal", args=[known.public_id])
    reviewer = desk.enter(Client(headers={"accept-language": "en"}), desk.make_staff("rev@example.com", "reviewer"))
    manager = desk.enter(Client(), desk.make_staff("man@example.com", "manager"))
    assert manager.get(address).status_code == 404
    assert desk.PERSON.number not in reviewer.get(address).content.decode()
    short = reviewer.post(address, {"what": "phone", "why": "case", "reason": "short"})
    assert "at least ten characters" in short.content.decode()
    assert not Disclosure.objects.exists()
    shown = reviewer.post(address, {"what": "phone", "why": "case", "reason": WHY})
    assert "+8613800012345" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert "+8613800012345" not in reviewer.get(address).content.decode()
    assert Disclosure.objects.count() == 1
