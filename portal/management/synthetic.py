"""An invented bank of any size in the documented files, for measuring and for tests. The same seed gives the same bank.

Every account has, in every month, money coming in, bills, cash, a fee and interest: six movements on the whole. The
rows are written day by day, so what is kept in memory grows with the accounts and never with the movements.
"""

import random
from array import array
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts import bank_import as accounts_files
from accounts.statements.bank_import import TRANSACTIONS
from core.intake.columns import FileSpec
from core.intake.manifest import NAME, Manifest
from loans.bank_import import LOANS
from payments.bank_import import STANDING_ORDERS
from portal.bank_import import berka
from portal.bank_import.writing import Writer
from products.cards.bank_import import CARDS

START = date(2020, 1, 1)
DISTRICTS = 20
OVERDRAFT = 1_000_00  # minor units; every tenth account has it
BANKS = ("AB", "CD", "EF", "GH", "IJ", "KL", "MN", "OP", "QR", "ST", "UV", "WX", "YZ")


def synthesize(
    directory: Path, *, accounts: int, months: int, seed: int, told: Callable[[int], None] = lambda _rows: None
) -> int:
    """This function will write a bank with so many accounts and months of history, and answer its movements.

    `told` hears after each day how many movements stand in the file so far.
    """
    dice = random.Random(seed)  # noqa: S311 - an invented bank, the same for the same seed
    directory.mkdir(parents=True, exist_ok=True)
    _people(directory, accounts)
    _contracts(directory, accounts, dice)
    last = START
    with (directory / TRANSACTIONS.file_name).open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(column.name for column in TRANSACTIONS.columns) + "\n")
        balances = array("q", bytes(8 * accounts))
        written = 0
        for month in range(months):
            first = date(START.year + month // 12, month % 12 + 1, 1)
            days = monthrange(first.year, first.month)[1]
            last = first.replace(day=days)
            for day, events in enumerate(_calendar(dice, accounts, days), start=1):
                rows = _day(dice, first.replace(day=day).isoformat(), events, balances, written)
                written += len(rows)
                out.writelines(rows)
                told(written)
    manifest = Manifest(
        source="synthetic", name=f"Invented bank {seed}", currency="CNY", as_of=last, rounding=Decimal(0)
    )
    (directory / NAME).write_text(manifest.as_json(), "utf-8")
    return written


def _calendar(dice: random.Random, accounts: int, days: int) -> "list[array[int]]":
    """What happens on each day of a month: the account times eight, plus what it is."""
    calendar = [array("q") for _ in range(days)]
    last = days - 1
    for account in range(accounts):
        base = account * 8
        calendar[account % 10].append(base)  # money comes in
        calendar[10 + account % 10].append(base + 1)  # bills
        calendar[int(dice.random() * days)].append(base + 2)  # cash
        calendar[int(dice.random() * days)].append(base + 3)  # something to another bank
        calendar[last].append(base + 4)  # fee
        calendar[last].append(base + 5)  # interest
    return calendar


def _day(dice: random.Random, day: str, events: "array[int]", balances: "array[int]", written: int) -> list[str]:
    rows = []
    for event in events:
        account, what = event >> 3, event & 7
        balance = balances[account]
        limit = -OVERDRAFT if account % 10 == 0 else 0
        bank, other = "", ""
        if what == 0:
            kind, amount = ("pension" if account % 5 == 0 else "transfer_in"), 3_000_00 + int(dice.random() * 9_000_00)
            bank, other = BANKS[account % 13], str(10_000_000 + account)
        elif what == 5:
            kind, amount = "interest", max(balance, 0) // 1_000 + 1
        else:
            wanted = 10_00 if what == 4 else 50_00 + int(dice.random() * 2_500_00)
            amount = -min(wanted, balance - limit)
            if not amount:
                continue
            kind = ("", "household", "cash_withdrawal", "transfer_out", "fee")[what]
            if what in {1, 3}:
                bank, other = BANKS[(account + what) % 13], str(20_000_000 + account)
        balance += amount
        balances[account] = balance
        written += 1
        rows.append(f"{written},{account + 1},{day},{kind},{_money(amount)},{_money(balance)},{bank},{other},,\n")
    return rows


def _money(minor: int) -> str:
    whole, rest = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:02d}"


def _people(directory: Path, accounts: int) -> None:
    with _Opened(directory, accounts_files.DISTRICTS) as out:
        for number in range(1, DISTRICTS + 1):
            out.row(district=number, name=f"District {number}", region=f"Region {number % 4 + 1}", inhabitants=50_000)
    with _Opened(directory, accounts_files.CUSTOMERS) as out:
        for number in range(1, accounts + accounts // 5 + 1):
            sex = "f" if number % 2 else "m"
            out.row(
                customer=number,
                name=berka.name_for(f"of an invented bank {number}", sex),
                name_is_generated="yes",
                born_on=date(1940 + number % 60, number % 12 + 1, number % 28 + 1),
                sex=sex,
                district=number % DISTRICTS + 1,
                customer_since=START,
            )
    with _Opened(directory, accounts_files.ACCOUNTS) as out:
        for number in range(accounts):
            out.row(
                account=number + 1,
                opened_on=START,
                overdraft_limit=_money(OVERDRAFT) if number % 10 == 0 else "",
                district=number % DISTRICTS + 1,
                statement_frequency="monthly",
            )
    with _Opened(directory, accounts_files.DISPOSITIONS) as out:
        for number in range(1, accounts + 1):
            out.row(disposition=number, customer=number, account=number, role="owner")
        for number in range(1, accounts // 5 + 1):
            out.row(disposition=accounts + number, customer=accounts + number, account=number * 5, role="disponent")


def _contracts(directory: Path, accounts: int, dice: random.Random) -> None:
    with _Opened(directory, STANDING_ORDERS) as out:
        for number in range(1, accounts + 1):
            out.row(
                standing_order=number,
                account=number,
                payee_bank=BANKS[number % 13],
                payee_account=20_000_000 + number,
                amount=_money(100_00 + int(dice.random() * 500_00)),
                purpose="household",
                rhythm="monthly",
            )
    with _Opened(directory, LOANS) as out:
        for number in range(1, accounts // 7 + 1):
            out.row(
                loan=number,
                account=number * 7,
                granted_on=START,
                amount=_money(number % 50 * 12_00 + 12_000_00),
                months=12,
                monthly_payment=_money(number % 50 * 1_00 + 1_000_00),
                state="running",
            )
    with _Opened(directory, CARDS) as out:
        for number in range(1, accounts // 5 + 1):
            out.row(
                card=number,
                disposition=number * 5,
                type=("junior", "classic", "gold")[number % 3],
                issued_on=START,
            )


class _Opened:
    """A writer of one file that is closed at the end of its block."""

    def __init__(self, directory: Path, spec: FileSpec) -> None:
        self._writer = Writer(directory, spec)

    def __enter__(self) -> Writer:
        return self._writer

    def __exit__(self, *_: Any) -> None:
        self._writer.close()
