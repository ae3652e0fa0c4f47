"""Putting the database back after a test that committed: only what it wrote is taken away.

Django truncates every table after each of them, which makes some eight hundred new files and sets all rights anew: half
a second and more, seven hundred times. Here the first such test of a process is cleaned up after as Django does, what
stands then is kept beside (schema `seed`), and after each later one the tables that differ from it are put back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

from core import policy

MANY = 20_000  # rows: from here on truncating is quicker, and leaves no dead rows behind
_BY_DJANGO = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out


@dataclass(frozen=True)
class _Ground:
    """What stands when nothing has been written: each table's mark, and which tables guard their rows by triggers."""

    marks: Mapping[str, str]
    seeded: Collection[str]
    guarded: Collection[str]


class Cleaner:
    """Cleans up after tests; `thorough` for the next one means as Django does."""

    def __init__(self) -> None:
        self.thorough = False
        self._flushed = False  # before the first time there is more in the tables: what migrations put there
        self._ground: _Ground | None = None

    def __call__(self, case: Any) -> None:
        ground = self._ground
        if ground is None or self.thorough or not self._quickly(ground):
            _BY_DJANGO(case)
            self.thorough, self._flushed, self._ground = False, True, None

    def keep(self) -> None:
        """Remember what stands now as the ground to come back to, where nothing has been written since a flush."""
        if self._flushed and self._ground is None:
            with transaction.atomic(), connection.cursor() as cursor:
                self._ground = _kept(cursor)

    def _quickly(self, ground: _Ground) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            every = ", ".join(_quoted(table) for table in ground.marks)
            cursor.execute(f"LOCK TABLE {every} IN ACCESS EXCLUSIVE MODE")  # whoever still writes is waited for
            now = _marks(cursor, ground.marks)
            differ = [table for table, mark in now.items() if mark != ground.marks[table]]
            if sum(int(now[table].partition(":")[0]) for table in differ) > MANY:
                return False
            guarded = [table for table in differ if table in ground.guarded]
            for table in guarded:
                cursor.execute(f"ALTER TABLE {_quoted(table)} DISABLE TRIGGER USER")
            for table in differ:
                cursor.execute(f"DELETE FROM {_quoted(table)}")
            for table in differ:
                if table in ground.seeded:
                    cursor.execute(
                        f"INSERT INTO {_quoted(table)} OVERRIDING SYSTEM VALUE SELECT * FROM seed.{_quoted(table)}"
                    )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {_quoted(table)} ENABLE TRIGGER USER")
        if "policy_figure" in differ:
            policy.forget()
        if "django_content_type" in differ:
            ContentType.objects.clear_cache()
        return True


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def _marks(cursor: CursorWrapper, tables: Collection[str]) -> dict[str, str]:
    """What stands in each table: how many rows, and a sum over them."""
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{table}', count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0)"
            f" FROM {_quoted(table)} t"
            for table in tables
        )
    )
    return dict(cursor.fetchall())


def _kept(cursor: CursorWrapper) -> _Ground:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    marks = _marks(cursor, tables)
    seeded = [table for table, mark in marks.items() if mark != "0:0"]
    cursor.execute("DROP SCHEMA IF EXISTS seed CASCADE")
    cursor.execute("CREATE SCHEMA seed")
    for table in seeded:
        cursor.execute(f"CREATE TABLE seed.{_quoted(table)} AS TABLE {_quoted(table)}")
    cursor.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
    )
    return _Ground(marks, frozenset(seeded), frozenset(name for (name,) in cursor.fetchall()))
