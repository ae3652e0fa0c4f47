"""A statement as CSV: RFC 4180, UTF-8 with a byte order mark so that Excel reads it, one row at a time.

A cell that a spreadsheet would take for a formula gets an apostrophe in front: what somebody else wrote into a
payment's purpose must not run on the reader's machine. Figures are the bank's own and stay figures.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import kinds
from accounts.statements.queries import Movement
from ledger.money import Money

BYTE_ORDER_MARK: Final = "\ufeff"
# What starts a formula in some spreadsheet; the full-width signs do in those that fold them.
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class _Echo:
    """Hands each written line back, so that rows leave as they are made."""

    def write(self, value: str) -> str:
        return value


def harmless(text: str) -> str:
    """This function will keep a spreadsheet from reading a text as a formula; the text stays readable."""
    clean = text.replace("\0", "")
    return f"'{clean}" if clean.lstrip().startswith(_STARTS) or clean.startswith(_STARTS) else clean


def rows(movements: Iterable[Movement], *, heading: bool = True) -> Iterator[str]:
    """This function will write movements as lines of CSV, the header first; without it they go on behind others."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    if heading:
        yield BYTE_ORDER_MARK + writer.writerow(headings())
    for movement in movements:
        yield writer.writerow(
            [
                movement.number,
                movement.business_date.isoformat(),
                timezone.localtime(movement.booked_at).isoformat(timespec="seconds"),
                harmless(kinds.label(movement.kind)),
                harmless(kinds.channel(movement.channel)),
                harmless(movement.narrative),
                f"{Money(movement.amount, movement.currency).decimal:f}",
                f"{Money(movement.balance_after, movement.currency).decimal:f}",
                movement.currency,
            ]
        )


def headings() -> list[str]:
    """This function will name the columns of a file of movements."""
    return [
        _("Line number"),
        _("Date"),
        _("Booked at"),
        _("Kind"),
        _("Channel"),
        _("Details"),
        _("Amount"),
        _("Balance"),
        _("Currency"),
    ]
