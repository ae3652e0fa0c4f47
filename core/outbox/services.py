"""Recording a fact. Plain SQL in one round trip, so that the door can be imported before Django's models are."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model

from core import audit, prepared
from core.audit import NotInTransaction, context
from core.audit import services as audit_services
from core.audit.services import name_of
from core.outbox import doorbell, routes

__all__ = ["Change", "NotInTransaction", "NothingChanged", "One", "UnknownKind", "record", "record_many", "try_again"]


class UnknownKind(LookupError):
    """No line of the wiring board names this kind of fact."""


class NothingChanged(Exception):
    """The change that was to make the fact true found nothing to change. Let it leave the transaction."""


@dataclass(frozen=True, slots=True)
class Change:
    """A room's own statement that makes the fact true: an UPDATE or INSERT of its own tables with RETURNING."""

    sql: str
    params: Sequence[Any]


def record(
    *,
    kind: str,
    payload: Mapping[str, Any],
    owner: Model | str = "",
    act: audit.Act | None = None,
    change: Change | None = None,
    now: datetime,
) -> int:
    """This function will put a fact and its deliveries into the open transaction and answer the fact's id.

    `act` writes the trail's row about the same thing in the same round trip, as `audit.record` would in one of its own;
    `change` runs in it too, and when it returns no row NothingChanged is raised: nothing of the transaction may stay.
    After the commit it rings the worker; a broker that does not answer is logged and costs the caller next to nothing.
    Raises NotInTransaction, UnknownKind, NothingChanged.
    """
    if not audit_services.in_transaction():
        raise NotInTransaction(f"{kind} must be recorded in the transaction that makes it true")
    try:
        handlers = routes.board()[kind]
    except KeyError:
        raise UnknownKind(f"{kind} is not on the wiring board (settings.OUTBOX_ROUTES)") from None
    content = json.dumps(dict(payload), cls=DjangoJSONEncoder, ensure_ascii=False)
    values = [kind, content, name_of(owner), context.current().reference, now, list(handlers)]
    parts: list[str] = []
    bound: list[Any] = []
    if change is not None:
        parts.append(f"change AS ({change.sql})")
        bound += change.params
    if act is not None:
        parts.append(f"trail AS ({audit_services.INSERT})")
        bound += audit_services.values(act, now=now)
    changed = "EXISTS (SELECT 1 FROM change)" if change is not None else "true"
    statement = f"WITH {', '.join([*parts, _FACT])} SELECT id, {changed} FROM fact"  # noqa: S608 - the code's own words
    ((fact_id, made_true),) = prepared.rows(statement, [*bound, *values])
    if not made_true:
        transaction.set_rollback(True)
        raise NothingChanged(kind)
    if handlers:
        transaction.on_commit(partial(doorbell.ring, fact_id), robust=True)
    return fact_id


_FACT = """
    fact AS (
        INSERT INTO outbox_fact (kind, payload, owner, reference, created_at)
        VALUES (%s, %s::jsonb, %s, %s, %s) RETURNING id, created_at
    ), deliveries AS (
        INSERT INTO outbox_delivery (fact_id, handler, state, attempts, next_attempt_at, last_error)
        SELECT fact.id, handler, 'pending', 0, fact.created_at, ''
          FROM fact, unnest(%s::text[]) AS handler
    )
"""


@dataclass(frozen=True, slots=True)
class One:
    """One fact of `record_many`, with the trail's row about the same thing where there is one."""

    payload: Mapping[str, Any]
    owner: Model | str
    act: audit.Act | None = None


def record_many(*, kind: str, facts: Sequence[One], now: datetime) -> None:
    """This function will put many facts of one kind, their deliveries and their rows of the trail into the open
    transaction, in the order given. As `record`, for batches. Raises NotInTransaction, UnknownKind.
    """
    if not audit_services.in_transaction():
        raise NotInTransaction(f"{kind} must be recorded in the transaction that makes it true")
    try:
        handlers = routes.board()[kind]
    except KeyError:
        raise UnknownKind(f"{kind} is not on the wiring board (settings.OUTBOX_ROUTES)") from None
    if not facts:
        return
    audit.record_many([one.act for one in facts if one.act is not None], now=now)
    contents = [json.dumps(dict(one.payload), cls=DjangoJSONEncoder, ensure_ascii=False) for one in facts]
    owners = [name_of(one.owner) for one in facts]
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS, [kind, context.current().reference, now, contents, owners, now, list(handlers)]
        )  # fmt: skip
        ids = sorted(row[0] for row in cursor.fetchall())
    for fact_id in ids[:2] if handlers else []:  # the first rings for itself, the second for all that follow
        transaction.on_commit(partial(doorbell.ring, fact_id), robust=True)


_FACTS = """
    WITH fact AS (
        INSERT INTO outbox_fact (kind, payload, owner, reference, created_at)
        SELECT %s, f.payload, f.owner, %s, %s
          FROM unnest(%s::jsonb[], %s::text[]) WITH ORDINALITY AS f (payload, owner, place) ORDER BY f.place
        RETURNING id
    ), deliveries AS (
        INSERT INTO outbox_delivery (fact_id, handler, state, attempts, next_attempt_at, last_error)
        SELECT fact.id, handler, 'pending', 0, %s, '' FROM fact, unnest(%s::text[]) AS handler
    )
    SELECT id FROM fact
"""


def try_again(*, delivery_ids: Collection[int], actor: Model, reason: str = "", now: datetime) -> int:
    """This function will put parked deliveries on their way again with fresh tries, and answer how many were parked.

    In one transaction with one audit row for each. Those that are not parked are left alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH parked AS (
                SELECT id, attempts, last_error FROM outbox_delivery
                 WHERE id = ANY(%s) AND state = 'parked' ORDER BY id FOR UPDATE
            )
            UPDATE outbox_delivery d SET state = 'pending', attempts = 0, next_attempt_at = %s
              FROM parked WHERE d.id = parked.id
            RETURNING d.id, d.fact_id, d.handler, parked.attempts, parked.last_error
            """,
            [list(delivery_ids), now],
        )
        found = cursor.fetchall()
        for number, fact_id, handler, attempts, error in found:
            audit.record(
                act="outbox.delivery.tried_again",
                subject=f"outbox.delivery:{number}",
                actor=actor,
                before={"state": "parked", "tries": attempts, "error": error},
                after={"state": "pending", "fact": fact_id, "handler": handler},
                reason=reason,
                now=now,
            )
            transaction.on_commit(partial(doorbell.ring, fact_id), robust=True)
    return len(found)
