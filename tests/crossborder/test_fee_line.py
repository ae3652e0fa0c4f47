"""The fee of a payment abroad stands on the statement as a fee: called so, found so, and given back so."""

from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount
from accounts.statements import kinds, queries
from accounts.statements.filters import Filter
from payments.crossborder.models import Payment
from payments.crossborder.services import confirming
from tests.factories import crossborder as make

pytestmark = pytest.mark.django_db


def found(account: BankAccount, wanted: Filter) -> list[tuple[str, int]]:
    lines = queries.page(account.ledger_account_id, wanted).movements
    totals = queries.totals(account.ledger_account_id, wanted, most=100)
    assert totals.count == len(lines)
    return [(kinds.label(line.kind), line.amount) for line in lines]


@pytest.mark.parametrize("which", ["yuan", "dollars"])
def test_payment_and_fee_are_told_apart_by_name_category_and_word(wang: make.Sender, now: datetime, which: str) -> None:
    account: BankAccount = getattr(wang, which)
    payment: Payment = make.accepted(wang, 1_000_00, source=account, now=now)
    assert payment.fee > 0
    paid, fee = ("Payment abroad", -payment.debit), ("Fee of a payment abroad", -payment.fee)
    assert found(account, Filter())[:2] == [fee, paid]
    assert found(account, Filter(category="fees")) == [fee]
    assert paid in found(account, Filter(category="transfers"))
    assert fee not in found(account, Filter(category="transfers"))
    assert fee not in found(account, Filter(category="other"))
    assert found(account, Filter(words="fee of")) == [fee]


def test_a_fee_that_is_given_back_is_found_among_the_fees(wang: make.Sender, now: datetime) -> None:
    payment = make.ready(wang, 1_000_00, source=wang.dollars, now=now)
    confirming.take_back(customer=wang.customer, payment_id=payment.public_id, now=now)
    assert found(wang.dollars, Filter(category="fees")) == [
        ("Fee of a payment abroad given back", payment.fee),
        ("Fee of a payment abroad", -payment.fee),
    ]


def test_the_receipt_of_the_fee_says_that_it_is_one(wang: make.Sender, now: datetime) -> None:
    payment = make.accepted(wang, 1_000_00, source=wang.dollars, now=now)
    fee, paid = queries.page(wang.dollars.ledger_account_id, Filter()).movements[:2]
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(wang.customer.user)  # type: ignore[arg-type]
        titles = [
            client.get(reverse("movement", args=[wang.dollars.public_id, line.number])).context["title"]
            for line in (fee, paid)
        ]
    assert titles == ["Fee of a payment abroad", "Payment abroad"]
    assert (fee.amount, paid.amount) == (-payment.fee, -payment.debit)
