"""The database alone refuses to be wronged: plain SQL as the application's role, and as the owner of the tables.

No code of ours stands between these statements and the tables.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from ledger import checks, posting
from ledger.models import Account
from tests.factories import ledger as make
from tests.ledger.support import written

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., list[Any]]


@pytest.fixture
def owner() -> Iterator[Run]:
    """A plain connection as the role that owns the tables."""
    yield from _plain(role=None)


@pytest.fixture
def application() -> Iterator[Run]:
    """A plain connection as the role the portal runs as."""
    yield from _plain(role=settings.DATABASE_APP_ROLE)


def _plain(role: str | None) -> Iterator[Run]:
    params = connection.get_connection_params()
    names = {"host", "port", "dbname", "user", "password"}
    with psycopg.connect(**{k: v for k, v in params.items() if k in names}, autocommit=True) as plain:
        if role:
            plain.execute(psycopg.sql.SQL("SET ROLE {}").format(psycopg.sql.Identifier(role)))

        def run(sql: str, *params: Any) -> list[Any]:
            cursor = plain.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []

        yield run


def refused(run: Run, sql: str, *params: Any) -> str:
    """Run what must be refused, see that nothing was written, and answer the SQLSTATE."""
    before = written(), list(Account.objects.order_by("pk").values())
    with pytest.raises(psycopg.Error) as caught:
        run(sql, *params)
    assert (written(), list(Account.objects.order_by("pk").values())) == before
    assert caught.value.sqlstate is not None
    return caught.value.sqlstate


POST = "SELECT * FROM ledger_post(%s, 'test.x', 'system', '2026-11-23', %s, %s)"
DENIED = "42501"


def test_the_application_books_through_the_function(application: Run) -> None:
    payer, payee = make.running(amount=100), make.running()
    ((entry_id, repeated),) = application(POST, "k", [payer.pk, payee.pk], [-100, 100])
    assert application(POST, "k", [payer.pk, payee.pk], [-100, 100]) == [(entry_id, True)]
    assert not repeated
    assert application("SELECT booked FROM ledger_balance WHERE account_id = %s", payee.pk) == [(100,)]


def test_the_function_refuses_what_is_wrong(application: Run) -> None:
    payer, payee, dollars = make.running(amount=100), make.running(), make.running(currency="USD")
    application(POST, "k", [payer.pk, payee.pk], [-1, 1])
    assert refused(application, POST, "u", [payer.pk, payee.pk], [-1, 2]) == "LB001"
    assert refused(application, POST, "u", [payer.pk, dollars.pk], [-1, 1]) == "LB001"
    assert refused(application, POST, "f", [payer.pk, payee.pk], [-100, 100]) == "LB002"
    in_dollars = POST.replace("%s)", "%s, NULL, ARRAY['USD', ''])")
    assert refused(application, in_dollars, "c", [payer.pk, payee.pk], [-1, 1]) == "LB003"
    assert refused(application, POST, "k", [payer.pk, payee.pk], [-2, 2]) == "LB004"
    assert refused(application, POST, "a", [payer.pk, 10**9], [-1, 1]) == "LB006"
    assert refused(application, POST, "n", [payer.pk, payee.pk], [-1]) == "LB016"
    assert refused(application, POST, "n", None, None) is not None
    assert refused(application, POST, None, [payer.pk, payee.pk], [-1, 1]) is not None
    assert refused(application, POST, "n", [payer.pk, None], [-1, 1]) is not None
    assert refused(application, POST, "n", [payer.pk, payee.pk], [-1, None]) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO ledger_entry (key, fingerprint, kind, channel, business_date, line_count)"
        " VALUES ('x', '', 'a.b', 'system', '2026-01-01', 2)",
        "INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency)"
        " SELECT account_id, number + 1, entry_id, position, amount, currency FROM ledger_line",
        "UPDATE ledger_line SET amount = amount * 2",
        "UPDATE ledger_line SET narrative = 'never happened'",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET key = key || 'x'",
        "TRUNCATE ledger_line CASCADE",
        "TRUNCATE ledger_entry CASCADE",
        "UPDATE ledger_account SET balance = 1000000",
        "UPDATE ledger_account SET floor = NULL",
        "UPDATE ledger_account SET status = 'closed'",
        "INSERT INTO ledger_account (code, name, kind, currency, status, running, balance, held, last_number,"
        " opened_at) VALUES ('x', 'x', 'asset', 'CNY', 'open', true, 0, 0, 0, now())",
        "DELETE FROM ledger_account",
        "UPDATE ledger_hold SET state = 'released', resolved_at = now()",
        "DELETE FROM ledger_hold",
        "INSERT INTO ledger_rollup (account_id, number, balance) SELECT id, 10, 10 FROM ledger_account",
        "UPDATE ledger_rollup SET balance = 0",
        "DELETE FROM ledger_mark",
        "ALTER TABLE ledger_line DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_lines_arrive ON ledger_line",
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_floor",
        "CREATE OR REPLACE FUNCTION ledger_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "SELECT setval('ledger_internal_number', 1)",
        "SELECT setval('ledger_entry_id_seq', 1)",
    ],
)
def test_the_application_may_only_read_the_tables(application: Run, sql: str) -> None:
    account = make.running(amount=100)
    posting.place_hold(key="h", account_id=account.pk, amount=1)
    assert refused(application, sql) == DENIED


def test_the_application_cannot_shadow_what_the_functions_use(application: Run) -> None:
    """A temporary table of the same name must not be written to instead of the books."""
    payer, payee = make.running(amount=100), make.running()
    application("CREATE TEMPORARY TABLE ledger_account (LIKE public.ledger_account)")
    application("CREATE TEMPORARY TABLE ledger_line (LIKE public.ledger_line)")
    application("SET search_path = pg_temp, public")
    application("SELECT * FROM public.ledger_post('k', 'test.x', 'system', '2026-11-23', %s, %s)",
                [payer.pk, payee.pk], [-100, 100])  # fmt: skip
    assert application("SELECT count(*) FROM pg_temp.ledger_line") == [(0,)]
    assert application("SELECT amount FROM public.ledger_line WHERE account_id = %s", payee.pk) == [(100,)]


# ── The owner of the tables, by hand ─────────────────────────────────────────
WHOLE = """
    WITH e AS (
        INSERT INTO ledger_entry (key, fingerprint, kind, channel, business_date, line_count)
        VALUES ('by hand', '', 'by.hand', 'system', '2026-11-23', %(count)s) RETURNING id
    )
    INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after)
    SELECT x.account_id, x.number, e.id, x.position, x.amount, x.currency, x.balance_after
      FROM e CROSS JOIN (VALUES {rows}) AS x (account_id, number, position, amount, currency, balance_after)
