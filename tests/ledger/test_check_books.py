"""`check_books` finds every kind of damage, names it exactly, and finds none where there is none.

The damage is done with the triggers and constraints of the tables taken off, as a superuser or a broken disk could.
"""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger import checks, posting
from ledger.rollups import roll_up
from tests.factories import ledger as make

TABLES = ("ledger_account", "ledger_entry", "ledger_line", "ledger_hold", "ledger_rollup")


@pytest.fixture
def bank() -> dict[str, Any]:
    """Two customers, a fee, a reversal, a live and a captured hold, roll-ups."""
    payer, payee = make.running(amount=1_000), make.running(amount=500)
    fees, cash = make.internal("fee-income", kind="income"), make.internal()
    entry = make.book((payer, -110), (payee, 100), (fees, 10), narrative="Rent")
    reversal = posting.reverse(
        entry_id=entry.entry_id, key="undo", kind="test.undo", channel="system", business_date=make.DAY
    )
    live = posting.place_hold(key="live", account_id=payer.pk, amount=70)
    taken = posting.place_hold(key="taken", account_id=payer.pk, amount=30)
    capture = posting.capture_hold(
        hold_id=taken.hold_id, key="capture", kind="test.capture", channel="card", business_date=make.DAY,
        lines=[posting.Line(payer.pk, -30), posting.Line(payee.pk, 30)],
    )  # fmt: skip
    roll_up()
    return {
        "payer": payer.pk, "payee": payee.pk, "fees": fees.pk, "cash": cash.pk, "entry": entry.entry_id,
        "reversal": reversal.entry_id, "live": live.hold_id, "taken": taken.hold_id, "capture": capture.entry_id,
    }  # fmt: skip


