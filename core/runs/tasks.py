"""Runs without anybody asking. Each call takes its own stock; a missed tick costs time only."""

import time

import structlog
from celery import shared_task
from django.utils import timezone

from core.runs import engine

log = structlog.get_logger(__name__)
MOST_SECONDS = 200  # well under the hard limit of a task; the next tick goes on where this one stopped


@shared_task(name="core.runs.tasks.catch_up", ignore_result=True)
def catch_up(name: str) -> None:
    """Carry out what is due of a run, for at most MOST_SECONDS."""
    end = time.monotonic() + MOST_SECONDS
    try:
        engine.catch_up(name=name, clock=timezone.now, stop=lambda: time.monotonic() > end)
    except engine.Busy:
        log.info("another process is at work on this run", run=name)
