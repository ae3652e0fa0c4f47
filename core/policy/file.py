"""The file the figures come from: one line for each key and date. Pure: no database."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.policy.figures import WrongFigure, typed

COLUMNS = ["key", "effective_from", "type", "value", "unit", "source", "meaning_en", "meaning_zh"]
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_SHAPES = {
    "int": re.compile(r"-?[0-9]{1,18}"),
    "decimal": re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,8})?"),
    "bool": re.compile(r"true|false"),
    "text": re.compile(r".{1,200}"),
}


class WrongFile(ValueError):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True)
class Row:
    """One line of the file."""

    key: str
    effective_from: date
    type: str
    value: str
    unit: str
    source: str
    meaning_en: str
    meaning_zh: str


def read(path: Path) -> list[Row]:
    """This function will read and check every line. Raises WrongFile, and OSError when there is no file."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if reader.fieldnames != COLUMNS:
            raise WrongFile(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
        rows = [_row(path.name, reader.line_num, line) for line in reader]
    seen: set[tuple[str, date]] = set()
    kinds: dict[str, tuple[str, str]] = {}
    for row in rows:
        if (row.key, row.effective_from) in seen:
            raise WrongFile(f"{path.name}: {row.key} stands twice for {row.effective_from}")
        seen.add((row.key, row.effective_from))
        if kinds.setdefault(row.key, (row.type, row.unit)) != (row.type, row.unit):
            raise WrongFile(f"{path.name}: {row.key} changes its type or unit")
    return rows


def check_value(kind: str, text: str) -> None:
    """This function will look whether a text is a figure of a type as the table takes it; raises WrongFigure."""
    shape = _SHAPES.get(kind)
    if shape is None or not shape.fullmatch(text):
        raise WrongFigure(f"{text!r} is not {kind}")
    typed(kind, text)


def _row(name: str, number: int, line: dict[str, str]) -> Row:
    place = f"{name}, line {number}"
    texts = {column: (line.get(column) or "").strip() for column in COLUMNS}
    if None in line or any(line.get(column) is None for column in COLUMNS):
        raise WrongFile(f"{place}: not {len(COLUMNS)} columns")
    if not _KEY.fullmatch(texts["key"]):
        raise WrongFile(f"{place}: {texts['key']!r} is no key")
    if missing := [column for column in ("source", "meaning_en", "meaning_zh") if not texts[column]]:
        raise WrongFile(f"{place}: {', '.join(missing)} is empty")
    try:
        check_value(texts["type"], texts["value"])
        since = date.fromisoformat(texts["effective_from"])
    except ValueError as error:
        raise WrongFile(f"{place}: {error}") from None
    return Row(**{**texts, "effective_from": since})  # type: ignore[arg-type]
