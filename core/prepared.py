"""A statement that is asked very often, bound and prepared on the server, in one round trip.

Django's own cursors write values into the text and have the server plan it anew each time. That is right for
queries whose shapes vary; what every page and every movement of money asks alike is planned once for each connection.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.sql import Composable

Row = tuple[Any, ...]


class PreparedCursor(psycopg.Cursor[Any]):
    """A cursor that binds on the server and prepares what it executes."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        options["prepare"] = True
        return super().execute(query, params, **options)


def rows(sql: str | Composable, params: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
    """This function will run one statement on Django's connection and answer its rows.

    The text is the code's own, of few shapes; a value whose type the server cannot see is cast in it (`%s::jsonb`).
    Raises what Django's cursors raise.
    """
    with cursor() as asked:
        asked.execute(sql, params)
        return list(asked.fetchall())


def cursor() -> Any:
    """This function will open a preparing cursor, or Django's own while statements are being logged or counted."""
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5  # lets this connection prepare at all; Django's own cursors still never do
    return connection.make_cursor(PreparedCursor(raw))  # type: ignore[arg-type]
