"""Writing the trail. Plain SQL, so that the door can be imported before Django's models are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model

from core import prepared
from core.audit import context

UNKNOWN = "unknown"


INSERT = """
    INSERT INTO audit_row (act, subject, actor_id, actor_label, before, after, reason, ip, reference, acted_at)
    VALUES (%s, %s, %s::bigint, %s, %s::jsonb, %s::jsonb, %s, %s::inet, %s, %s) RETURNING id
"""


class NotInTransaction(RuntimeError):
    """Somebody tried to record an act outside the transaction in which it happens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """An act as the trail writes it down; the fields are those of `record`."""

    act: str
    subject: Model | str
    actor: Model | str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


def in_transaction() -> bool:
    """This function will say whether a transaction is open in which something can be recorded.

    One that a test itself has opened does not count (tests/conftest.py): outside of the tests it is not there.
    """
    return connection.in_atomic_block


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
    if not in_transaction():
        raise NotInTransaction(f"{act} must be recorded in the transaction of the act")
    what = Act(act=act, subject=subject, actor=actor, before=before, after=after, reason=reason)
    ((row_id,),) = prepared.rows(INSERT, values(what, now=now))
    return int(row_id)


_INSERT_MANY = """
    INSERT INTO audit_row (act, subject, actor_id, actor_label, before, after, reason, ip, reference, acted_at)
    SELECT act, subject, actor_id, actor_label, before, after, reason, ip, reference, acted_at
      FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::jsonb[], %s::jsonb[], %s::text[], %s::inet[],
                  %s::text[], %s::timestamptz[]) WITH ORDINALITY
           AS a (act, subject, actor_id, actor_label, before, after, reason, ip, reference, acted_at, place)
     ORDER BY place
"""


def record_many(acts: Sequence[Act], *, now: datetime) -> None:
    """This function will write the rows of many acts in the order given, in one statement. As `record`, for batches.

    Raises NotInTransaction.
    """
    if not in_transaction():
        raise NotInTransaction("acts must be recorded in the transaction in which they happen")
    if not acts:
        return
    columns = zip(*(values(act, now=now) for act in acts), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MANY, [list(column) for column in columns])


def values(what: Act, *, now: datetime) -> list[Any]:
    """This function will give what `INSERT` binds for an act."""
    origin = context.current()
    actor_id, actor_label = _who(what.actor if what.actor is not None else origin.person())
    after = {**(what.after or {}), "emergency": origin.emergency} if origin.emergency else what.after
    return [
        what.act, name_of(what.subject), actor_id, actor_label, _as_json(what.before), _as_json(after),
        what.reason, origin.ip, origin.reference, now,
    ]  # fmt: skip


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
    return actor.pk, getattr(actor, "trail_name", "") or str(actor)


def _as_json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(dict(values), cls=DjangoJSONEncoder, ensure_ascii=False)
