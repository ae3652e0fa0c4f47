"""Customers who have lived with the bank for a while, and answered step-ups."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import Customer
from accounts.mydata import exporting
from accounts.mydata.models import Export
from payments import queries
from payments.services import transfers
from tests.factories import access
from tests.factories import payments as money


@dataclass
class Life:
    """A customer with something in every corner."""

    customer: Customer
    pair: money.Pair


def lived_in(*, now: datetime, memo: str = "Rent", balance: int = 5_000_00, phone: str = "") -> Life:
    two = money.pair(balance=balance, now=now)
    money.enrol(two.payer)
    access.recovery_codes(two.payer.user)  # type: ignore[arg-type]
    if phone:
        access.phone(two.payer.user, phone)  # type: ignore[arg-type]
    send(two, 100_00, memo=memo, now=now)
    return Life(two.payer, two)


def send(two: money.Pair, amount: int, *, memo: str = "", now: datetime) -> None:
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=money.order(two, amount, memo=memo), now=now)
    record = queries.transfer_of(two.payer, made.transfer_id)
    assert record is not None
    question = answered(two.payer, transfers.OPERATION, transfers.shown(record), now=now)
    transfers.confirm(customer=two.payer, transfer_id=made.transfer_id, challenge_id=question, now=now)


def answered(customer: Customer, operation: str, payload: Any, *, now: datetime) -> uuid.UUID:
    """A step-up the customer has answered rightly."""
    assert customer.user is not None
    question = stepup.start(user=customer.user, operation=operation, payload=payload, now=now)
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    return question.id


def asked(customer: Customer, *, language: str = "en", now: datetime) -> Export:
    """A copy that waits for its worker."""
    challenge = answered(customer, exporting.OPERATION, exporting.shown(customer), now=now)
    return exporting.ask(customer=customer, language=language, challenge_id=challenge, now=now)
