"""A statement as an Excel file: figures are figures, days are days, and a text is never a formula."""

import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts.statements import kinds
from accounts.statements.queries import Movement
from ledger.money import Money, exponent

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (9, 12, 20, 22, 14, 46, 16, 18, 9)


class TooMany(Exception):
    """The file would hold more rows than one file may."""


def write(movements: Iterable[Movement], *, most: int) -> IO[bytes]:
    """This function will write movements as a workbook into a temporary file, which is gone when it is closed.

    Memory stays bounded. Raises TooMany as soon as there are more than `most`.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Transactions"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_bold(sheet, text) for text in _headings()])
    for count, movement in enumerate(movements, start=1):
        if count > most:
            raise TooMany(most)
        sheet.append(_row(sheet, movement))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    book.save(file)
    file.seek(0)
    return file


def _headings() -> list[str]:
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


def _row(sheet: Any, movement: Movement) -> list[Any]:
    places = exponent(movement.currency)
    figures = "#,##0" + ("." + "0" * places if places else "")
    return [
        movement.number,
        movement.business_date,
        _moment(movement.booked_at),
        _text(sheet, kinds.label(movement.kind)),
        _text(sheet, kinds.channel(movement.channel)),
        _text(sheet, movement.narrative),
        _figure(sheet, Money(movement.amount, movement.currency), figures),
        _figure(sheet, Money(movement.balance_after, movement.currency), figures),
        _text(sheet, movement.currency),
    ]


def _moment(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None, microsecond=0)  # a workbook knows no zones


def _text(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # whatever it begins with
    return cell


def _figure(sheet: Any, money: Money, form: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, money.decimal)
    cell.number_format = form
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell
