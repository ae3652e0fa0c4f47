"""What tests of clearing share: somebody who pays, the other side of the folder, and the one invariant of it all."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core import policy
from payments.clearing import queries
from tests.factories import clearing as make


@pytest.fixture(autouse=True)
def _figures_of_the_file() -> Iterator[None]:
    policy.forget()
    yield
    policy.forget()


@pytest.fixture
def wang(db: None, now: datetime) -> make.Payer:
    return make.payer(now=now)


@pytest.fixture
def other(db: None, tmp_path: Path, now: datetime) -> Iterator[make.OtherSide]:
    """The other side; whatever the test did, the clearing account ends as the sum of what is in flight."""
    make.fund_nostro(now)
    yield make.OtherSide(tmp_path)
    assert queries.in_clearing("CNY") == queries.in_flight("CNY")
