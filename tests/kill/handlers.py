"""Handlers that are killed while they work. Each leaves its trace in the audit trail, inside its transaction."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from core import audit, outbox
from core.outbox import backoff
from portal import wiring

HERE = "tests.kill.handlers"
ROUTES = {
    **wiring.OUTBOX_ROUTES,
    "kill.quiet": (f"{HERE}.note",),
    "kill.slow": (f"{HERE}.slow_at_first", f"{HERE}.note"),
    "kill.deadly": (f"{HERE}.deadly", f"{HERE}.note"),
}
# These tests kill a delivery five times over; an hour's patience between two tries is proven elsewhere.
backoff.STEPS = (timedelta(seconds=1),) * 4


def note(fact: outbox.Fact) -> None:
    audit.record(act="kill.noted", subject=f"fact:{fact.id}", now=fact.now)


def slow_at_first(fact: outbox.Fact) -> None:
    """Works for as long as it takes to be killed; the second time it is quick."""
    audit.record(act="kill.slow", subject=f"fact:{fact.id}", now=fact.now)
    begun = Path(fact.payload["begun"])
    if not begun.exists():
        begun.touch()
        time.sleep(120)


def deadly(fact: outbox.Fact) -> None:
    """Takes its worker with it, every time."""
    audit.record(act="kill.deadly", subject=f"fact:{fact.id}", now=fact.now)
    os.kill(os.getpid(), signal.SIGKILL)
