from collections.abc import Iterator
from datetime import datetime

import pytest

from core import policy
from tests.factories import counter as make


@pytest.fixture(autouse=True)
def _figures_read_anew() -> Iterator[None]:
    """What a test adds to the policy table is gone afterwards; so is what this process remembers of it."""
    yield
    policy.forget()


@pytest.fixture
def counter(now: datetime, db: None) -> make.Counter:
    """A till that is open with 100,000 yuan in it; 1,900,000 are left in the vault."""
    return make.opened(now=now)
