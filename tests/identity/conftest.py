"""A folder of our own for photos, the bank's Monday morning, and people."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from accounts.models import Customer, User
from core.reviews.models import Case
from tests.factories import identity as make


@pytest.fixture(autouse=True)
def photo_folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def monday_morning(now: datetime) -> Iterator[None]:
    """Let views and handlers, which read the clock themselves, live in the same moment as the test."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def customer(db: None, now: datetime) -> Customer:
    return make.make_customer(now=now)


@pytest.fixture
def reviewer(db: None) -> User:
    return make.make_staff("reviewer@bank.example", "reviewer")


@pytest.fixture
def approver(db: None) -> User:
    return make.make_staff("approver@bank.example", "approver")


@pytest.fixture
def on_desk(now: datetime) -> Any:
    """Send an application, let the worker run, and give the case."""
    from core.outbox import relay

    def put(customer: Customer, **details: Any) -> Case:
        verification = make.send(customer, now=now, **details)
        relay.drain(now=now)
        return Case.objects.get(subject="identity", subject_id=str(verification.public_id))

    return put
