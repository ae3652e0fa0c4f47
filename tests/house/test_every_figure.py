"""Every figure of the policy table is read while the portal runs: a change of it changes what the bank does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.core.cache import cache
from django.db import transaction

from core import policy
from core.policy import file
from tests.factories.policy import add_figure
from tests.house.figures import WATCHED
from tests.house.figures.ground import Ground, other

FILED = {row.key: row for row in file.read(configured.POLICY_FILE)}


@pytest.fixture(autouse=True)
def _table_read_anew() -> Iterator[None]:
    policy.forget()
    yield
    policy.forget()


@contextmanager
def undone() -> Iterator[None]:
    """Undo what an observer does, so that the next one stands where it stood."""
    cache.clear()
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # acts that insist on a transaction of their own have one
    with block:
        yield
        transaction.set_rollback(True)


def seen(key: str, now: datetime) -> Any:
    with undone():
        return WATCHED[key].observe(Ground(now))


def test_every_figure_has_an_observer() -> None:
    """A figure nobody can see at work is a figure nobody may rely on."""
    assert sorted(set(FILED) - set(WATCHED)) == [], (
        "write how the figure is seen at work: one line in WATCHED of the fitting file of tests/house/figures/, "
        "Watch(lambda ground: what the bank does)"
    )
    assert sorted(set(WATCHED) - set(FILED)) == [], "observers of figures that are gone"


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(set(FILED) & set(WATCHED)))
def test_a_changed_figure_changes_what_the_bank_does(key: str, now: datetime, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.REVIEW_SUBJECTS = "tests.factories.reviews.SUBJECTS"
    row = FILED[key]
    with time_machine.travel(now, tick=False):
        before = seen(key, now)
        assert seen(key, now) == before, "what is looked at differs by itself: it proves nothing"
        add_figure(key, WATCHED[key].changed or other(row.type, row.value), type=row.type, unit=row.unit, now=now)
        assert seen(key, now) != before
