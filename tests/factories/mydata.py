"""Customers who have lived with the bank for a while, and answered step-ups."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import Customer
from accounts.mydata import correcting, exporting, files
from accounts.mydata.models import Correction, Export, ExportFile, Takeout
from payments import queries
from payments.services import transfers
from tests.factories import access
from tests.factories import identity as desk
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


def ready(customer: Customer, *, now: datetime) -> Export:
    """A copy of a customer's data that can be downloaded; its one file is all but empty."""
    found = Export.objects.filter(customer=customer).first()
    if found is None:
        found = Export.objects.create(
            customer=customer,
            language="en",
            state=Export.State.READY,
            asked_at=now,
            ready_at=now,
            expires_at=now + timedelta(days=1),
        )
        ExportFile.objects.create(export=found, kind="json", file=files.write(b"{}"), size=2, digest="0" * 64)
    return found


def corrected(customer: Customer, *, now: datetime) -> Correction:
    """A correction that waits on the desk."""
    found = Correction.objects.filter(customer=customer, state=Correction.State.IN_REVIEW).first()
    return found or correcting.ask(customer=customer, what="address", new="New Street 1", why="I moved", now=now)


RECORDS: dict[str, Callable[[money.Pair, datetime], dict[str, Any]]] = {
    "mydata_copy": lambda pair, now: {"public_id": ready(pair.payer, now=now).public_id},
    "mydata_copy_state": lambda pair, now: {"public_id": ready(pair.payer, now=now).public_id},
    "mydata_copy_file": lambda pair, now: {"public_id": ready(pair.payer, now=now).public_id, "kind": "json"},
    "mydata_nickname": lambda pair, _now: {"public_id": pair.source.public_id},
    "mydata_correction_take_back": lambda pair, now: {"public_id": corrected(pair.payer, now=now).public_id},
}


def left(*, now: datetime) -> Customer:
    """Somebody whose relationship has ended: what is kept of them is covered."""
    found = Customer.objects.filter(standing=Customer.Standing.CLOSED).first()
    return found or Customer.objects.create(
        legal_name="欧阳修", standing=Customer.Standing.CLOSED, created_at=now, verified_at=now
    )


def taken_out(*, now: datetime) -> Takeout:
    """A file that a colleague took out."""
    found = Takeout.objects.first()
    return found or Takeout.objects.create(
        kind="audit", wanted={"words": "mydata.", "until": 0}, purpose="a letter from a court", case="R1",
        asked_by=desk.make_staff("taker@example.com", "auditor"), rows=0, file=files.write(b"x"), digest="0" * 64,
        made_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip


STAFF_RECORDS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "staff_reason": lambda now: {"public_id": left(now=now).public_id},
    "staff_takeout": lambda now: {"public_id": taken_out(now=now).public_id},
    "mydata_reveal": lambda _now: {"public_id": Customer.objects.order_by("pk")[0].public_id},
}
FIXED: dict[str, dict[str, Any]] = {
    "mydata_consent": {"purpose": "offers"},
    "mydata_correct": {"what": "address"},
    "mydata_person": {"decision": "careful"},
}