"""


def by_hand(run: Run, *rows: tuple[Any, ...], count: int | None = None) -> list[Any]:
    """Write an entry and these lines (account, number, position, amount, currency, balance after) in one statement."""
    values = ", ".join(
        "({}, {}, {}, {}, '{}', {})".format(*row[:5], "NULL::bigint" if row[5] is None else row[5]) for row in rows
    )
    return run(WHOLE.replace("{rows}", values).replace("%(count)s", str(count or len(rows))))


@pytest.mark.damages_the_books
def test_the_owner_may_book_by_hand_what_is_right_and_is_found_out(owner: Run) -> None:
    """So that the refusals below refuse what is wrong, and not everything. The missing fingerprint tells on it."""
    payer, payee = make.running(amount=100), make.running()
    by_hand(owner, (payer.pk, 2, 1, -40, "CNY", 60), (payee.pk, 1, 2, 40, "CNY", 40))
    payer.refresh_from_db()
    assert (payer.balance, payer.last_number) == (60, 2)
    (difference,) = checks.drift()
    assert difference.startswith("fingerprints: ")


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("unbalanced", "LB001"), ("balanced over currencies only", "LB001"), ("another currency", "LB003"),
        ("a gap", "LB009"), ("a number again", "23505"), ("a wrong balance", "LB009"), ("below the floor", "LB002"),
        ("no balance on a running account", "LB009"), ("a balance on an internal account", "LB009"),
        ("a line missing", "LB009"), ("positions with a gap", "LB009"), ("a closed account", "LB005"),
        ("an unknown account", "LB006"), ("a zero amount", "LB016"),
    ],
)  # fmt: skip
def test_the_owner_cannot_write_a_wrong_entry(owner: Run, what: str, state: str) -> None:
    a, b, cash = make.running(amount=100), make.running(), make.internal()
    dollars, closed = make.running(currency="USD", floor=None), make.running()
    owner("UPDATE ledger_account SET status = 'closed' WHERE id = %s", closed.pk)
    minus, plus = (a.pk, 2, 1, -40, "CNY", 60), (b.pk, 1, 2, 40, "CNY", 40)
    wrong: dict[str, list[tuple[Any, ...]]] = {
        "unbalanced": [minus, (b.pk, 1, 2, 41, "CNY", 41)],
        "balanced over currencies only": [minus, (dollars.pk, 1, 2, 40, "USD", 40)],
        "another currency": [minus, (b.pk, 1, 2, 40, "USD", 40), (dollars.pk, 1, 3, -40, "USD", -40)],
        "a gap": [(a.pk, 3, 1, -40, "CNY", 60), plus],
        "a number again": [(a.pk, 1, 1, -40, "CNY", 60), plus],
        "a wrong balance": [(a.pk, 2, 1, -40, "CNY", 1_000_000), plus],
        "below the floor": [(a.pk, 2, 1, -140, "CNY", -40), (b.pk, 1, 2, 140, "CNY", 140)],
        "no balance on a running account": [(a.pk, 2, 1, -40, "CNY", None), plus],
        "a balance on an internal account": [minus, (cash.pk, 10**6, 2, 40, "CNY", 40)],
        "a line missing": [minus, plus],
        "positions with a gap": [minus, (b.pk, 1, 3, 40, "CNY", 40)],
        "a closed account": [minus, (closed.pk, 1, 2, 40, "CNY", 40)],
        "an unknown account": [minus, (10**9, 1, 2, 40, "CNY", 40)],
        "a zero amount": [minus, plus, (cash.pk, 10**6, 3, 0, "CNY", None)],
    }
    rows = wrong[what]
    if what == "another currency":  # its own currency is right in sum, but not for the account
        rows = [*rows, (cash.pk, 10**6, 4, 40, "CNY", None)]
    count = 3 if what == "a line missing" else None

    def run(_sql: str) -> list[Any]:
        return by_hand(owner, *rows, count=count)

    assert refused(run, "") == state


@pytest.mark.parametrize("sql", [
    "UPDATE ledger_line SET amount = -amount",
    "UPDATE ledger_line SET narrative = 'never happened' WHERE number = 1",
    "DELETE FROM ledger_line",
    "UPDATE ledger_entry SET business_date = '2020-01-01'",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_account SET balance = balance + 1 WHERE running",
    "UPDATE ledger_account SET last_number = 7 WHERE running",
    "UPDATE ledger_account SET held = held + 1 WHERE running",
    "UPDATE ledger_account SET currency = 'USD'",
    "UPDATE ledger_account SET running = NOT running",
    "UPDATE ledger_account SET kind = 'income'",
    "DELETE FROM ledger_account",
    "INSERT INTO ledger_account (code, name, kind, currency, status, running, balance, held, last_number, opened_at)"
    " VALUES ('rich', 'x', 'liability', 'CNY', 'open', true, 100, 0, 0, now())",
    "DELETE FROM ledger_hold",
    "UPDATE ledger_hold SET amount = 1",
    "UPDATE ledger_hold SET state = 'live'",
    "INSERT INTO ledger_hold (key, account_id, amount, state, resolved_at)"
    " SELECT 'x', id, 1, 'released', now() FROM ledger_account WHERE running",
])  # fmt: skip
def test_the_owner_cannot_edit_the_books(owner: Run, sql: str) -> None:
    account = make.running(amount=100)
    posting.place_hold(key="h", account_id=account.pk, amount=10)
    assert refused(owner, sql) == "LB009"


def test_the_owner_cannot_overdraw_through_floor_hold_or_status(owner: Run) -> None:
    account = make.running(amount=100, floor=-50)
    assert refused(owner, "UPDATE ledger_account SET floor = 101 WHERE id = %s", account.pk) == "23514"
    assert refused(owner, "UPDATE ledger_account SET status = 'closed' WHERE id = %s", account.pk) == "LB015"
    hold = "INSERT INTO ledger_hold (key, account_id, amount, state) VALUES ('x', %s, 151, 'live')"
    assert refused(owner, hold, account.pk) == "LB002"


def test_the_owner_cannot_add_to_an_entry_that_is_booked(owner: Run) -> None:
    a, b = make.running(amount=100), make.running()
    entry = make.book((a, -10), (b, 10)).entry_id
    add = (
        "INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after)"
        f" VALUES ({a.pk}, 3, {entry}, 3, -1, 'CNY', 89), ({b.pk}, 2, {entry}, 4, 1, 'CNY', 11)"
    )
    assert refused(owner, add) == "LB009"
    same = add.replace(f"{entry}, 3,", f"{entry}, 1,").replace(f"{entry}, 4,", f"{entry}, 2,")
    assert refused(owner, same) in {"LB009", "23505"}


def test_the_owner_cannot_add_to_an_entry_of_the_same_transaction(owner: Run) -> None:
    a, b = make.running(amount=100), make.running()
    before = written()
    owner("BEGIN")
    by_hand(owner, (a.pk, 2, 1, -40, "CNY", 60), (b.pk, 1, 2, 40, "CNY", 40))
    ((entry,),) = owner("SELECT max(id) FROM ledger_entry")
    with pytest.raises(psycopg.Error) as caught:
        owner(
            "INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency, balance_after)"
            f" VALUES ({a.pk}, 3, {entry}, 3, -1, 'CNY', 59), ({b.pk}, 2, {entry}, 4, 1, 'CNY', 41)"
        )
    assert caught.value.sqlstate == "LB009"
    owner("ROLLBACK")
    assert written() == before


def test_the_owner_cannot_write_an_entry_without_lines(owner: Run) -> None:
    make.running(amount=100)
    sql = (
        "INSERT INTO ledger_entry (key, fingerprint, kind, channel, business_date, line_count)"
        " VALUES ('bare', '', 'by.hand', 'system', '2026-11-23', 2)"
    )
    assert refused(owner, sql) == "LB009"


def test_many_refuses_what_one_refuses(application: Run) -> None:
    payer, payee = make.running(amount=100), make.running()
    many = (
        "SELECT * FROM ledger_post_many(ARRAY['a', 'b'], ARRAY['t.x', 't.x'], ARRAY['system', 'system'],"
        " ARRAY['2026-11-23', '2026-11-23']::date[], %s, %s, %s)"
    )
    accounts = [payer.pk, payee.pk, payer.pk, payee.pk]
    assert refused(application, many, [1, 1, 2, 2], accounts, [-1, 1, -1, 2]) == "LB001"
    assert refused(application, many, [1, 1, 2, 2], accounts, [-60, 60, -60, 60]) == "LB002"
    assert refused(application, many, [1, 1, 1, 1], accounts, [-1, 1, -1, 1]) == "LB016"
    assert refused(application, many, [1, 1, 2, 3], accounts, [-1, 1, -1, 1]) == "LB016"
    assert refused(application, many, [1, 1, 2, None], accounts, [-1, 1, -1, 1]) == "LB016"
    assert refused(application, many, [1, 1, 2], accounts, [-1, 1, -1, 1]) == "LB016"
    assert len(application(many, [1, 1, 2, 2], accounts, [-1, 1, -1, 1])) == 2
