"""Two addresses for those who watch over the portal: is it alive, and may it be given work.

They are answered before anything else, because probes come by address, without TLS, without cookies, and every few
seconds: no host check, no redirect, no session, no log line. They tell states, and never reasons.
"""

from collections.abc import Callable

import structlog
from celery import current_app
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
BROKER_SECONDS = 2.0


class HealthProbe:
    """Stands first of all middleware and answers /healthz and /readyz."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return alive()
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)


def alive() -> HttpResponse:
    """This function will answer as long as the process can answer at all; nothing outside it is asked."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready() -> JsonResponse:
    """This function will answer 200 when the database answers and its tables are those of this code, otherwise 503.

    The broker is told but not required: while it is away money moves as usual and notices wait in the outbox.
    """
    database = database_answers()
    tables = database and tables_fit()
    states = {
        "database": "ok" if database else "down",
        "tables": "ok" if tables else "behind" if database else "unknown",
        "broker": "ok" if broker_answers() else "down",
    }
    return JsonResponse(states, status=200 if database and tables else 503, headers={"Cache-Control": "no-store"})


def database_answers() -> bool:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError as error:
        log.warning("the database does not answer", reason=str(error).splitlines()[0])
        return False


class _Tables:
    """Once they fit they stay fitting for this process: a newer migration comes with newer code."""

    fit = False


def tables_fit() -> bool:
    """This function will say whether every migration of this code has been applied."""
    if not _Tables.fit:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        _Tables.fit = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _Tables.fit


def broker_answers() -> bool:
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
            return bool(connection.connected)
    except (OperationalError, OSError):
        return False
