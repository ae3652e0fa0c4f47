"""Reading the European Central Bank's history of reference rates: one line for each day, one column for each currency.

`Date,USD,JPY,…`, units for one euro, N/A where a currency was not quoted. Taken as .csv, .csv.xz or .zip. Pure.
"""

import csv
import io
import lzma
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

FIRST = date(1999, 1, 1)  # the first day of the euro
MOST_BYTES = 64 * 1024 * 1024  # unpacked; the whole history has 2
NOT_QUOTED = {"N/A", ""}
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,10})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongFile(ValueError):
    """The file cannot be a history of rates; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its day and rates, or what is wrong with it."""

    number: int
    day: date | None
    rates: dict[str, Decimal]
    wrong: str = ""


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """This function will open a file of rates as text, unpacked. Raises WrongFile, OSError."""
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                names = [info for info in packed.infolist() if info.filename.endswith(".csv")]
                if len(names) != 1 or names[0].file_size > MOST_BYTES:
                    raise WrongFile(f"{path.name} does not hold exactly one table of a sensible size")
                with packed.open(names[0]) as raw:
                    yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        elif path.suffix == ".xz":
            with lzma.open(path) as raw:
                data = raw.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise WrongFile(f"{path.name} is larger than a history of rates can be")
            yield io.StringIO(data.decode("utf-8-sig"), newline="")
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield text
        else:
            raise WrongFile(f"{path.name}: a history is .csv, .csv.xz or .zip")
    except (lzma.LZMAError, EOFError, zipfile.BadZipFile, UnicodeDecodeError) as damaged:
        raise WrongFile(f"{path.name} cannot be unpacked and read: {damaged}") from damaged


def lines(text: IO[str], *, today: date) -> Iterator[Line]:
    """This function will read line by line, refusing what cannot be a day's rates. Raises WrongFile for the heading."""
    rows = csv.reader(text)
    heading = [name.strip() for name in next(rows, [])]
    if heading and not heading[-1]:
        heading.pop()  # the source ends each line with a comma
    if not heading or heading[0] != "Date" or len(heading) == 1:
        raise WrongFile("the first line does not name Date and the currencies")
    currencies = heading[1:]
    if len(set(currencies)) != len(currencies) or not all(_CURRENCY.fullmatch(each) for each in currencies):
        raise WrongFile("the first line names something that is no currency, or one currency twice")
    seen: set[date] = set()
    for row in rows:
        if row:
            yield _line(rows.line_num, row, currencies, seen, today)


def _line(number: int, row: list[str], currencies: list[str], seen: set[date], today: date) -> Line:
    try:
        if not _DAY.fullmatch(row[0].strip()):
            raise ValueError
        day = date.fromisoformat(row[0].strip())
    except ValueError:
        return Line(number, None, {}, f"{row[0]!r} is no day")
    if not FIRST <= day <= today:
        return Line(number, day, {}, f"{day} is before the euro or after today")
    if day in seen:
        return Line(number, day, {}, f"{day} stands twice in this file")
    seen.add(day)
    values = [each.strip() for each in row[1:]]
    if len(values) == len(currencies) + 1 and not values[-1]:
        values.pop()
    if len(values) != len(currencies):
        return Line(number, day, {}, f"{len(values)} rates for {len(currencies)} currencies")
    rates: dict[str, Decimal] = {}
    for currency, text in zip(currencies, values, strict=True):
        if text in NOT_QUOTED:
            continue
        if not _RATE.fullmatch(text) or not Decimal(text):
            return Line(number, day, {}, f"{currency}: {text!r} is no rate")
        rates[currency] = Decimal(text)
    return Line(number, day, rates)
