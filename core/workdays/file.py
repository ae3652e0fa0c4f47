"""A file of special days: `date,day,name`, where day is off (a holiday) or work (a weekend that makes up for one, or a
weekday worked at the end of a holiday that was made longer).

Lines that begin with # are remarks. A file holds whole years: every special day of each year it names, and at most the
days of the December before that its first notice moved.
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

KINDS = {"off", "work"}
DECEMBER = 12
# (month, day) off in every year: without them the file is not a year's notice.
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


class WrongFile(ValueError):
    """The file cannot be what it should be; the text says where."""


@dataclass(frozen=True)
class Special:
    """One day that differs from Monday to Friday."""

    day: date
    kind: str
    name: str


def read(path: Path) -> dict[int, list[Special]]:
    """This function will read a file as year -> its days, in order. Raises WrongFile, OSError."""
    found: dict[date, Special] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        if rows.fieldnames is None or {"date", "day", "name"} - set(rows.fieldnames):
            raise WrongFile(f"{path.name}: the first line names the columns date, day and name")
        for row in rows:
            special = _special(path.name, row)
            if special.day in found:
                raise WrongFile(f"{path.name}: {special.day} stands there twice")
            found[special.day] = special
    return _by_year(path.name, sorted(found.values(), key=lambda special: special.day))


def kept(days: Iterable[Special]) -> list[list[str]]:
    """This function will write days as a notice keeps them."""
    return [[special.day.isoformat(), special.kind, special.name] for special in days]


def specials(text: str) -> list[Special]:
    """This function will read days as a notice keeps them."""
    return [Special(date.fromisoformat(day), kind, name) for day, kind, name in json.loads(text)]


def _special(name: str, row: dict[str, str | None]) -> Special:
    text, kind = row["date"] or "", row["day"] or ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongFile(f"{name}: {text!r} is no day (YYYY-MM-DD)") from None
    if kind not in KINDS:
        raise WrongFile(f"{name}: {day} is neither off nor work but {kind!r}")
    return Special(day, kind, (row["name"] or "").strip())


def _by_year(name: str, days: list[Special]) -> dict[int, list[Special]]:
    off = {special.day for special in days if special.kind == "off"}
    years = sorted({day.year for day in off if (day.month, day.day) == ALWAYS_OFF[0]})
    if not years:
        raise WrongFile(f"{name}: no year begins with a New Year's Day off")
    whole: dict[int, list[Special]] = {year: [] for year in years}
    for special in days:
        year = special.day.year
        if year not in whole and special.day.month == DECEMBER and year + 1 in whole:
            year += 1  # the next year's notice moved it
        if year not in whole:
            raise WrongFile(f"{name}: {special.day} belongs to no year that the file holds whole")
        whole[year].append(special)
    for year in years:
        if missing := [f"{month:02}-{day:02}" for month, day in ALWAYS_OFF if date(year, month, day) not in off]:
            raise WrongFile(f"{name}: in {year} somebody would work on {', '.join(missing)}")
    return whole
