"""Gathering what every room keeps of a customer (`settings.PERSONAL_DATA`), for the page and for copies."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import islice

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.models import Customer
from accounts.mydata.groups import GROUPS, Group
from accounts.personal import Section, Value

ON_PAGE = 5  # rows of each list on the page; the copy holds all


@cache
def _rooms() -> tuple[Callable[..., Sequence[Section]], ...]:
    return tuple(import_string(path) for path in import_string(settings.PERSONAL_DATA))


def sections(*, customer: Customer, language: str) -> list[Section]:
    """This function will ask every room for its sections, in the order of the wiring board."""
    with translation.override(language) if language != translation.get_language() else nullcontext():
        return [section for room in _rooms() for section in room(customer=customer, language=language)]


@dataclass(frozen=True)
class Excerpt:
    """A section with its first rows."""

    section: Section
    rows: Sequence[Sequence[Value]]
    more: bool

    @property
    def table(self) -> list[list[tuple[object, Value]]]:
        """The rows, each value together with its column."""
        return [list(zip(self.section.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Kept:
    """A group with an excerpt of each of its sections."""

    group: Group
    excerpts: Sequence[Excerpt]

    @property
    def count(self) -> int:
        return sum(len(excerpt.rows) for excerpt in self.excerpts)


def kept(*, customer: Customer, language: str) -> list[Kept]:
    """This function will give the page: every group that is shown, with the first rows of each of its sections."""
    found = sections(customer=customer, language=language)
    return [
        Kept(group, [_excerpt(section) for section in found if section.group == group.key])
        for group in GROUPS
        if group.shown
    ]


def _excerpt(section: Section) -> Excerpt:
    rows = list(islice(section.rows(), ON_PAGE + 1))
    return Excerpt(section, [tuple(row) for row in rows[:ON_PAGE]], more=len(rows) > ON_PAGE)


def rows_in(section: Section, *, language: str) -> list[Sequence[Value]]:
    """This function will read all rows of a section, their words in a language."""
    with translation.override(language):
        return [tuple(row) for row in section.rows()]
