"""The Czech bank: its files are understood as its README says, and its whole history agrees."""

import io
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import BankAccount, Customer, Disposition, District
from core.intake import engine
from ledger.models import Entry
from loans.models import Loan
from payments.models import StandingOrder
from portal.bank_import import LOADERS, berka
from products.cards.models import Card


def movement(ref: int, amount: str, balance: str, on: date = date(1993, 1, 1)) -> berka.Movement:
    return berka.Movement(ref, "1", on, "VKLAD", "", Decimal(amount), Decimal(balance), "", "")


# ── Understanding the files ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "on", "sex"),
    [("706213", date(1970, 12, 13), "f"), ("450204", date(1945, 2, 4), "m"), ("406009", date(1940, 10, 9), "f")],
)
def test_a_birth_number_tells_day_and_sex(number: str, on: date, sex: str) -> None:
    assert berka.born(number) == (on, sex)


def test_a_day_is_ordered_so_that_each_balance_follows_from_the_one_before() -> None:
    """Interest has the highest reference and was booked first; the fee follows the withdrawal."""
    booked = [movement(9, "24.20", "124.20"), movement(3, "-50.00", "74.20"), movement(4, "-14.60", "59.60")]
    assert berka.chained(sorted(booked, key=lambda m: m.ref), Decimal(100)) == booked


def test_printed_balances_may_be_rounded_by_ten_hellers_and_no_more() -> None:
    assert berka.chained([movement(1, "5.00", "105.10")], Decimal(100)) is not None
    assert berka.chained([movement(1, "5.00", "105.20")], Decimal(100)) is None


def test_a_day_that_cannot_be_ordered_is_said() -> None:
    with pytest.raises(berka.NotBerka, match="account 1 on 1993-01-01"):
        berka.in_booking_order([movement(1, "5.00", "7.00")])


def test_names_are_the_same_each_time_and_fit_the_sex() -> None:
    assert berka.name_for("1", "f") == berka.name_for("1", "f")
    women = {berka.name_for(str(client), "f").split()[1] for client in range(500)}
    assert women >= {"Nováková", "Černá", "Krejčí", "Němcová", "Benešová"}


def test_the_overdraft_is_the_lowest_balance_in_whole_crowns() -> None:
    ordered = [movement(1, "10.00", "10.00"), movement(2, "-12.30", "-2.30"), movement(3, "5.00", "2.70")]
    assert berka.overdrafts(ordered) == {"1": Decimal(3)}


def test_a_folder_without_the_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"holds no trans\.asc"):
        call_command("convert_berka", str(tmp_path), str(tmp_path / "out"))


# ── The real thing ───────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def source(real_data: Path) -> Path:
    if not (real_data / "berka").is_dir():
        pytest.skip("the Czech bank's files are not beside this checkout")
    return real_data / "berka"


@pytest.fixture(scope="module")
def ordered(source: Path) -> list[berka.Movement]:
    return berka.movements(source)


@pytest.fixture
def delivery(source: Path, tmp_path: Path) -> Path:
    call_command("convert_berka", str(source), str(tmp_path), stdout=io.StringIO())
    return tmp_path


def test_the_cut_off_last_day_is_left_out_and_every_row_before_it_is_there(ordered: list[berka.Movement]) -> None:
    assert len(ordered) == 46_997
    assert ordered[-1].on == date(1994, 3, 30)
    assert len({m.account for m in ordered}) == 1_229
    assert sum(m.amount for m in ordered if m.amount > 0) == Decimal("176961254.80")
    assert sum(m.amount for m in ordered if m.amount < 0) == Decimal("-137664492.00")
    assert sum(m.balance < 0 for m in ordered) == 88


def test_in_the_order_found_every_row_follows_from_the_one_before(ordered: list[berka.Movement]) -> None:
    printed: dict[str, Decimal] = {}
    found: Counter[str] = Counter()
    for m in ordered:
        off = abs(m.balance - printed.get(m.account, Decimal(0)) - m.amount)
        found["exact" if not off else "within" if off <= Decimal("0.10") else "off"] += 1
        printed[m.account] = m.balance
    assert found == {"exact": 44_966, "within": 2_031}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_bank_is_taken_in_and_reconciled(delivery: Path, now: datetime) -> None:
    taken = engine.take_in(directory=delivery, loaders=LOADERS, now=now)
    models: dict[Any, int] = {
        District: 77,
        Customer: 5_369,
        BankAccount: 4_500,
        Disposition: 5_369,
        StandingOrder: 6_471,
        Loan: 682,
        Card: 892,
        Entry: 46_997,
    }
    assert {model: model.objects.count() for model in models} == models
    figures = taken.report.figures["Reconciliation"]["CZK"]
    assert (figures["in"], figures["out"]) == ("176961254.80", "137664492.00")
    assert (figures["exact"], figures["within_rounding"], figures["off"]) == (44_966, 2_031, 0)
    assert (figures["accounts_exact_on_every_row"], figures["largest_drift"]) == (411, "0.70")
    assert figures["accounts_not_as_booked"] == []
    assert taken.report.agrees
    assert all(not found["refused"] for found in taken.report.figures["files"].values())
    with connection.cursor() as cursor:
        # Statement order is time order, on every account.
        cursor.execute(
            "SELECT count(*) FROM (SELECT e.business_date < lag(e.business_date) OVER (PARTITION BY l.account_id"
            " ORDER BY l.number) AS back FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.balance_after IS NOT NULL) x WHERE back"
        )
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM ledger_line WHERE balance_after < 0")
        assert cursor.fetchone()[0] > 0
        cursor.execute(
            "SELECT sum(amount) FILTER (WHERE amount > 0), sum(amount) FROM ledger_line WHERE balance_after IS NOT NULL"
        )
        assert cursor.fetchone() == (176_961_254_80, 176_961_254_80 - 137_664_492_00)
