"""The payees of a customer who have their account elsewhere, as the one list of payees shows them.

Each room that pays to other banks names a function in `settings.PAYEE_BOOKS`; this room knows none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Customer


@dataclass(frozen=True, slots=True)
class Line:
    """One payee; `number` as people compare it, `where` the bank or the country, `pay_url` "" where nothing is sent."""

    alias: str
    holder: str
    number: str
    where: str
    group: str
    note: str
    favourite: bool
    pay_url: str
    edit_url: str

    @property
    def digits(self) -> str:
        """The number without what only makes it readable."""
        return "".join(char for char in self.number if char.isalnum())


@dataclass(frozen=True, slots=True)
class Chapter:
    """The payees of one kind, favourites first."""

    title: str
    lines: Sequence[Line]


def elsewhere(customer: Customer) -> list[Chapter]:
    """This function will list a customer's payees at other banks, a chapter for each room that has some."""
    found = [tell(customer) for tell in _tellers()]
    return [chapter for chapter in found if chapter.lines]


@lru_cache(maxsize=1)
def _tellers() -> tuple[Callable[[Customer], Chapter], ...]:
    paths = import_string(settings.PAYEE_BOOKS)
    return tuple(cast("Callable[[Customer], Chapter]", import_string(path)) for path in paths)
