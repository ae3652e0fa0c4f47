"""Writing the trail. Plain SQL, so that the door can be imported before Django's models are."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model

from core.audit import context

UNKNOWN = "unknown"


class NotInTransaction(RuntimeError):
    """Somebody tried to record an act outside the transaction in which it happens."""


def record(
    *,
    act: str,
    subject: Model | str,
    actor: Model | str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    now: datetime,
) -> int:
    """This function will write one row of the trail inside the open transaction and answer its id.

    `actor` is a user, or a text such as "system: nightly close"; without one it is whoever is signed in to the present
    request, else "unknown". `subject` is a record or a text such as "setting:limits". `now` is when the act took place
    by the portal's clock; the database adds its own. Raises NotInTransaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{act} must be recorded in the transaction of the act")
    origin = context.current()
    actor_id, actor_label = _who(actor if actor is not None else origin.person())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO audit_row (act, subject, actor_id, actor_label, before, after, reason, ip, reference, acted_at)
            VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s::inet, %s, %s) RETURNING id
            """,
            [
                act,
                name_of(subject),
                actor_id,
                actor_label,
                _as_json(before),
                _as_json(after),
                reason,
                origin.ip,
                origin.reference,
                now,
            ],
        )
        return int(cursor.fetchone()[0])


def name_of(subject: Model | str) -> str:
    """This function will name a record for the trail: "accounts.customer:1f0c…", by public id where it has one."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{getattr(subject, 'public_id', None) or subject.pk}"


def _who(actor: Model | str | None) -> tuple[int | None, str]:
    if actor is None:
        return None, UNKNOWN
    if isinstance(actor, str):
        return None, actor
    return actor.pk, str(actor)


def _as_json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(dict(values), cls=DjangoJSONEncoder, ensure_ascii=False)
