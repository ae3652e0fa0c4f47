"""What a step is, and which steps a run has (settings.RUNS)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

PAGE = 500


class UnknownRun(LookupError):
    """No run of this name is on the wiring board."""


class NotYet(Exception):
    """A step may not go on yet, though its time has come. Nothing is counted; the next call asks again."""


def only_one(day: date, after: str, most: int) -> Sequence[str]:  # noqa: ARG001 - as every step's items
    """This function will give the one item of a step that is done as a whole."""
    return [] if after else ["all"]


@dataclass(frozen=True)
class Step:
    """One step of a run.

    `starts(day)` is the moment before which it does not begin. `items(day, after, most)` gives up to `most` keys of
    what is due, in their order, behind the key `after` ("" at first); a key that was done is not handed to `do` again,
    and items are asked for anew until nothing new comes. `do(key, day, now)` carries one out and answers a word for
    what became of it. `count(day)` is only for the progress that is shown.

    `do_many(keys, day, now)`, where a step has it, carries out the first of these keys together, in one transaction,
    exactly as `do` would one after the other, and answers their words in order: fewer than the keys when one must go by
    itself, none when that is the first. What it raises undoes all of them; they are then done in smaller numbers, and
    at last one by one. `advice` says what a person does about an item that is parked.
    """

    name: str
    label: Any  # lazy text
    starts: Callable[[date], datetime]
    do: Callable[[str, date, datetime], str]
    items: Callable[[date, str, int], Sequence[str]] = only_one
    count: Callable[[date], int] | None = None
    own_transactions: bool = False
    page: int = PAGE
    do_many: Callable[[Sequence[str], date, datetime], Sequence[str]] | None = None
    advice: Any = ""  # lazy text
    outcomes: Mapping[str, Any] = field(default_factory=dict)  # word -> lazy text


@dataclass(frozen=True)
class Declared:
    """A run on the wiring board: its steps as dotted paths, in order, and the function that names a moment's day."""

    label: Any  # lazy text
    steps: tuple[str, ...]
    day_of: str
    # Dotted paths: how many days a clock may be ahead before a person is asked, and what else stands against a day (a
    # sentence, or ""). Without them nothing does.
    most_behind: str = ""
    against: str = ""


@dataclass(frozen=True)
class Plan:
    """A run with its steps found."""

    name: str
    label: Any
    steps: tuple[Step, ...]
    day_of: Callable[[datetime], date]
    most_behind: Callable[[date], int] | None = None
    against: Callable[[date], Any] | None = None

    def step(self, name: str) -> Step | None:
        """The step of a name; None when the board has it no more."""
        return next((step for step in self.steps if step.name == name), None)


@lru_cache(maxsize=1)
def _board(path: str) -> Mapping[str, Declared]:
    board: Mapping[str, Declared] = import_string(path)
    return board


def declared(name: str) -> Plan:
    """This function will find a run and its steps. Raises UnknownRun."""
    try:
        found = _board(settings.RUNS)[name]
    except KeyError:
        raise UnknownRun(name) from None
    steps = tuple(import_string(path) for path in found.steps)
    return Plan(
        name=name,
        label=found.label,
        steps=steps,
        day_of=import_string(found.day_of),
        most_behind=import_string(found.most_behind) if found.most_behind else None,
        against=import_string(found.against) if found.against else None,
    )


def names() -> tuple[str, ...]:
    """This function will list the runs on the wiring board."""
    return tuple(_board(settings.RUNS))


def label_of(name: str) -> str:
    """This function will name a run for people; one that is on the board no more by its own name."""
    found = _board(settings.RUNS).get(name)
    return str(found.label) if found else name
