"""How the outbox is doing, for the health page and for staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Health:
    """`oldest_seconds` is how long the oldest undelivered fact has waited; parked ones are counted apart."""

    pending: int
    oldest_seconds: float
    parked: int


def health(*, now: datetime) -> Health:
    """This function will answer how much waits, how long the oldest has waited, and how many are parked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), min(f.created_at),
                   (SELECT count(*) FROM outbox_delivery WHERE state = 'parked')
              FROM outbox_delivery d JOIN outbox_fact f ON f.id = d.fact_id
             WHERE d.state = 'pending'
            """
        )
        pending, oldest, parked = cursor.fetchone()
    return Health(pending, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0, parked)
