"""What the tests of the books share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from ledger import balances
from ledger.models import Account, Entry, Line


def booked(account: Account) -> int:
    return balances.of([account.pk])[account.pk].booked


def written() -> tuple[int, int]:
    """How many entries and lines the books hold."""
    return Entry.objects.count(), Line.objects.count()


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls in as many threads, started together, each on a connection of its own; answer results or errors."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return call()
        except Exception as error:  # noqa: BLE001 - the errors are what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))
