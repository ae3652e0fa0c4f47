from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from core import policy, workdays
from core.reviews import wording
from tests.factories import identity as make
from tests.factories.reviews import World, new_world
from tests.identity.conftest import approver, customer, monday_morning, on_desk, photo_folder, reviewer

__all__ = ["approver", "customer", "lead", "matters", "monday_morning", "on_desk", "photo_folder", "reviewer"]


@pytest.fixture(autouse=True)
def figures_as_loaded() -> Iterator[None]:
    """What one test laid down in the policy table, the words and the calendar is forgotten with it."""
    for room in (policy, wording, workdays):
        room.forget()
    yield
    for room in (policy, wording, workdays):
        room.forget()


@pytest.fixture
def matters(settings: Any) -> World:
    """Plain matters on the desk beside the real ones, and a say in who is away."""
    settings.REVIEW_SUBJECTS = "tests.factories.reviews.SUBJECTS"
    settings.REVIEW_DOORS = "tests.factories.reviews.DOORS"
    return new_world()


@pytest.fixture
def lead(db: None) -> User:
    """Somebody who leads the desk."""
    return make.make_staff("lead@bank.example", "approver")
