"""What tests of orders share."""

from collections.abc import Iterator

import pytest

from core import policy


@pytest.fixture(autouse=True)
def _figures_of_the_file() -> Iterator[None]:
    """A figure that one test adds is not remembered by the next."""
    policy.forget()
    yield
    policy.forget()


@pytest.fixture(autouse=True)
def _every_year_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests go years ahead; what is done in a year nobody has announced is in tests/runs/test_hindrances.py."""
    monkeypatch.setattr("ledger.steps.unknown_calendar", lambda _day: "")
