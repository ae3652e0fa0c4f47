"""Lin, whose identity was verified, who has an authenticator app and recovery codes, and lost both with the phone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import access as make
from tests.factories import identity as desk

PHOTOS = desk.photos_of(desk.PERSON).by_side()


@pytest.fixture(autouse=True)
def photo_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now + timedelta(seconds=15), tick=False) as moving:
        yield moving


@pytest.fixture
def lin(db: None, clock: Any) -> User:
    user = make.person()
    customer = Customer.objects.create(user=user, created_at=timezone.now())
    desk.send(customer, now=timezone.now())
    drain()
    reviewer = desk.make_staff("enrolment@bank.example", "reviewer", "approver")
    desk.decide_now(Case.objects.get(subject="identity"), reviewer, now=timezone.now())
    drain()
    make.enrol_app(user)
    make.recovery_codes(user)
    make.phone(user)
    user.notices.all().delete()
    return user


@pytest.fixture
def reviewer(db: None) -> User:
    return desk.make_staff("reviewer@bank.example", "reviewer")


@pytest.fixture
def approver(db: None) -> User:
    return desk.make_staff("approver@bank.example", "approver")


def drain() -> None:
    relay.drain(now=timezone.now())


def to_second_step(client: Client, email: str = "lin@example.com", password: str = make.PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": email, "password": password})


def evidence(number: str = "") -> dict[str, Any]:
    return {
        "number": number or desk.PERSON.number,
        "document": SimpleUploadedFile("card.jpg", PHOTOS["front"], "image/jpeg"),
        "selfie": SimpleUploadedFile("face.jpg", PHOTOS["selfie"], "image/jpeg"),
    }


def ask(client: Client, number: str = "") -> None:
    """Walk the pages from the password to the sent request."""
    to_second_step(client)
    client.post(reverse("recover_begin"))
    client.post(reverse("recover_evidence"), evidence(number))
    client.post(reverse("recover_check"), {"consent": "on"})


def decide(people: list[User], verdict: str = "approve", **how: Any) -> None:
    for person in people:
        case = Case.objects.get(subject="recovery")
        if verdict == "decline":
            how = {"reasons": ["face_differs"], "note": "Another face.", **how}
        desk.decide_now(case, person, verdict, now=timezone.now(), **how)
    drain()


def new_app(client: Client) -> SimpleNamespace:
    """Open the page that sets up a new app, and say what its key is."""
    page = client.get(reverse("recover_factor"))
    return SimpleNamespace(status=page.status_code, secret=client.session.get("mfa.totp.secret"), page=page)
