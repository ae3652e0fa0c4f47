"""Who takes an application back, and with it the consent to use their photos, stops the work on it wherever it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from accounts.identity import reading, services
from accounts.identity.models import Verification
from accounts.models import Customer
from core.audit.models import Row
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db(transaction=True)
_reads: list[int] = []
_meanwhile: list[Any] = []


def reader(jpegs: Mapping[str, bytes]) -> dict[str, list[reading.Line]]:
    """Reads photos, and lets something happen meanwhile."""
    _reads.append(len(jpegs))
    for act in _meanwhile:
        act()
    return desk.read_sample(jpegs)


@pytest.fixture(autouse=True)
def _reader(settings: Any) -> None:
    settings.IDENTITY_READER = f"{__name__}.reader"
    _reads.clear()
    _meanwhile.clear()


def sent(*, now: datetime) -> tuple[Customer, Verification]:
    customer = desk.make_customer(now=now)
    return customer, desk.send(customer, now=now)


def test_taken_back_before_the_worker_came_no_photo_is_read(now: datetime) -> None:
    customer, verification = sent(now=now)
    services.take_back(customer=customer, now=now)
    relay.drain(now=now)
    verification.refresh_from_db()
    assert verification.state == "withdrawn"
    assert _reads == []
    assert not Case.objects.exists()


def test_taken_back_while_the_photos_are_read_nothing_of_the_reading_is_kept(now: datetime) -> None:
    customer, verification = sent(now=now)
    _meanwhile.append(lambda: services.take_back(customer=customer, now=now))
    relay.drain(now=now)
    verification.refresh_from_db()
    assert _reads
    assert verification.state == "withdrawn"
    assert (verification.risk, verification.risk_points) == ("", None)
    assert not Case.objects.exists()
    assert not Row.objects.filter(act="identity.checked").exists()
