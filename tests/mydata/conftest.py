"""People with data, and a worker's hands."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.factories import mydata as make


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lin(now: datetime) -> Any:
    """A verified customer with an account, a payee, a transfer and a second step."""
    return make.lived_in(now=now)
