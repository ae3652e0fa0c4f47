"""What else a customer holds, told by the rooms above: loans, cards, standing orders.

`settings.HOLDINGS` names, as dotted paths, functions that take `customer` and answer a `Holding`, or None when the
customer holds nothing of the kind. Each may cost one query. They must not raise; they are asked in order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Customer


@dataclass(frozen=True)
class Cell:
    """One finished value of a row; `numeric` figures stand to the right. An amount comes from `amount_html`."""

    text: str
    numeric: bool = False


@dataclass(frozen=True)
class Holding:
    """A short list under a heading, with finished values in the reader's language."""

    key: str
    title: str
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    note: str = ""  # a sentence between heading and list

    @property
    def table(self) -> list[list[tuple[Cell, Cell]]]:
        """The rows, each cell together with its heading."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]


@cache
def _rooms() -> tuple[Callable[..., Holding | None], ...]:
    return tuple(import_string(path) for path in import_string(settings.HOLDINGS))


def of(customer: Customer) -> list[Holding]:
    """This function will collect what a customer holds besides accounts."""
    found = (room(customer=customer) for room in _rooms())
    return [holding for holding in found if holding is not None]
