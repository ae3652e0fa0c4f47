"""Where the test database is, for the processes of their own that some tests start."""

from urllib.parse import quote

from django.db import connection


def of_test_database() -> str:
    """This function will give the DATABASE_URL of the present test database, on a port or on a socket's folder."""
    found = connection.settings_dict
    person = f"{quote(found['USER'], safe='')}:{quote(found['PASSWORD'], safe='')}"
    host, name = str(found["HOST"]), found["NAME"]
    if host.startswith("/"):
        return f"postgres://{person}@/{host}/{name}"
    return f"postgres://{person}@{host}:{found['PORT'] or 5432}/{name}"
