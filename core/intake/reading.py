"""Reading a file in batches: every row judged by its columns, the good ones written as COPY wants them. Pure."""

import csv
import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.intake.columns import Check, FileSpec, WrongHeader, places

FIRST = 1_000  # rows of the first batch: the database learns from it how the tables grow, the next ones are larger
MAX_LINE = 1_000_000  # bytes; a longer line is a file of another kind


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken in, and why: the column, what stood there, and the rest of a sentence about it."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Batch:
    """Some rows of a file: the good ones as COPY text, the refused ones, and where the next batch begins."""

    copy: str
    good: int
    refused: list[Refused] = field(default_factory=list)
    line: int = 0  # the last line that was read
    offset: int = 0  # the byte behind it
    sorted_value: str = ""  # of the last good row, in the column by which the file is sorted
    last: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file between two rows; the beginning is line 0, byte 0."""

    line: int = 0
    offset: int = 0
    sorted_value: str = ""


class UnreadableFile(ValueError):
    """The file is not a CSV file as the format describes it."""


class _Lines:
    """The lines of a file as text, with a count of lines and bytes handed out."""

    def __init__(self, stream: BinaryIO, place: Place) -> None:
        self._stream, self.line, self.offset = stream, place.line, place.offset

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(MAX_LINE)
        if not raw:
            raise StopIteration
        if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            raise UnreadableFile(f"line {self.line + 1} is longer than {MAX_LINE} bytes")
        if self.offset == 0:
            raw, self.offset = raw.removeprefix(b"\xef\xbb\xbf"), len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf"))
        self.line += 1
        self.offset += len(raw)
        return raw.decode("utf-8", "surrogateescape")


def batches(path: Path, spec: FileSpec, *, size: int, start: Place | None = None) -> Generator[Batch, None, None]:
    """This function will read a file from a place on, in batches of at most `size` rows, the first ones smaller.

    The copied text has the columns (line, then the file's columns in declared order, \\N where absent). Raises
    WrongHeader and UnreadableFile.
    """
    start = start or Place()
    with path.open("rb") as stream:
        header_lines = _Lines(stream, Place())
        first = next(header_lines, "").rstrip("\r\n")
        if not first:
            raise WrongHeader(f"{spec.file_name} is empty; its first line names the columns")
        try:
            header = cells(first)
        except csv.Error as error:
            raise UnreadableFile(f"{spec.file_name} line 1: {error}") from error
        judge = _Judge(spec, header, start.sorted_value)
        begin = Place(header_lines.line, header_lines.offset) if start.offset == 0 else start
        stream.seek(begin.offset)
        yield from _read(_Lines(stream, begin), judge, size)


def _read(lines: _Lines, judge: "_Judge", size: int) -> Generator[Batch, None, None]:
    finished, limit = False, min(size, FIRST)
    while not finished:
        batch = Batch(copy="", good=0)
        parts: list[str] = []
        while len(parts) + len(batch.refused) < limit:
            text = next(lines, None)
            if text is None:
                finished = True
                break
            if not (text := text.rstrip("\r\n")):
                continue
            verdict = judge(lines.line, text)
            if isinstance(verdict, Refused):
                batch.refused.append(verdict)
            else:
                parts.append(verdict)
        batch.copy, batch.good = "".join(parts), len(parts)
        batch.line, batch.offset, batch.last = lines.line, lines.offset, finished
        batch.sorted_value = judge.sorted_value
        limit = min(size, limit * 5)
        yield batch


def cells(text: str) -> list[str]:
    """This function will split one line into its cells; raises csv.Error. A row is one line: no quote stays open."""
    if '"' not in text:
        return text.split(",")
    return next(csv.reader([text], strict=True))


class _Judge:
    """Judges rows of one file by its columns."""

    def __init__(self, spec: FileSpec, header: list[str], sorted_value: str) -> None:
        self.sorted_value = sorted_value
        self._sorted_by = spec.sorted_by
        self._width = len(header)
        self._cells: list[tuple[str, Check, bool]] = [
            (column.name, column.kind.check, column.required) for column in places(spec, header) if column
        ]
        names = [name for name, _, _ in self._cells]
        self._order = [names.index(column.name) if column.name in names else None for column in spec.columns]
        self._sorted_at = names.index(spec.sorted_by) if spec.sorted_by else None

    def __call__(self, line: int, text: str) -> str | Refused:
        """Answer the row as a line of COPY text, or why it is refused."""
        try:
            row = cells(text)
        except csv.Error as error:
            return Refused(line, "", shown(text), f"cannot be read as CSV: {error}")
        if len(row) != self._width:
            return Refused(line, "", "", f"the row has {len(row)} cells, the header names {self._width}")
        for (name, check, required), value in zip(self._cells, row, strict=True):
            if not value:
                if required:
                    return Refused(line, name, "", "is required and empty")
            elif reason := check(value):
                return Refused(line, name, shown(value), reason)
        if self._sorted_at is not None:
            value = row[self._sorted_at]
            if value < self.sorted_value:
                return Refused(
                    line, self._sorted_by, shown(value), f"comes before the row above it, which has {self.sorted_value}"
                )
            self.sorted_value = value
        copied = [str(line)]
        for place in self._order:
            value = "" if place is None else row[place]
            copied.append((value.replace("\\", "\\\\") if "\\" in value else value) or "\\N")
        return "\t".join(copied) + "\n"


def rows_of(path: Path, spec: FileSpec, *, without: Iterator[int]) -> Iterator[list[str]]:
    """This function will read the rows of a judged file once more, in declared columns, without some of its lines.

    `without` gives the refused lines in ascending order. An absent column reads as empty cells.
    """
    with path.open("rb") as stream:
        lines = _Lines(stream, Place())
        order = [column.name if column else "" for column in places(spec, cells(next(lines).rstrip("\r\n")))]
        at = [order.index(column.name) if column.name in order else None for column in spec.columns]
        skipped = next(without, None)
        for text in lines:
            if lines.line == skipped:
                skipped = next(without, None)
            elif row_text := text.rstrip("\r\n"):
                row = cells(row_text)
                yield ["" if place is None else row[place] for place in at]


def shown(value: str) -> str:
    """This function will make a refused value fit for a report: short, printable, valid text."""
    clean = value[:80].encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in clean)[:120]


def sha256(path: Path) -> str:
    """This function will compute the SHA-256 of a file in bounded memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
