"""What tests of deposits share."""

from collections.abc import Iterator

import pytest

from core import policy


@pytest.fixture(autouse=True)
def _figures_of_the_file() -> Iterator[None]:
    """A figure that one test adds is not remembered by the next."""
    policy.forget()
    yield
    policy.forget()
