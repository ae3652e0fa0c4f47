"""manage.py convert_berka SOURCE DIRECTORY: the Czech bank's files as documented CSV files."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import bank_import as accounts
from accounts.statements.bank_import import TRANSACTIONS
from core.intake.manifest import NAME, Manifest
from loans.bank_import import LOANS
from payments.bank_import import STANDING_ORDERS
from portal.bank_import import berka
from portal.bank_import.writing import Writer, counted
from products.cards.bank_import import CARDS


class Command(BaseCommand):
    help = "Turn the Czech bank's files (PKDD'99, Berka) into the documented CSV files that import_bank takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="folder with account.asc, client.asc … plain, .gz or .xz")
        parser.add_argument("directory", type=Path, help="folder to write the CSV files into; made when absent")

    def handle(self, *args: Any, source: Path, directory: Path, **options: Any) -> None:
        try:
            ordered = berka.movements(source)
            directory.mkdir(parents=True, exist_ok=True)
            written = _write(source, directory, ordered)
        except (berka.NotBerka, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(written)


def _write(source: Path, directory: Path, ordered: list[berka.Movement]) -> str:
    opened = {row["account_id"]: berka.day(row["date"]) for row in berka.rows(source, "account")}
    writers: dict[str, Writer] = {}

    def writer(spec: Any) -> Writer:
        writers[spec.name] = Writer(directory, spec)
        return writers[spec.name]

    try:
        _people(source, opened, writer)
        _accounts(source, berka.overdrafts(ordered), writer)
        _contracts(source, writer)
        out = writer(TRANSACTIONS)
        for movement in ordered:
            out.row(
                transaction=movement.ref,
                account=movement.account,
                booked_on=movement.on,
                kind=movement.kind,
                amount=movement.amount,
                balance=movement.balance,
                counter_bank=movement.bank,
                counter_account=movement.counter_account,
                text=movement.text,
            )
    finally:
        for each in writers.values():
            each.close()
    manifest = Manifest(
        source="berka",
        name="Česká banka (PKDD'99, P. Berka)",
        currency="CZK",
        as_of=ordered[-1].on,
        rounding=berka.ROUNDING,
    )
    (directory / NAME).write_text(manifest.as_json(), "utf-8")
    return counted(writers)


def _people(source: Path, opened: dict[str, date], writer: Any) -> None:
    since: dict[str, date] = defaultdict(lambda: date.max)
    out = writer(accounts.DISPOSITIONS)
    for row in berka.rows(source, "disp"):
        since[row["client_id"]] = min(since[row["client_id"]], opened[row["account_id"]])
        out.row(
            disposition=row["disp_id"],
            customer=row["client_id"],
            account=row["account_id"],
            role=row["type"].lower(),
        )
    out = writer(accounts.DISTRICTS)
    for row in berka.rows(source, "district"):
        out.row(district=row["A1"], name=row["A2"], region=row["A3"], inhabitants=row["A4"])
    out = writer(accounts.CUSTOMERS)
    for row in berka.rows(source, "client"):
        born_on, sex = berka.born(row["birth_number"])
        out.row(
            customer=row["client_id"],
            name=berka.name_for(row["client_id"], sex),
            name_is_generated="yes",
            born_on=born_on,
            sex=sex,
            district=row["district_id"],
            customer_since=since[row["client_id"]],
        )


def _accounts(source: Path, overdrafts: dict[str, Any], writer: Any) -> None:
    out = writer(accounts.ACCOUNTS)
    for row in berka.rows(source, "account"):
        out.row(
            account=row["account_id"],
            opened_on=berka.day(row["date"]),
            overdraft_limit=overdrafts.get(row["account_id"], ""),
            district=row["district_id"],
            statement_frequency=berka.frequency(row["frequency"]),
        )


def _contracts(source: Path, writer: Any) -> None:
    out = writer(STANDING_ORDERS)
    for row in berka.rows(source, "order"):
        out.row(
            standing_order=row["order_id"],
            account=row["account_id"],
            payee_bank=row["bank_to"],
            payee_account=row["account_to"],
            amount=row["amount"],
            purpose=berka.purpose(row["k_symbol"]),
            rhythm="monthly",
        )
    out = writer(LOANS)
    for row in berka.rows(source, "loan"):
        out.row(
            loan=row["loan_id"],
            account=row["account_id"],
            granted_on=berka.day(row["date"]),
            amount=row["amount"],
            months=row["duration"],
            monthly_payment=row["payments"],
            state=berka.loan_state(row["status"]),
        )
    out = writer(CARDS)
    for row in berka.rows(source, "card"):
        out.row(card=row["card_id"], disposition=row["disp_id"], type=row["type"], issued_on=berka.day(row["issued"]))
