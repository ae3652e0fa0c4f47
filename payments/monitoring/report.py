"""The file of a business date's large values."""

import csv
import io
import os
from datetime import date
from pathlib import Path

from django.conf import settings

from ledger.money import Money
from payments.monitoring import figures, items
from payments.monitoring.large_values import Finding, findings

COLUMNS = (
    "business_date", "finding", "basis", "customer", "category", "direction", "sum", "sum_currency", "account",
    "channel", "booked_on", "entry", "amount", "currency",
)  # fmt: skip


def place(day: date) -> Path:
    """This function will say where the file of a business date lies."""
    return Path(settings.DATA_DIR) / "reports" / f"large-values-{day.isoformat()}.csv"


def write(*, day: date) -> int:
    """This function will write the file of a business date and answer how many findings it has.

    The same books give the same bytes; a file that stands is replaced in one move, so nobody ever reads half of one.
    Only the process's own user can read it.
    """
    bounds = figures.bounds(on=day)
    found = findings(items.of(day, least=bounds.least), day=day, bounds=bounds)
    where = place(day)
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = where.with_suffix(f".{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text(found, day=day))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(where)
    return len(found)


def text(found: list[Finding], *, day: date) -> str:
    """This function will write findings as CSV: one line for each movement, with the finding it belongs to."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, one in enumerate(found, start=1):
        for item in one.items:
            writer.writerow((
                day.isoformat(), number, one.basis, one.person, one.category, "in" if one.paid_in else "out",
                Money(one.worth, one.group).decimal, one.group, item.account, item.channel, item.day.isoformat(),
                item.entry, Money(item.amount, item.currency).decimal, item.currency,
            ))  # fmt: skip
    return out.getvalue()
