"""A broker and workers for each test, gone afterwards whatever happened."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.outbox import doorbell
from tests.kill.support import Broker, Process, workers


@pytest.fixture
def broker(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A running broker, to which this process rings too."""
    made = Broker(tmp_path)
    made.start()
    settings.CELERY_BROKER_URL = made.url
    settings.OUTBOX_ROUTES = "tests.kill.handlers.ROUTES"
    monkeypatch.setattr(doorbell, "_bell", doorbell.Doorbell())
    yield made
    made.stop()


@pytest.fixture
def start_workers(broker: Broker, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    started: list[Process] = []

    def start() -> Process:
        started.append(workers(broker.url, tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.kill()
