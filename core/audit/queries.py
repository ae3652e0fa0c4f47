"""Reading the trail for staff, and how the sealing is doing."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Health:
    """How many rows wait for their seal, and for how long the oldest has waited."""

    waiting: int
    oldest_seconds: float


def health() -> Health:
    """This function will answer how the sealing is doing, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(r.recorded_at)), 0)::float
              FROM audit_pending p JOIN audit_row r ON r.id = p.row_id
            """
        )
        waiting, oldest = cursor.fetchone()
    return Health(waiting, max(oldest, 0.0))


def acts() -> list[str]:
    """This function will list every act in the trail, hopping along the index instead of reading the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE hop AS (
                (SELECT act FROM audit_row ORDER BY act LIMIT 1)
                UNION ALL
                SELECT (SELECT act FROM audit_row WHERE act > hop.act ORDER BY act LIMIT 1) FROM hop
                 WHERE hop.act IS NOT NULL
            )
            SELECT act FROM hop WHERE act IS NOT NULL
            """
        )
        return [row[0] for row in cursor.fetchall()]
