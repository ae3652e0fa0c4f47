"""The entrance as tests use it: a fresh count of tries, a clock that stands still, the code out of the last mail."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock():
    """The middle of a half minute on a Monday morning; `clock.shift(seconds)` moves on."""
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, 15, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False) as moving:
        yield moving


@pytest.fixture
def mailed_code():
    """Give the six digits of the last mail."""

    def read() -> str:
        return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]

    return read
