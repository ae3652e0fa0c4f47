"""A wiring board of our own: the portal's, and a few kinds for the tests."""

import pytest

from accounts.models import User
from portal import wiring

HERE = "tests.outbox.handlers"


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, ...]]:
    kinds = {
        "test.noted": (f"{HERE}.note",),
        "test.twice": (f"{HERE}.note", f"{HERE}.note_also"),
        "test.poison": (f"{HERE}.poison", f"{HERE}.note"),
        "test.gone": (f"{HERE}.nobody_wrote_this",),
        "test.unheard": (),
    }
    for kind, handlers in kinds.items():
        monkeypatch.setitem(wiring.OUTBOX_ROUTES, kind, handlers)
    return wiring.OUTBOX_ROUTES


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user("clerk@bank.example", "x", full_name="Clerk Wang", is_staff=True)
