"""Prepares the next batch on a connection of its own, so that two of the server's processes share the work.

What is prepared here commits nothing and promises nothing: it is seen from before the present batch was booked. Whoever
takes it asks the books again, and where anything differs the batch is taken with care from the beginning.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from core.intake import staging
from core.intake.loading import Ahead, Delivery, Loader, Staged
from core.intake.reading import Batch, Refused


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch as it may be taken in one call, and what of it was there already or refused."""

    content: Any
    repeated: int
    refused: list[Refused]


def prepared(
    rows: Iterator[Batch], delivery: Delivery, loader: Loader, *, separately: bool
) -> Generator[tuple[Batch, Ready | None], None, None]:
    """This function will hand batches on, each with what could be prepared of it.

    It is asked from one thread alone: the second connection belongs to that thread. Without `separately`, or where the
    room prepares nothing, there is no second connection and nothing is ready.
    """
    if loader.ahead is None or not separately:
        for batch in rows:
            yield batch, None
        return
    second: BaseDatabaseWrapper = connection.copy()  # type: ignore[no-untyped-call]
    with closing(second):
        with second.cursor() as cursor:
            staging.create(cursor, loader.spec)
        second.set_autocommit(False)
        for batch in rows:
            yield batch, _ready(second, delivery, loader, loader.ahead, batch)


def _ready(second: BaseDatabaseWrapper, delivery: Delivery, loader: Loader, ahead: Ahead, batch: Batch) -> Ready | None:
    try:
        with second.cursor() as cursor:
            repeated, refused = staging.fill(cursor, delivery, loader, batch)
            content = ahead.prepare(Staged(cursor, delivery))
    finally:
        second.rollback()
    return None if content is None else Ready(content, repeated, refused)
