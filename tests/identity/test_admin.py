"""Customers, accounts and applications in the back office: masked, short, and nothing to edit."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import BankAccount, Customer, User
from core.outbox import relay
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
LISTS = ["accounts/customer", "accounts/bankaccount", "identity/verification"]


@pytest.fixture
def office(reviewer: User) -> Client:
    return make.enter(Client(), reviewer)


def verify(email: str, reviewer: User, on_desk: Any, now: datetime, serial: int) -> Customer:
    customer = make.make_customer(email, now=now)
    case = on_desk(customer, person=make.born(30 + serial, now=now, serial=serial))
    make.decide_now(case, reviewer, now=now)
    case.refresh_from_db()
    if not case.is_closed:  # of the same name and home as the one before, so two people look
        second = make.make_staff(f"second-{serial}@bank.example", "approver")
        make.decide_now(case, second, now=now)
    relay.drain(now=now)
    return customer


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", LISTS)
def test_lists_cost_the_same_at_one_row_and_at_three(
    path: str, count: int, office: Client, reviewer: User, on_desk: Any, now: datetime,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for serial in range(count):
        verify(f"{serial}@example.com", reviewer, on_desk, now, serial)
    office.get(f"/admin/{path}/")
    with django_assert_max_num_queries(15):
        page = office.get(f"/admin/{path}/")
    assert len(page.context["cl"].result_list) == count


def test_lists_show_masks(office: Client, reviewer: User, on_desk: Any, now: datetime) -> None:
    verify("somebody@example.com", reviewer, on_desk, now, 1)
    person = make.born(31, now=now, serial=1)
    pages = {path: office.get(f"/admin/{path}/").content.decode() for path in LISTS}
    everything = "".join(pages.values())
    assert person.number not in everything
    assert person.address not in everything
    assert "somebody@example.com" not in everything
    assert BankAccount.objects.get().number not in everything
    assert f"{person.number[0]}…{person.number[-1]}" in pages["identity/verification"]
    assert "s…@example.com" in pages["accounts/customer"]


@pytest.mark.parametrize("path", LISTS)
def test_nothing_is_added_changed_or_removed_here(
    path: str, office: Client, reviewer: User, on_desk: Any, now: datetime
) -> None:
    customer = verify("a@example.com", reviewer, on_desk, now, 1)
    row = {
        LISTS[0]: customer,
        LISTS[1]: BankAccount.objects.get(),
        LISTS[2]: customer.verifications.get(),
    }[path]
    detail = f"/admin/{path}/{row.pk}/change/"
    assert office.get(detail).status_code == 200
    assert b'name="_save"' not in office.get(detail).content
    assert office.post(detail, {"standing": "closed", "legal_name": "x", "status": "closed"}).status_code == 403
    assert office.get(f"/admin/{path}/add/").status_code == 403
    assert office.post(f"/admin/{path}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    before = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    row.refresh_from_db()
    now_there = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    assert {k: v for k, v in now_there.items() if k not in {"standing", "verified_at"}}.keys() <= before.keys()
    assert getattr(row, "status", "open") == "open"


@pytest.mark.parametrize("role", ["manager", "administrator"])
@pytest.mark.parametrize("path", LISTS)
def test_other_staff_do_not_look_at_customers(path: str, role: str) -> None:
    client = make.enter(Client(), make.make_staff("other@bank.example", role))
    assert client.get(f"/admin/{path}/").status_code == 403
