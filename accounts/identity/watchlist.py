"""The watch list's editions: reading a file, keeping it, and giving the entries in force.

The file is CSV in UTF-8 with a head line and these columns:

    reference,names,birth_years,note
    UN-0001,王大伟;Wang Dawei;Wang Da Wei,1961;1962,made-up example

`reference` is unique in the file, `names` are separated by semicolons (at least one), `birth_years` too (may be empty).
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from accounts.identity.models import WatchEntry, WatchList
from accounts.identity.names import compare_key
from accounts.identity.screening import Entry
from core import audit

COLUMNS = ["reference", "names", "birth_years", "note"]
SEPARATOR = ";"


class ListRefused(ValueError):
    """The file is no watch list; the message says where and why. Nothing was loaded."""


def load(*, data: bytes, name: str, actor: str, now: datetime) -> WatchList:
    """This function will keep a file as the edition in force. A repeat changes nothing. Raises ListRefused."""
    digest = hashlib.sha256(data).hexdigest()
    standing = WatchList.objects.filter(digest=digest).first()
    newest = in_force()
    if standing is not None:
        if standing != newest:
            raise ListRefused("this file is an older edition that was replaced: load the newest one")
        return standing
    entries = list(parse(data))
    if not entries:
        raise ListRefused("the file has no entries: an empty list would let everybody pass")
    with transaction.atomic():
        edition = WatchList.objects.create(name=name[:80], digest=digest, size=len(entries), loaded_at=now)
        WatchEntry.objects.bulk_create(
            [
                WatchEntry(
                    edition=edition,
                    reference=entry.reference,
                    names=list(entry.names),
                    birth_years=list(entry.birth_years),
                    note=entry.note,
                )
                for entry in entries
            ],
            batch_size=1000,
        )
        audit.record(
            act="identity.watch_list_loaded",
            subject=edition,
            actor=actor,
            before={"digest": newest.digest if newest else None, "entries": newest.size if newest else 0},
            after={"digest": digest, "entries": len(entries)},
            now=now,
        )
    return edition


def parse(data: bytes) -> Iterator[Entry]:
    """This function will read the entries of a file. Raises ListRefused with the number of the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListRefused(f"the file is not UTF-8 (byte {error.start})") from error
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if rows.fieldnames != COLUMNS:
        raise ListRefused(f"the first line must be {','.join(COLUMNS)}")
    seen: set[str] = set()
    try:
        for row in rows:
            yield _entry(row, rows.line_num, seen)
    except csv.Error as error:
        raise ListRefused(f"line {rows.line_num}: {error}") from error


def in_force() -> WatchList | None:
    """This function will find the edition in force; None when no list was ever loaded."""
    return WatchList.objects.order_by("-id").first()


def entries_of(edition: WatchList) -> Iterator[Entry]:
    """This function will give the entries of an edition."""
    rows = edition.entries.values_list("reference", "names", "birth_years", "note")
    for reference, names, years, note in rows.iterator(chunk_size=2000):
        yield Entry(reference, names, years, note)


def _entry(row: dict[str, str | None], line: int, seen: set[str]) -> Entry:
    if None in row or any(row[column] is None for column in COLUMNS):
        raise ListRefused(f"line {line}: it has not {len(COLUMNS)} columns")
    cells = {column: (row[column] or "").strip() for column in COLUMNS}
    reference = cells["reference"]
    if not reference or len(reference) > 60:
        raise ListRefused(f"line {line}: the reference is empty or longer than 60 characters")
    if reference in seen:
        raise ListRefused(f"line {line}: {reference} stands in the file twice")
    seen.add(reference)
    names = [name.strip() for name in cells["names"].split(SEPARATOR) if name.strip()]
    if not names or not all(compare_key(name) for name in names) or any(len(name) > 200 for name in names):
        raise ListRefused(f"line {line}: no name, or one without letters or with more than 200")
    years = [year.strip() for year in cells["birth_years"].split(SEPARATOR) if year.strip()]
    if not all(year.isascii() and year.isdigit() and 1850 <= int(year) <= 2100 for year in years):
        raise ListRefused(f"line {line}: a year of birth is not a year")
    if len(cells["note"]) > 200:
        raise ListRefused(f"line {line}: the note has more than 200 characters")
    return Entry(reference, names, [int(year) for year in years], cells["note"])
