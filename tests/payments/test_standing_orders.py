"""A standing order that came with another bank's history stands on its owner's page, to read, and on nobody else's."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import BankAccount, Customer, Disposition
from core.intake.columns import choice
from payments.bank_import import STANDING_ORDERS
from payments.holdings import PURPOSES, standing_orders
from payments.models import StandingOrder
from payments.standing_orders import standing_orders_of
from tests.factories import payments as make

pytestmark = pytest.mark.django_db


def agreed(source: BankAccount, **more: Any) -> StandingOrder:
    """What another bank's file brought along."""
    return StandingOrder.objects.create(
        **{
            "source": source, "payee_bank": "YZ", "payee_account": "87144583", "amount": 2_452_00,
            "currency": source.currency, "purpose": "household", **more,
        }
    )  # fmt: skip


def shown(customer: Customer) -> list[list[str]]:
    with translation.override("en"):
        holding = standing_orders(customer=customer)
        return [[cell.text for cell in row] for row in holding.rows] if holding else []


def test_the_owner_reads_what_was_agreed_and_that_it_is_not_carried_out(client: Client, now: datetime) -> None:
    jana = make.customer("Jana Nováková", now=now)
    source = make.account(jana, currency="CZK", now=now)
    agreed(source, payee_name="Plynárna <b>")
    client.force_login(jana.user)  # type: ignore[arg-type]
    client.cookies["django_language"] = "en"
    page = client.get(reverse("accounts_overview")).content.decode()
    assert 'aria-labelledby="standing-orders"' in page
    assert "We do not carry them out." in page
    assert "Plynárna &lt;b&gt; · bank YZ · 8714 4583" in page
    assert 'value="2452.00"' in page
    for words in ("Household bills", "Every month", "Active"):
        assert words in page


def test_active_ones_come_first_and_a_payee_without_a_name_is_named_by_bank_and_account(now: datetime) -> None:
    jana = make.customer(now=now)
    source = make.account(jana, now=now)
    agreed(source, status=StandingOrder.Status.ENDED, payee_bank="", purpose="")
    agreed(source, purpose="other")
    assert [row[:2] + row[4:5] for row in shown(jana)] == [
        ["bank YZ · 8714 4583", "Other", "Active"],
        ["8714 4583", "", "Ended"],
    ]


def test_nobody_but_the_owner_of_the_account_sees_it(now: datetime) -> None:
    jana, helper, stranger = (make.customer(now=now) for _ in range(3))
    source = make.account(jana, now=now)
    make.account(stranger, now=now)
    Disposition.objects.create(customer=helper, bank_account=source, role=Disposition.Role.DISPONENT)
    agreed(source)
    assert len(shown(jana)) == 1
    assert shown(helper) == shown(stranger) == []


def test_every_purpose_that_a_file_may_name_has_words() -> None:
    (purpose,) = (column for column in STANDING_ORDERS.columns if column.name == "purpose")
    assert purpose.kind == choice(*PURPOSES)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_one_query_for_one_order_and_for_three(
    count: int, now: datetime, django_assert_num_queries: Any
) -> None:
    jana = make.customer(now=now)
    source = make.account(jana, now=now)
    for _ in range(count):
        agreed(source)
    with django_assert_num_queries(1):
        assert len(standing_orders_of(jana)) == count
