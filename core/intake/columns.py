"""What a file looks like: its columns, and what each of them may say. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# Answers an empty text when the value is in order, else the sentence why it is not.
Check = Callable[[str], str]

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BROKEN: Final = re.compile(r"[\ud800-\udfff]")  # what bytes that are not UTF-8 are read as
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Kind:
    """A kind of value: its name in the documentation, its type in the database, and its check."""

    name: str
    sql: str
    check: Check = field(compare=False)


def _text(limit: int) -> Check:
    def check(value: str) -> str:
        if len(value) > limit:
            return f"is longer than {limit} characters"
        if value.isascii() and value.isprintable():
            return ""
        if _BROKEN.search(value):
            return "has bytes that are not UTF-8"
        return "has a character that cannot be printed" if _UNPRINTABLE.search(value) else ""

    return check


def _integer(value: str) -> str:
    return "" if _INTEGER.fullmatch(value) else "is not a whole number"


def _decimal(digits: int) -> Check:
    pattern = re.compile(rf"[+-]?[0-9]{{1,15}}(?:\.[0-9]{{1,{digits}}})?")

    def check(value: str) -> str:
        if pattern.fullmatch(value):
            return ""
        return f"is not a number with at most {digits} decimals after a point"

    return check


def _date() -> Check:
    seen: dict[str, str] = {}

    def judge(value: str) -> str:
        if not _DATE.fullmatch(value):
            return "is not a date as YYYY-MM-DD"
        try:
            date.fromisoformat(value)
        except ValueError:
            return "is not a day of the calendar"
        return ""

    def check(value: str) -> str:
        verdict = seen.get(value)
        if verdict is None:
            verdict = judge(value)
            if len(seen) < 100_000:
                seen[value] = verdict
        return verdict

    return check


def _choice(options: Sequence[str]) -> Check:
    allowed = frozenset(options)
    sentence = f"is none of: {', '.join(options)}"

    def check(value: str) -> str:
        return "" if value in allowed else sentence

    return check


def text(limit: int) -> Kind:
    """This function will declare a text of at most so many characters, without control characters."""
    return Kind(f"text, at most {limit} characters", "text", _text(limit))


def integer() -> Kind:
    """This function will declare a whole number of at most eighteen digits."""
    return Kind("whole number", "bigint", _integer)


def decimal(digits: int) -> Kind:
    """This function will declare an exact decimal number with a point and at most so many decimals."""
    return Kind(f"decimal number, at most {digits} decimals", "numeric", _decimal(digits))


def day() -> Kind:
    """This function will declare a calendar day written YYYY-MM-DD."""
    return Kind("date, YYYY-MM-DD", "date", _date())


def choice(*options: str) -> Kind:
    """This function will declare one of a few words."""
    return Kind("one of: " + ", ".join(f"`{option}`" for option in options), "text", _choice(options))


@dataclass(frozen=True)
class Column:
    """One column of a file. An empty cell is an absent value; only a column that is not required may be empty."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True


@dataclass(frozen=True)
class FileSpec:
    """One file: `<name>.csv`, UTF-8, comma, double quotes, a header that names the columns in any order."""

    name: str
    columns: tuple[Column, ...]
    meaning: str
    required: bool = True  # whether a delivery without this file is refused as a whole
    sorted_by: str = ""  # a required column whose values never go back from one row to the next, compared as text

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    @property
    def staging(self) -> str:
        """The temporary table that holds one batch: a column for each of the file's, and `line`."""
        return f"staged_{self.name}"


class WrongHeader(ValueError):
    """The file's first line does not name the columns that were agreed."""


def places(spec: FileSpec, header: Sequence[str]) -> list[Column | None]:
    """This function will find which declared column stands at each place of a header; raises WrongHeader."""
    known = {column.name: column for column in spec.columns}
    names = [name.strip() for name in header]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise WrongHeader(f"{spec.file_name} names {', '.join(doubled)} more than once")
    if unknown := [name for name in names if name not in known]:
        raise WrongHeader(f"{spec.file_name} has columns that the format does not know: {', '.join(unknown)}")
    if missing := [column.name for column in spec.columns if column.required and column.name not in names]:
        raise WrongHeader(f"{spec.file_name} lacks the columns {', '.join(missing)}")
    return [known[name] for name in names]
