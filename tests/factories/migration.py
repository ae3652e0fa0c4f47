"""Deliveries for tests: a small invented bank in the documented files, and what the books say after it."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from portal.management.synthetic import synthesize


def bank(directory: Path, *, source: str = "synthetic", accounts: int = 20, months: int = 3, seed: int = 7) -> Path:
    """A whole small bank; `source` names it, so that two of them can stand side by side."""
    synthesize(directory, accounts=accounts, months=months, seed=seed)
    say(directory, source=source)
    return directory


def say(directory: Path, **changes: str | None) -> None:
    """Change what the manifest says; None takes a word out."""
    path = directory / "manifest.json"
    content = {**json.loads(path.read_text("utf-8")), **changes}
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}), "utf-8")


def rewrite(directory: Path, file: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Change the rows of one file."""
    path = directory / f"{file}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        names, rows = list(reader.fieldnames or []), list(reader)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


_SAID = (
    # customers' lines: every figure and word, in order
    """
    SELECT substr(a.external_ref, length(%(prefix)s) + 1), l.number, l.amount, l.balance_after, l.currency,
           l.narrative, e.kind, e.channel, e.business_date, substr(e.key, length('import:' || %(prefix)s) + 1)
      FROM accounts_bankaccount a
      JOIN ledger_line l ON l.account_id = a.ledger_account_id JOIN ledger_entry e ON e.id = l.entry_id
     WHERE starts_with(a.external_ref, %(prefix)s) ORDER BY 1, 2
    """,
    # the other side of them
    """
    SELECT o.code, count(*), sum(l.amount) FROM ledger_entry e
      JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account o ON o.id = l.account_id AND NOT o.running
     WHERE starts_with(e.key, 'import:' || %(prefix)s) GROUP BY 1 ORDER BY 1
    """,
    """
    SELECT substr(a.external_ref, length(%(prefix)s) + 1), b.balance, b.floor, b.last_number, a.opened_on, a.currency
      FROM accounts_bankaccount a JOIN ledger_account b ON b.id = a.ledger_account_id
     WHERE starts_with(a.external_ref, %(prefix)s) ORDER BY 1
    """,
    """
    SELECT substr(c.external_ref, length(%(prefix)s) + 1), c.legal_name, c.born_on, c.sex, c.name_is_generated,
           substr(b.external_ref, length(%(prefix)s) + 1), d.role, substr(d.external_ref, length(%(prefix)s) + 1)
      FROM accounts_customer c LEFT JOIN accounts_disposition d ON d.customer_id = c.id
      LEFT JOIN accounts_bankaccount b ON b.id = d.bank_account_id
     WHERE starts_with(c.external_ref, %(prefix)s) ORDER BY 1, 6
    """,
    """
    SELECT substr(external_ref, length(%(prefix)s) + 1), amount, payee_account FROM payments_standingorder
     WHERE starts_with(external_ref, %(prefix)s) ORDER BY 1
    """,
    """
    SELECT substr(external_ref, length(%(prefix)s) + 1), amount, monthly_payment, months, state FROM loans_loan
     WHERE starts_with(external_ref, %(prefix)s) ORDER BY 1
    """,
    """
    SELECT substr(external_ref, length(%(prefix)s) + 1), type, issued_on FROM cards_card
     WHERE starts_with(external_ref, %(prefix)s) ORDER BY 1
    """,
)


def digest(source: str) -> str:
    """What the portal knows of a source's bank, in one number: the same for the same history."""
    said = hashlib.sha256()
    with connection.cursor() as cursor:
        for query in _SAID:
            cursor.execute(query, {"prefix": f"{source}:"})
            for row in cursor:
                said.update(repr(row).encode())
            said.update(b"\n")
    return said.hexdigest()
