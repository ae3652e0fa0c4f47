"""A statement as an Excel file: figures are figures, days are days, and a text is never a formula."""

import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import kinds
from accounts.statements.export import headings
from accounts.statements.queries import Movement
from ledger.money import Money, exponent

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (9, 12, 20, 22, 14, 46, 16, 18, 9)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML has no place for


class TooMany(Exception):
    """The file would hold more rows than one file may."""


def write(movements: Iterable[Movement], *, most: int) -> IO[bytes]:
    """This function will write movements as a workbook into a temporary file, which is gone when it is closed.

    Memory stays bounded. Raises TooMany as soon as there are more than `most`.
    """
    from openpyxl import Workbook  # reason: loads numpy where it is found
    from openpyxl.utils import get_column_letter  # reason: loads numpy where it is found

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Transactions"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_bold(sheet, text) for text in headings()])
    for count, movement in enumerate(movements, start=1):
        if count > most:
            raise TooMany(most)
        sheet.append(_row(sheet, movement))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    book.save(file)
    file.seek(0)
    return file


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


def _text(sheet: Any, text: str) -> "WriteOnlyCell":
    cell = _cell(sheet, _UNWRITABLE.sub("", text))
    cell.data_type = "s"  # whatever it begins with
    return cell


def _figure(sheet: Any, money: Money, form: str) -> "WriteOnlyCell":
    cell = _cell(sheet, money.decimal)
    cell.number_format = form
    return cell


def _bold(sheet: Any, text: str) -> "WriteOnlyCell":
    from openpyxl.styles import Font  # reason: loads numpy where it is found

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell  # reason: loads numpy where it is found

    return WriteOnlyCell(sheet, value)
