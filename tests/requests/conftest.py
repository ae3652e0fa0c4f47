"""What these tests share: somebody who asks, somebody who pays, and the whole way from link to receipt."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.core.cache import cache

from accounts.models import BankAccount, Customer
from core import policy
from payments.requests.models import MoneyRequest
from payments.requests.services import paying
from payments.services import transfers
from tests.factories import payments as make
from tests.payments.conftest import approved


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    policy.forget()
    cache.clear()
    yield
    policy.forget()


@dataclass
class People:
    """Li asks; Wang has 1,000 yuan and does not know Li."""

    asker: Customer
    to: BankAccount
    payer: Customer
    source: BankAccount


@pytest.fixture
def people(db: None, now: datetime) -> People:
    return two_people(now)


def two_people(now: datetime) -> People:
    asker, payer = make.customer("李明", now=now), make.customer("王小明", now=now)
    return People(asker, make.account(asker, now=now), payer, make.account(payer, balance=1_000_00, now=now))


def filled_in(
    request: MoneyRequest, payer: Customer, source: BankAccount, now: datetime, *, amount: int | None = None
) -> uuid.UUID:
    """The draft of a transfer that pays a request."""
    pay = paying.Pay(source=source.public_id, amount=amount, sure=True)
    return paying.draft(customer=payer, token=request.token, key=uuid.uuid4(), pay=pay, now=now).transfer_id


def confirm(payer: Customer, transfer_id: uuid.UUID, now: datetime) -> transfers.Confirmed:
    return transfers.confirm(
        customer=payer, transfer_id=transfer_id, challenge_id=approved(payer, transfer_id, now), now=now
    )


def paid(
    request: MoneyRequest, payer: Customer, source: BankAccount, now: datetime, *, amount: int | None = None
) -> uuid.UUID:
    made = filled_in(request, payer, source, now, amount=amount)
    confirm(payer, made, now)
    return made
