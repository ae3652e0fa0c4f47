"""Fixtures for tests about staff: the bank's Monday morning, and people who ask and decide."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from accounts.models import User
from core import policy, workdays
from core.reviews import wording
from tests.factories import changes as make


@pytest.fixture(autouse=True)
def monday_morning(now: datetime) -> Iterator[None]:
    """Let views and handlers, which read the clock themselves, live in the same moment as the test."""
    with time_machine.travel(now, tick=False):
        policy.forget()
        wording.forget()
        workdays.forget()
        yield
        policy.forget()
        wording.forget()
        workdays.forget()


@pytest.fixture
def risk(db: None) -> User:
    return make.staff("risk_officer", email="risk@bank.example")


@pytest.fixture
def approver(db: None) -> User:
    return make.staff("approver", email="approver@bank.example")


@pytest.fixture
def manager(db: None) -> User:
    return make.staff("manager", email="manager@bank.example")


@pytest.fixture
def administrator(db: None) -> User:
    return make.staff("administrator", email="admin@bank.example")


@pytest.fixture
def teller(db: None) -> User:
    return make.staff("teller", email="teller@bank.example")
