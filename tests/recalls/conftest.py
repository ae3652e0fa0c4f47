"""What tests of recalls share: two people of this bank, and somebody who pays to another."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core import policy, workdays
from core.reviews import wording
from payments.clearing import queries
from tests.factories import clearing
from tests.factories import payments as money


@pytest.fixture(autouse=True)
def _figures_of_the_file() -> Iterator[None]:
    policy.forget()
    wording.forget()
    workdays.forget()
    yield
    policy.forget()
    wording.forget()
    workdays.forget()


@pytest.fixture
def two(db: None, now: datetime) -> money.Pair:
    """Wang, who has 1,000 yuan, and Li, whom Wang pays."""
    return money.pair(now=now)


@pytest.fixture
def wang(db: None, now: datetime) -> clearing.Payer:
    return clearing.payer(now=now)


@pytest.fixture
def other(db: None, tmp_path: Path, now: datetime) -> Iterator[clearing.OtherSide]:
    """The other side; whatever the test did, the clearing account ends as the sum of what is in flight."""
    clearing.fund_nostro(now)
    yield clearing.OtherSide(tmp_path)
    assert queries.in_clearing("CNY") == queries.in_flight("CNY")
