"""The facts as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from analytics.models import Direction
from analytics.queries import Cell
from ledger.models import Entry
from ledger.money import Money

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """This function will make a text that no spreadsheet takes for a formula."""
    text = text.replace("\x00", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


def rows(cells: Iterable[tuple[int, Cell]], districts: dict[int, str]) -> Iterator[str]:
    """This function will write a heading and one line per cell, RFC 4180, beginning with the mark that spreadsheets
    need to see UTF-8."""
    yield "\ufeff" + _line(
        [_("month"), _("district"), _("channel"), _("direction"), _("currency"), _("movements"), _("value")]
    )
    for district, cell in cells:
        yield _line(
            [
                cell.month.strftime("%Y-%m"),
                districts.get(district, ""),
                str(Entry.Channel(cell.channel).label),
                str(Direction(cell.direction).label),
                cell.currency,
                str(cell.movements),
                f"{Money(cell.value, cell.currency).decimal:f}",
            ]
        )


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue()
