"""Rings the worker after a commit. Never part of the promise: what it does not ring for, the sweep finds.

A fact that comes alone rings at once. When the next one follows closely, a single message tells the worker to look a
moment later for whatever is due then, and covers all that come until that moment: a busy process rings a few times a
second, whatever it does, and no fact waits longer than that moment for its ring.

It has connections of its own with short patience, because Celery's ordinary producer tries again and sleeps in between,
which a waiting customer would feel. After a failure it stays silent for a while instead of knocking on every request.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from kombu.pools import ProducerPool

PATIENCE = 0.25  # seconds for connecting and for answering
SILENCE = 5.0  # seconds without knocking after a failure
CONNECTIONS = 8
MOMENT = 0.25  # seconds in which further facts share one message
MARGIN = 0.02  # seconds before that message's time in which it is no longer relied on

log = logging.getLogger(__name__)


class Doorbell:
    """One per process: a small pool of impatient connections and the time until which not to use them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProducerPool | None = None
        self._url = ""
        self.silent_until = 0.0
        self._rung_at = float("-inf")  # when the last message was sent
        self._covered_until = float("-inf")  # until when a message that waits will find what is committed

    def _producers(self) -> ProducerPool:
        with self._lock:
            if self._pool is None or self._url != settings.CELERY_BROKER_URL:
                self._url = settings.CELERY_BROKER_URL
                connection = current_app.connection_for_write(
                    self._url,
                    connect_timeout=PATIENCE,
                    transport_options={
                        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
                        "max_retries": 0,
                        "socket_timeout": PATIENCE,
                        "socket_connect_timeout": PATIENCE,
                        "retry_on_timeout": False,
                    },
                )
                self._pool = ProducerPool(limit=CONNECTIONS, connections=connection.Pool(limit=CONNECTIONS))
            return self._pool

    def ring(self, fact_id: int) -> bool:
        """This function will let a worker hear of a fact; False when the broker did not take the message."""
        now = time.monotonic()
        if now < self.silent_until:
            return False
        with self._lock:
            if now < self._covered_until:
                return True
            alone = now - self._rung_at >= MOMENT
            self._rung_at = now
            if not alone:
                self._covered_until = now + MOMENT - MARGIN
        try:
            with self._producers().acquire(block=True, timeout=PATIENCE) as producer:
                current_app.send_task(
                    "core.outbox.tasks.deliver" if alone else "core.outbox.tasks.sweep",
                    args=(fact_id,) if alone else (),
                    countdown=None if alone else MOMENT,
                    queue="outbox",
                    producer=producer,
                    retry=False,
                    expires=60,
                    ignore_result=True,
                )
        except Exception as error:  # noqa: BLE001 - whatever ails the broker, the fact is safe and the sweep finds it
            self.silent_until = time.monotonic() + SILENCE
            self._covered_until = float("-inf")
            log.warning("the doorbell did not ring for fact %s, the sweep will find it: %r", fact_id, error)
            return False
        return True


_bell = Doorbell()


def ring(fact_id: int) -> bool:
    """This function will ring this process's doorbell."""
    return _bell.ring(fact_id)
