"""Brings facts to their handlers. Any number of workers may run this at once.

A try is: count it (its own transaction, so that it counts even if it kills the worker), then lock the delivery, call
the handler and mark it done in one transaction. While a try runs its row is locked, so nobody else takes it; when the
worker dies the lock is gone and the delivery is due again after the pause that was written with the count.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from core.audit.context import Origin, origin
from core.outbox import backoff, routes
from core.outbox.facts import Fact, lease_of
from core.outbox.models import Delivery

log = logging.getLogger(__name__)
NOTHING_CAME_BACK = "The worker stopped in the middle of the last try and said nothing more."


@dataclass(frozen=True)
class Claim:
    """One counted try."""

    delivery_id: int
    attempts: int
    handler: str
    fact: Fact


def deliver_due(*, now: datetime, fact_id: int | None = None) -> bool:
    """This function will try one delivery that is due, of this fact or of any, and answer whether there was one."""
    claim = _claim(now=now, fact_id=fact_id)
    if claim is None:
        return False
    if claim.attempts > backoff.MOST_TRIES:
        _park(claim, NOTHING_CAME_BACK)
        return True
    with (
        origin(Origin(reference=claim.fact.reference)),
        structlog.contextvars.bound_contextvars(
            reference=claim.fact.reference, fact=claim.fact.id, kind=claim.fact.kind, handler=claim.handler
        ),
    ):
        try:
            _call(claim, now=now)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept with its delivery
            log.warning("try %s of delivery %s failed: %r", claim.attempts, claim.delivery_id, error)
            _note_failure(claim, error)
    return True


def drain(*, now: datetime, fact_id: int | None = None, at_most: int = 1000) -> int:
    """This function will try deliveries until none is due, at most so many, and answer how many it tried."""
    tried = 0
    while tried < at_most and deliver_due(now=now, fact_id=fact_id):
        tried += 1
    return tried


def _claim(*, now: datetime, fact_id: int | None) -> Claim | None:
    """Count a try of the delivery that has waited longest and is in nobody's hands."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.attempts, d.handler, f.id, f.kind, f.payload::text, f.owner, f.created_at, f.reference
              FROM outbox_delivery d JOIN outbox_fact f ON f.id = d.fact_id
             WHERE d.state = 'pending' AND d.next_attempt_at <= %(now)s
               AND (%(fact)s::bigint IS NULL OR d.fact_id = %(fact)s)
             ORDER BY d.next_attempt_at, d.id
             LIMIT 1
               FOR UPDATE OF d SKIP LOCKED
            """,
            {"now": now, "fact": fact_id},
        )
        row = cursor.fetchone()
        if row is None:
            return None
        delivery_id, before, path, number, kind, payload, owner, created_at, reference = row
        attempts = before + 1
        cursor.execute(
            "UPDATE outbox_delivery SET attempts = %s, next_attempt_at = %s WHERE id = %s",
            [attempts, now + _until_next(path, attempts), delivery_id],
        )
    fact = Fact(number, kind, json.loads(payload), owner, created_at, now, reference)
    return Claim(delivery_id, attempts, path, fact)


def _until_next(path: str, attempts: int) -> timedelta:
    try:
        lease = lease_of(routes.handler(path))
    except ImportError:  # the try itself will say so
        lease = None
    return max(backoff.pause(attempts), lease or timedelta())


def _call(claim: Claim, *, now: datetime) -> None:
    handler = routes.handler(claim.handler)
    if lease_of(handler) is not None:
        handler(claim.fact)
        _mark_done(claim, now=now)
        return
    with transaction.atomic():
        if _hold(claim):
            handler(claim.fact)
            _mark_done(claim, now=now)


def _hold(claim: Claim) -> bool:
    """Lock the delivery for this try; False when another worker has gone further meanwhile.

    It waits rather than skips: another worker that looked for something due may hold the row for a moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 1 FROM outbox_delivery
             WHERE id = %s AND state = 'pending' AND attempts = %s
               FOR UPDATE
            """,
            [claim.delivery_id, claim.attempts],
        )
        return cursor.fetchone() is not None


def _mark_done(claim: Claim, *, now: datetime) -> None:
    Delivery.objects.filter(id=claim.delivery_id).update(state=Delivery.State.DONE, done_at=now, last_error="")


def _note_failure(claim: Claim, error: Exception) -> None:
    words = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    if claim.attempts >= backoff.MOST_TRIES:
        _park(claim, words)
        return
    Delivery.objects.filter(id=claim.delivery_id, state="pending", attempts=claim.attempts).update(last_error=words)


def _park(claim: Claim, words: str) -> None:
    Delivery.objects.filter(id=claim.delivery_id, state="pending", attempts=claim.attempts).update(
        state=Delivery.State.PARKED, attempts=min(claim.attempts, backoff.MOST_TRIES), last_error=words
    )
    log.error("delivery %s to %s is parked: %s", claim.delivery_id, claim.handler, words)
