"""What a room declares to take in a file: its columns, its rules, and how a staged batch becomes its records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from core.intake.columns import FileSpec
from core.intake.manifest import Manifest
from core.intake.reading import Refused


@dataclass(frozen=True)
class Delivery:
    """The delivery that is being taken in, as the rooms see it."""

    manifest: Manifest
    now: datetime

    @property
    def source(self) -> str:
        return self.manifest.source

    @property
    def currency(self) -> str:
        return self.manifest.currency

    @property
    def as_of(self) -> date:
        return self.manifest.as_of

    @property
    def prefix(self) -> str:
        """What stands before each of the source's references, so that two sources never meet."""
        return f"{self.source}:"

    @property
    def values(self) -> dict[str, Any]:
        """What the rooms' SQL may name: %(source)s, %(prefix)s, %(currency)s, %(as_of)s, %(now)s."""
        return {
            "source": self.source,
            "prefix": self.prefix,
            "currency": self.currency,
            "as_of": self.as_of,
            "now": self.now,
        }


@dataclass(frozen=True)
class Staged:
    """One batch in its temporary table `staged_<file>`: the rows that kept every rule and are not there already."""

    cursor: CursorWrapper
    delivery: Delivery

    def run(self, statement: str, **more: Any) -> int:
        """This function will run one statement of the room and answer how many rows it touched."""
        self.cursor.execute(statement, {**self.delivery.values, **more})
        return self.cursor.rowcount


@dataclass(frozen=True)
class Rule:
    """A condition in SQL over the staged row, named `this`; where it holds, the row is refused with the sentence.

    The sentence goes on after "line 7, column x:". The conditions are asked in order, after the source's repeats.
    """

    column: str
    refused_when: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of a staged batch: rows taken in, and rows the room refused on a second look."""

    taken: int
    refused: Sequence[Refused] = ()


@dataclass(frozen=True)
class Section:
    """A part of the report at the end: lines for people, figures for machines, and whether all agrees."""

    title: str
    lines: Sequence[str]
    figures: dict[str, Any] = field(default_factory=dict)
    agrees: bool = True


class NotAsPrepared(Exception):
    """What was prepared no longer holds: the batch is to be taken with care."""


@dataclass(frozen=True)
class Ahead:
    """How a room takes a batch faster when nothing is odd about it, in two halves.

    `prepare` looks at the staged batch on another connection, before the batch in front of it was committed, writes
    nothing, and answers what `take` needs, or None. `take` gets it inside the transaction that moves the mark, answers
    how many rows it took in, and raises NotAsPrepared when any row is not as it was: what it did is then undone, and
    the batch is staged anew and goes through the loader's own `take`.
    """

    prepare: Callable[[Staged], Any]
    take: Callable[[Staged, Any], int]


@dataclass(frozen=True)
class Loader:
    """How one file is taken in. `joins` is SQL that the rules and `repeated_when` may look at beside `this`.

    A row whose values in the columns of `once` stand in an earlier row of its batch is refused. `fills` names the
    tables that `take` writes, so that the planner is told how large they have become.

    `take` gets the batch inside the transaction that also moves the mark; it must be set-based and may raise, which
    leaves everything as it was before the batch. `report` is asked once, when every file has been read to its end; it
    gets a way to read the file's rows that were not refused once more, as text in declared columns.
    """

    spec: FileSpec
    take: Callable[[Staged], Outcome]
    once: tuple[str, ...]
    fills: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    repeated_when: str = "false"
    joins: str = ""
    ahead: Ahead | None = None
    report: Callable[[Delivery, Callable[[], Iterator[list[str]]]], Section] | None = None
