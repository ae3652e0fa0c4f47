"""What every test stands on: the application's own role, the policy figures, and books that balance afterwards."""

import sys
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from django.utils import timezone

from accounts.identity import photos
from tests.clean import Cleaner

HERE = Path(__file__).resolve().parent
REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CLEANER = Cleaner()
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "client", "admin_client"}
_as_application = False


def _take_role(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Put every new connection, the threads' own included, into the application's role while a test runs."""
    if _as_application:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {settings.DATABASE_APP_ROLE}")


connection_created.connect(_take_role, dispatch_uid="tests take the application's role")


def _of_ones_own() -> bool:
    """Whether a transaction is open besides the one in which a test runs: outside of tests that one is not there."""
    if any(not block._from_testcase for block in connection.atomic_blocks):
        return True
    caller = sys._getframe(2)  # who called `record`: a test may do so in its own transaction
    return connection.in_atomic_block and Path(caller.f_code.co_filename).is_relative_to(HERE)


@pytest.fixture(autouse=True, scope="session")
def _a_tests_own_transaction_does_not_count() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.audit.services.in_transaction", _of_ones_own)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests in a browser follow one another in one process, and races in one, wherever the others run."""
    for item in items:
        for name in ("browser", "race"):
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(autouse=True, scope="session")
def _only_what_was_written_is_taken_away() -> Iterator[None]:
    def teardown(case: TransactionTestCase) -> None:
        CLEANER(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_same_photo_is_worked_on_once() -> Iterator[None]:
    """Most people of the tests send the same three photos; what becomes of a photo depends on nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("clean", "look"):
            patch.setattr(photos, name, lru_cache(maxsize=64)(getattr(photos, name)))
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the test database as its owner, give the application its rights, and load the policy figures."""
    with django_db_blocker.unblock():
        _load_figures()


def _load_figures() -> None:
    from core.policy import loader
    from core.policy.models import Figure
    from payments.monitoring import rules

    if not Figure.objects.exists():
        loader.load(settings.BASE_DIR / "portal" / "policy" / "figures.csv")
        rules.load(now=timezone.now())


@pytest.fixture(autouse=True)
def _the_banks_own_ground(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run as the application's role with the figures loaded; afterwards ask the books whether they balance.

    A test that must act as the owner of the tables (damage, migrations) says so with the marker `as_owner`.
    """
    global _as_application  # noqa: PLW0603 - one switch for all connections of this process
    uses_database = request.node.get_closest_marker("django_db") or DATABASE_FIXTURES & set(request.fixturenames)
    if not uses_database:
        yield
        return
    marker = request.node.get_closest_marker("django_db")
    transactional = bool(marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(
        request.fixturenames
    )
    request.getfixturevalue("transactional_db" if transactional else "db")
    with connection.cursor() as cursor:  # while a browser runs this thread has another connection than without one,
        cursor.execute("RESET ROLE")  # which the test before may have left in the application's role
    _load_figures()
    as_owner = request.node.get_closest_marker("as_owner")
    if transactional:
        CLEANER.keep()
        CLEANER.thorough = bool(as_owner)  # whoever owns the tables may leave them with other rights
    if not as_owner:
        _as_application = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {settings.DATABASE_APP_ROLE}")
    try:
        yield
        if not request.node.get_closest_marker("damages_the_books"):
            _books_balance()
    finally:
        _as_application = False
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def _books_balance() -> None:
    from ledger import checks

    if connection.needs_rollback:  # the test ended in a refused transaction: nothing of it stays
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT EXISTS (SELECT 1 FROM ledger_entry) OR EXISTS (SELECT 1 FROM ledger_account)")
        touched = cursor.fetchone()[0]
    if touched:
        assert checks.drift() == []


@pytest.fixture
def now() -> datetime:
    """Monday morning at the bank."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count questions: what a process reads anew every few seconds is not, however busy the machine."""
    monkeypatch.setattr("core.policy.figures.KEEP", 3600)
    monkeypatch.setattr("accounts.access.sessions.GRAIN", 3600)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the repository; tests that read it are skipped where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data folder ../shared/data is not beside this checkout")
    return REAL_DATA
