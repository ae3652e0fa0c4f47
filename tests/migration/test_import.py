"""A bank's history is taken in whole, once, and compared with what the old bank had printed."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import BankAccount, Customer, Disposition
from core.intake import engine
from core.intake.columns import WrongHeader
from core.intake.manifest import WrongManifest
from core.intake.models import Mark, Refusal, Run
from core.intake.report import sentence
from ledger.models import Account, Entry
from loans.models import Loan
from payments.models import StandingOrder
from portal.bank_import import LOADERS
from products.cards.models import Card
from tests.factories import migration

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return migration.bank(tmp_path / "bank")


def take(directory: Path, now: datetime, **options: Any) -> engine.Taken:
    return engine.take_in(directory=directory, loaders=LOADERS, now=now, **options)


def refused() -> list[str]:
    return [
        sentence(*row)
        for row in Refusal.objects.order_by("pk").values_list("file", "line", "column", "value", "reason")
    ]


def counts() -> tuple[int, ...]:
    models = (Run, Mark, Refusal, Customer, BankAccount, Disposition, StandingOrder, Loan, Card, Entry, Account)
    return tuple(model.objects.count() for model in models)


def rows_in(directory: Path, file: str) -> int:
    with (directory / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def test_every_row_is_taken_in_and_every_printed_balance_agrees(bank: Path, now: datetime) -> None:
    taken = take(bank, now)
    figures = taken.report.figures
    assert taken.report.agrees
    for file, found in figures["files"].items():
        assert found == {"taken": rows_in(bank, file), "repeated": 0, "refused": 0}, file
    reconciled = figures["Reconciliation"]["CNY"]
    assert reconciled["exact"] == reconciled["rows"] == rows_in(bank, "transactions")
    assert (reconciled["off"], reconciled["within_rounding"], reconciled["largest_drift"]) == (0, 0, "0.00")
    assert Entry.objects.count() == rows_in(bank, "transactions")
    run = Run.objects.get()
    assert (run.state, run.report["agrees"]) == (Run.State.FINISHED, True)
    assert run.report_text == taken.report.text
    assert run.files["accounts.csv"]["sha256"]


def test_each_movement_is_booked_against_a_named_account(bank: Path, now: datetime) -> None:
    take(bank, now)
    codes = set(Account.objects.filter(running=False).values_list("code", flat=True))
    assert {"cash:CNY", "fee-income:CNY", "interest-expense:CNY"} <= codes
    assert any(code.startswith("due-from-bank:") for code in codes)
    entry = Entry.objects.get(key="import:synthetic:1")
    assert entry.business_date.isoformat() == "2020-01-01"
    assert {line.account.running for line in entry.lines.select_related("account")} == {True, False}


def test_the_same_files_again_change_nothing(bank: Path, now: datetime) -> None:
    first = take(bank, now)
    before = counts()
    again = take(bank, now)
    assert again.finished_before
    assert again.report.as_json() == first.report.as_json()
    assert counts() == before


def test_a_later_delivery_adds_what_is_new_and_knows_the_rest(bank: Path, tmp_path: Path, now: datetime) -> None:
    take(bank, now)
    later = migration.bank(tmp_path / "later", months=4)
    taken = take(later, now)
    found = taken.report.figures["files"]["transactions"]
    assert found["repeated"] == rows_in(bank, "transactions")
    assert found["taken"] == rows_in(later, "transactions") - rows_in(bank, "transactions")
    assert taken.report.agrees
    assert Entry.objects.count() == rows_in(later, "transactions")


def test_a_dry_run_checks_everything_and_keeps_nothing(bank: Path, now: datetime) -> None:
    before = counts()
    taken = take(bank, now, dry_run=True)
    assert taken.report.agrees
    assert taken.report.figures["files"]["transactions"]["taken"] == rows_in(bank, "transactions")
    assert "nothing was kept" in taken.report.text
    assert counts() == before
    assert take(bank, now).finished_before is False


def test_refused_rows_are_named_and_the_rest_is_taken_in(bank: Path, now: datetime) -> None:
    def customers(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["district"] = "999"
        rows[1]["born_on"] = "2200-01-01"
        return [*rows, {**rows[5], "name": "again"}]

    def dispositions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        second_owner = {**rows[3], "disposition": "900", "customer": rows[4]["customer"]}
        return [*rows, second_owner, {**rows[3], "disposition": "901", "role": "disponent"}]

    def transactions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["account"] = "nobody"
        rows[1]["counter_bank"] = ""
        rows[2]["amount"] = "0.00"
        rows[3]["amount"] = "1.001"
        rows[4]["booked_on"] = "2019-12-31"
        rows[5]["kind"] = "gift"
        return rows

    migration.rewrite(bank, "customers", customers)
    migration.rewrite(bank, "dispositions", dispositions)
    migration.rewrite(bank, "transactions", transactions)
    taken = take(bank, now)
    said = refused()
    for expected in (
        "customers.csv line 2, column district: '999' is not a district that was taken in",
        "customers.csv line 3, column born_on: '2200-01-01' is not a birthday of the living",
        "customers.csv line 26, column customer: '6' stands in the file twice; only the first row counts",
        "dispositions.csv line 2, column customer: '1' is not a customer that was taken in",
        "dispositions.csv line 26, column role: 'owner' would make a second owner; the account has one",
        "dispositions.csv line 27, column account: '4' is at this customer's disposal already",
        "transactions.csv line 2, column account: 'nobody' is not an account that was taken in",
        "transactions.csv line 3, column counter_bank: is empty; a movement to or from another bank names it",
        "transactions.csv line 4, column amount: '0.00' moves nothing",
        "transactions.csv line 5, column amount: '1.001' has more decimals than the currency",
        "transactions.csv line 6, column booked_on: '2019-12-31' comes before the row above it",
        "transactions.csv line 7, column kind: 'gift' is none of: ",
    ):
        assert any(line.startswith(expected) for line in said), (expected, said[:20])
        assert expected.split(":")[0] in taken.report.text
    for file in ("customers", "dispositions", "transactions"):
        found = taken.report.figures["files"][file]
        assert found["taken"] + found["refused"] == rows_in(bank, file)
    assert Customer.objects.count() == rows_in(bank, "customers") - 3


def test_a_row_that_would_go_below_the_overdraft_limit_is_refused(bank: Path, now: datetime) -> None:
    """An account may go as far below zero as the source let it, and no further; what comes after counts without it."""

    def accounts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [{**row, "overdraft_limit": "50.00" if row["account"] == "1" else ""} for row in rows]

    def transactions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        moved = [
            ("20.00", "20.00"),
            ("-70.00", "-50.00"),
            ("-0.01", "-50.01"),
            ("10.00", "-40.01"),
            ("-10.00", "-50.01"),
        ]
        return [
            {
                **rows[0],
                "transaction": str(number),
                "account": "1",
                "kind": "cash_deposit",
                "amount": amount,
                "balance": printed,
            }
            for number, (amount, printed) in enumerate(moved, start=1)
        ]

    migration.rewrite(bank, "accounts", accounts)
    migration.rewrite(bank, "transactions", transactions)
    taken = take(bank, now)
    assert refused() == [
        "transactions.csv line 4, column amount: '-0.01' would take the account below its overdraft limit"
    ]
    books = BankAccount.objects.select_related("ledger_account").get(external_ref="synthetic:1").ledger_account
    assert (books.balance, books.floor, books.last_number) == (-50_00, -50_00, 4)
    figures = taken.report.figures["Reconciliation"]["CNY"]
    assert figures["off"] == 1  # the printed balances know of the refused row
    assert not taken.report.agrees


def test_a_wrong_printed_balance_is_off_and_within_rounding_is_not(bank: Path, now: datetime) -> None:
    def transactions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        last = {row["account"]: row for row in rows}
        last["1"]["balance"] = f"{float(last['1']['balance']) + 0.05:.2f}"
        last["2"]["balance"] = f"{float(last['2']['balance']) + 0.11:.2f}"
        return rows

    migration.rewrite(bank, "transactions", transactions)
    migration.say(bank, rounding="0.10")
    taken = take(bank, now)
    figures = taken.report.figures["Reconciliation"]["CNY"]
    assert (figures["within_rounding"], figures["off"], figures["largest_drift"]) == (1, 1, "0.11")
    assert len(figures["off_rows"]) == 1
    assert not taken.report.agrees


def test_a_reference_taken_in_before_with_other_content_is_refused(bank: Path, tmp_path: Path, now: datetime) -> None:
    take(bank, now)
    other = migration.bank(tmp_path / "other")

    def transactions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["amount"] = "1.00"
        return rows

    migration.rewrite(other, "transactions", transactions)
    before = migration.digest("synthetic")
    taken = take(other, now)
    assert taken.report.figures["files"]["transactions"]["refused"] == 1
    assert refused() == ["transactions.csv line 2, column transaction: '1' was taken in before with other content"]
    assert migration.digest("synthetic") == before


def test_another_bank_may_use_the_same_references(bank: Path, tmp_path: Path, now: datetime) -> None:
    take(bank, now)
    take(migration.bank(tmp_path / "other", source="other"), now)
    assert migration.digest("synthetic") == migration.digest("other")
    assert BankAccount.objects.count() == 2 * rows_in(bank, "accounts")


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_the_size_of_a_batch_changes_nothing(size: int, tmp_path: Path, now: datetime) -> None:
    small = migration.bank(tmp_path / "one", accounts=3, months=1)
    take(small, now)
    other = migration.bank(tmp_path / "other", accounts=3, months=1, source="other")
    take(other, now, batch_size=size)
    assert migration.digest("synthetic") == migration.digest("other")


class Interrupted(Exception):
    """Stands for whatever ends a process."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [1, 4, 6, 9, 11])