@pytest.mark.django_db
def test_sound_books_have_no_drift(bank: dict[str, Any]) -> None:
    assert checks.drift() == []
    out = StringIO()
    call_command("check_books", stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines()[-1].endswith("the books are sound")
    assert "CNY" in out.getvalue()


@pytest.mark.django_db
def test_empty_books_are_sound() -> None:
    assert checks.drift() == []


@pytest.mark.django_db
def test_the_report_for_machines_says_the_same(bank: dict[str, Any]) -> None:
    out = StringIO()
    call_command("check_books", json=True, stdout=out, stderr=StringIO())
    report = json.loads(out.getvalue())
    assert report["sound"] is True
    assert report["differences"] == []
    assert [check["check"] for check in report["checks"]] == [check.name for check in checks.CHECKS]
    assert sum(row["debit"] for row in report["trial"]) == sum(row["credit"] for row in report["trial"]) > 0


def damaged(sql: str, **values: Any) -> list[str]:
    """Take the guards off, do the damage, and answer what is found."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
            " WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('c', 'f')",
            [list(TABLES)],
        )
        for table, constraint in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        cursor.execute("DROP INDEX ledger_entry_reversed_once")
        cursor.execute(sql, values)
        assert cursor.rowcount > 0, "the damage must be done"
    return checks.drift()


DAMAGE: list[tuple[str, str, str]] = [
    ("a balance is changed", "UPDATE ledger_account SET balance = balance + 5 WHERE id = %(payer)s",
     "running balances: account {payer}: balance 975, its lines say 970"),
    ("a last number is changed", "UPDATE ledger_account SET last_number = 9 WHERE id = %(payer)s",
     "running balances: account {payer}: last number 9, its lines say 4"),
    ("an amount is changed", "UPDATE ledger_line SET amount = amount + 1 WHERE account_id = %(payee)s AND number = 2",
     "entries: entry {entry}: does not balance: CNY 1"),
    ("a balance after is changed",
     "UPDATE ledger_line SET balance_after = 7 WHERE account_id = %(payee)s AND number = 2",
     "running balances: account {payee}: the balance after line 2 does not follow"),
    ("a balance after is lost",
     "UPDATE ledger_line SET balance_after = NULL WHERE account_id = %(payee)s AND number = 2",
     "running balances: account {payee}: the balance after line 2 does not follow"),
    ("a number is skipped", "UPDATE ledger_line SET number = 99 WHERE account_id = %(payee)s AND number = 4",
     "running balances: account {payee}: numbering breaks at line 99"),
    ("a line is deleted", "DELETE FROM ledger_line WHERE account_id = %(payee)s AND number = 2",
     "entries: entry {entry}: written with 3 lines, found 2"),
    ("all lines of an entry are deleted", "DELETE FROM ledger_line WHERE entry_id = %(entry)s",
     "entries: entry {entry}: it has no lines"),
    ("an entry is deleted", "DELETE FROM ledger_entry WHERE id = %(entry)s",
     "entries: entry {entry}: 3 lines belong to no entry"),
    ("a line is added", "INSERT INTO ledger_line (account_id, number, entry_id, position, amount, currency)"
     " VALUES (%(fees)s, 10000000, %(entry)s, 4, 10, 'CNY')",
     "entries: entry {entry}: written with 3 lines, found 4"),
    ("an account is deleted", "DELETE FROM ledger_account WHERE id = %(payee)s",
     "running balances: account {payee}: 4 lines belong to no account"),
    ("a line changes its currency",
     "UPDATE ledger_line SET currency = 'USD' WHERE account_id = %(payee)s AND number = 2",
     "currencies: account {payee}: 1 lines in USD, the account is kept in CNY"),
    ("a roll-up is changed", "UPDATE ledger_rollup SET balance = balance + 3 WHERE account_id = %(cash)s",
     "roll-ups: account {cash}: rolled up -1497 to line {rolled}, the lines say -1500"),
    ("a line of an internal account is lost", "DELETE FROM ledger_line WHERE account_id = %(fees)s AND amount > 0",
     "roll-ups: account {fees}: rolled up 0 to line {rolled}, the lines say -10"),
    ("an internal account's line carries a balance",
     "UPDATE ledger_line SET balance_after = 1 WHERE account_id = %(fees)s AND amount > 0",
     "roll-ups: account {fees}: 1 lines carry a balance"),
    ("what is held is changed", "UPDATE ledger_account SET held = 0 WHERE id = %(payer)s",
     "holds: account {payer}: held 0, its live holds say 70"),
    ("a hold is deleted", "DELETE FROM ledger_hold WHERE id = %(live)s",
     "holds: account {payer}: held 70, its live holds say 0"),
    ("a captured hold loses its entry", "UPDATE ledger_hold SET entry_id = NULL WHERE id = %(taken)s",
     "holds: hold {taken}: belongs to no account, or its entry is missing or does not take its money"),
    ("an account is under its floor", "UPDATE ledger_account SET floor = 5000 WHERE id = %(payer)s",
     "floors: account {payer}: balance 970, held 70, floor 5000"),
    ("a narrative is rewritten",
     "UPDATE ledger_line SET narrative = 'Gift' WHERE entry_id = %(entry)s AND position = 1",
     "fingerprints: entry {entry}: its content is not what was written under the key {key}"),
    ("a kind is rewritten", "UPDATE ledger_entry SET kind = 'test.gift' WHERE id = %(entry)s",
     "fingerprints: entry {entry}: its content is not what was written under the key {key}"),
    ("a reversal points elsewhere", "UPDATE ledger_entry SET reverses_id = %(capture)s WHERE id = %(reversal)s",
     "reversals: entry {reversal}: does not mirror entry {capture}"),
    ("a reversal points nowhere", "UPDATE ledger_entry SET reverses_id = 0 WHERE id = %(reversal)s",
     "reversals: entry {reversal}: reverses entry 0, which is missing"),
    ("an entry is reversed twice", "UPDATE ledger_entry SET reverses_id = %(entry)s WHERE id = %(capture)s",
     "reversals: entry {capture}: reverses entry {entry} a second time"),
    ("a reversal is reversed", "UPDATE ledger_entry SET reverses_id = %(reversal)s WHERE id = %(capture)s",
     "reversals: entry {capture}: reverses entry {reversal}, itself a reversal"),
    ("money appears on one side", "UPDATE ledger_account SET balance = balance + 100 WHERE id = %(payee)s",
     "trial balance: CNY: all balances sum to 100"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.as_owner
@pytest.mark.damages_the_books
@pytest.mark.parametrize(("sql", "finding"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_found_and_named(bank: dict[str, Any], sql: str, finding: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM ledger_rollup")
        rolled = cursor.fetchone()[0]
        cursor.execute("SELECT key FROM ledger_entry WHERE id = %s", [bank["entry"]])
        key = cursor.fetchone()[0]
    assert finding.format(rolled=rolled, key=key, **bank) in damaged(sql, **bank)


@pytest.mark.django_db
@pytest.mark.as_owner
@pytest.mark.damages_the_books
@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_exits_with_one_and_the_exact_differences(bank: dict[str, Any], as_json: bool) -> None:
    found = damaged("UPDATE ledger_account SET balance = balance + 5 WHERE id = %(payer)s", **bank)
    out = StringIO()
    with pytest.raises(CommandError) as exit_:
        call_command("check_books", json=as_json, stdout=out, stderr=StringIO())
    assert exit_.value.returncode == 1
    if as_json:
        report = json.loads(out.getvalue())
        assert report["sound"] is False
        assert [f"{d['check']}: {d['subject']}: {d['text']}" for d in report["differences"]] == found
    else:
        assert [line.removeprefix("DRIFT  ") for line in out.getvalue().splitlines() if "DRIFT" in line] == found


def test_every_check_is_proven_by_some_damage() -> None:
    proven = {finding.partition(":")[0] for _, _, finding in DAMAGE}
    assert proven == {check.name for check in checks.CHECKS}
