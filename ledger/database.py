"""How Python calls the books' functions: one round trip, a plan the server keeps, refusals by name."""

import time
from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection

from core import prepared
from ledger.errors import LedgerError, translated

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
TRIES = 5


def call(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """This function will run one statement against the books in one round trip and answer its rows.

    Outside a transaction the statement is its own, and a deadlock or serialization failure is tried again, five times
    in all. Inside one, a refusal ends that transaction as any database error does: let it leave the `atomic` block, or
    wrap the call in an `atomic` of its own to go on after it. Raises LedgerError.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _once(sql, params)
        except LedgerError:
            if connection.in_atomic_block:
                connection.needs_rollback = True  # so that a caller who goes on is told why it cannot
            raise
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if connection.in_atomic_block or state not in {SERIALIZATION_FAILURE, DEADLOCK} or attempt == TRIES:
                raise
            time.sleep(0.01 * attempt)  # seconds
    raise AssertionError("unreachable")


def _once(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with translated(), prepared.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