def test_an_interrupted_run_goes_on_where_it_was(
    stop: int, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error comes in the middle of a batch: nothing of that batch stays, everything before it does."""
    calm = migration.bank(tmp_path / "calm", source="calm", accounts=10, months=2)
    take(calm, now, batch_size=30)
    bank = migration.bank(tmp_path / "bank", accounts=10, months=2)
    real, seen = engine._take_batch, 0

    def failing(*args: Any) -> None:
        nonlocal seen
        real(*args)
        seen += 1
        if seen == stop:
            raise Interrupted

    monkeypatch.setattr(engine, "_take_batch", failing)
    with pytest.raises(Interrupted):
        take(bank, now, batch_size=30)
    monkeypatch.setattr(engine, "_take_batch", real)
    taken = take(bank, now, batch_size=30)
    assert taken.report.agrees
    assert Run.objects.get(source="synthetic").resumed == 1
    assert migration.digest("synthetic") == migration.digest("calm")


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_not_take_in_the_same_source_at_once(bank: Path, now: datetime) -> None:
    with engine._only_one("synthetic"):
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [engine._lock_number("synthetic")])
                assert cursor.fetchone()[0] is False
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [engine._lock_number("other")])
                assert cursor.fetchone()[0] is True
        finally:
            other.close()


@pytest.fixture
def broken(bank: Path) -> Iterator[Path]:
    before = counts()
    yield bank
    assert counts() == before


def test_a_missing_file_refuses_the_delivery(broken: Path, now: datetime) -> None:
    (broken / "customers.csv").unlink()
    with pytest.raises(engine.NotADelivery, match=r"lacks customers\.csv"):
        take(broken, now)


def test_a_file_nobody_knows_refuses_the_delivery(broken: Path, now: datetime) -> None:
    (broken / "transaction.csv").write_text("a\n")
    with pytest.raises(engine.NotADelivery, match=r"transaction\.csv"):
        take(broken, now)


def test_a_wrong_header_refuses_the_delivery_before_anything_is_kept(broken: Path, now: datetime) -> None:
    (broken / "cards.csv").write_text("card,colour\n")
    with pytest.raises(WrongHeader, match="colour"):
        take(broken, now)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": None}, "format"),
        ({"source": "The Bank"}, "source"),
        ({"source": None}, "source"),
        ({"currency": "crowns"}, "currency"),
        ({"currency": None}, "currency"),
        ({"as_of": "soon"}, "as_of"),
        ({"rounding": "-1"}, "rounding"),
    ],
)
def test_a_wrong_manifest_refuses_the_delivery(
    changes: dict[str, str | None], message: str, broken: Path, now: datetime
) -> None:
    migration.say(broken, **changes)
    with pytest.raises(WrongManifest, match=message):
        take(broken, now)


def test_the_command_says_what_is_wrong_in_one_line(bank: Path) -> None:
    migration.say(bank, currency=None)
    with pytest.raises(CommandError, match="--currency"):
        call_command("import_bank", str(bank))
    with pytest.raises(CommandError, match=r"manifest\.json is missing"):
        call_command("import_bank", str(bank / "nowhere"))
