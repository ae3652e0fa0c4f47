"""Reading the trail for staff, and how the sealing is doing."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.audit.models import Row, Seal


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


@dataclass(frozen=True)
class Change:
    """One field of an act: what it was, what it became; None where it was not there."""

    name: str
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def row(number: str) -> Row | None:
    """This function will give a row by its number as an address has it."""
    return Row.objects.filter(pk=int(number)).first() if number.isdigit() and len(number) < 19 else None


def changes(row: Row) -> list[Change]:
    """This function will set what was beside what became, field by field; what changed comes first."""
    before, after = _fields(row.before), _fields(row.after)
    found = [Change(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]
    return sorted(found, key=lambda one: not one.changed)


def seal_of(row: Row) -> Seal | None:
    """This function will give a row's place in the chain; None while it waits for it."""
    return Seal.objects.filter(row_id=row.pk).first()


def _fields(kept: Any) -> dict[str, str]:
    if not kept:
        return {}
    if not isinstance(kept, dict):
        return {"": _text(kept)}
    return {str(name): _text(value) for name, value in kept.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
