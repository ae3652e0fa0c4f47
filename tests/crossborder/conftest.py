"""What tests of payments abroad share: somebody who sends, and the one invariant of it all."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core import policy
from payments.crossborder import queries
from tests.factories import crossborder as make


@pytest.fixture(autouse=True)
def _figures_of_the_file(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    policy.forget()
    yield
    policy.forget()


@pytest.fixture
def wang(db: None, now: datetime) -> Iterator[make.Sender]:
    """Whatever the test did, what is in transit is the sum of the payments on their way."""
    yield make.sender(now=now)
    for currency in ("CNY", "USD", "EUR", "JPY"):
        assert queries.held(currency) == queries.in_transit(currency), currency
