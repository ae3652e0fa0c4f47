"""A release that has to be taken back can be: the last migrations of every app run backwards, and forwards again."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.as_owner]
SCRATCH = "back_and_forth"
LAST = 3

# Everything a migration makes, so that a forgotten trigger or right is seen; without names the server invents.
SHAPE = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
                    FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
                         AND conname NOT LIKE '%\\_fk\\_%'""",
    "indexes": """SELECT tablename, indexdef FROM pg_indexes
                   WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_like'""",
    "triggers": """SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """SELECT oid::regprocedure::text, md5(prosrc), coalesce(proacl::text, '') FROM pg_proc
                     WHERE pronamespace = 'public'::regnamespace""",
    "rights": """SELECT oid::regclass::text, coalesce(relacl::text, '') FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')""",
    "rights on columns": """SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute
                             WHERE attacl IS NOT NULL""",
}


@pytest.fixture
def scratch(django_db_blocker: Any) -> Iterator[str]:
    """A database of its own, as the tests' own one was migrated."""
    default = connections["default"]
    name = f"{default.settings_dict['NAME']}_{SCRATCH}"
    connections.databases[SCRATCH] = {**connections.databases["default"], "NAME": name}
    with django_db_blocker.unblock():
        connections.close_all()
        with default._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            # Where script/test has migrated a database, this is a copy of it, as the tests' own one is.
            cursor.execute(f'CREATE DATABASE "{name}" {default.creation.sql_table_creation_suffix()}')
        try:
            call_command("migrate", database=SCRATCH, verbosity=0)
            yield SCRATCH
        finally:
            connections[SCRATCH].close()
            with contextlib.suppress(AttributeError):
                connections[SCRATCH].close_pool()
            del connections[SCRATCH]
            del connections.databases[SCRATCH]
            with default._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def shape(using: str) -> dict[str, set[Any]]:
    found = {}
    with connections[using].cursor() as cursor:
        for name, sql in SHAPE.items():
            cursor.execute(sql)
            found[name] = set(cursor.fetchall())
    return found


def own_apps() -> list[str]:
    """The bank's own apps, those that stand on others first."""
    own = [config.label for config in apps.get_app_configs() if config.path.startswith(str(settings.BASE_DIR))]
    return own[::-1]


def test_the_last_migrations_of_every_app_go_back_and_forth(scratch: str) -> None:
    before = shape(scratch)
    # On its own first: columns that a declaration of rights names are not there yet, and that is no error.
    call_command("migrate", "reviews", "0002", database=scratch, verbosity=0)
    call_command("migrate", database=scratch, verbosity=0)
    for label in own_apps():
        loader = MigrationLoader(connections[scratch])
        chain = sorted(name for app, name in loader.disk_migrations if app == label)
        applied = [name for name in chain if (label, name) in loader.applied_migrations]
        if not chain or not set(chain[-LAST:]) & set(applied):
            continue  # it has none, or they went back with what they stand on
        target = chain[-LAST - 1] if len(chain) > LAST else "zero"
        call_command("migrate", label, target, database=scratch, verbosity=0)
    call_command("migrate", database=scratch, verbosity=0)
    after = shape(scratch)
    for name in SHAPE:
        assert after[name] == before[name], name
