"""A folder of our own for photos, and people."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Customer, User
from core.reviews.models import Case
from tests.factories import identity as make


@pytest.fixture(autouse=True)
def photo_folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


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
