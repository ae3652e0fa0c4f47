"""Where the test database is, for the processes of their own that some tests start."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.db import connection


def of_test_database() -> str:
    """This function will give the DATABASE_URL of the present test database."""
    return of(connection.settings_dict)


def of(database: Mapping[str, Any]) -> str:
    """This function will write a database's settings as an address, on a port or on a socket's folder."""
    person = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    host, name = str(database["HOST"]), database["NAME"]
    if host.startswith("/"):
        return f"postgres://{person}@/{host}/{name}"
    return f"postgres://{person}@{host}:{database['PORT'] or 5432}/{name}"
