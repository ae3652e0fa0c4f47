"""The relay as Celery runs it: at the doorbell for one fact, and every two seconds for whatever is due."""

import time

from celery import shared_task
from django.utils import timezone

from core.outbox import relay

SWEEP_FOR = 2.0  # seconds; beat starts the next one, and other work gets its turn


@shared_task
def deliver(fact_id: int) -> int:
    """This task will deliver one fact to those handlers that are due for it."""
    tried = 0
    while relay.deliver_due(now=timezone.now(), fact_id=fact_id):
        tried += 1
    return tried


@shared_task
def sweep() -> int:
    """This task will deliver whatever is due, until nothing is or its time is over."""
    tried, end = 0, time.monotonic() + SWEEP_FOR
    while relay.deliver_due(now=timezone.now()):
        tried += 1
        if time.monotonic() > end:
            break
    return tried
