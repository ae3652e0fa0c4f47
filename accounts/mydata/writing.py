"""A copy of somebody's data as files: JSON for programs, CSV for spreadsheets, PDF to read.

`Taken` is everything at one moment, as plain values in one language. JSON follows docs/my-data.schema.json. A cell of
CSV that a spreadsheet would take for a formula gets an apostrophe in front (accounts.statements.export).
"""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mydata.groups import GROUPS
from accounts.personal import Coded, Section, Value
from accounts.statements.export import BYTE_ORDER_MARK, harmless
from core.ui import formats, typesetting
from ledger.money import Money

FORMAT: Final = "personal-data/1"
FOLDER: Final = settings.BASE_DIR / "templates" / "mydata"


@dataclass(frozen=True)
class Taken:
    """Everything about one customer at one moment."""

    customer_id: str
    name: str
    language: str
    at: datetime
    sections: Sequence[tuple[Section, Sequence[Sequence[Value]]]]


def as_json(taken: Taken) -> bytes:
    """This function will write everything for other programs: UTF-8, amounts as decimal text beside their currency."""
    with translation.override(taken.language):
        groups = {group.key: group for group in GROUPS if group.shown}
        document = {
            "format": FORMAT,
            "bank": settings.BRAND["name"]["en"],
            "customer": taken.customer_id,
            "language": taken.language,
            "taken_at": taken.at.isoformat(),
            "groups": [
                {
                    "key": group.key,
                    "title": str(group.title),
                    "purpose": str(group.purpose),
                    "legal_basis": str(group.basis),
                    "kept": str(group.kept),
                    "sections": [
                        _section(section, rows) for section, rows in taken.sections if section.group == group.key
                    ],
                }
                for group in groups.values()
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _section(section: Section, rows: Sequence[Sequence[Value]]) -> dict[str, Any]:
    names = [column.key for column in section.columns]
    return {
        "key": section.key,
        "title": str(section.title),
        "columns": {column.key: str(column.label) for column in section.columns},
        "rows": [dict(zip(names, map(_plain, row), strict=True)) for row in rows],
    }


def _plain(value: Value) -> Any:
    if isinstance(value, Coded):
        return {"code": value.code, "label": str(value.label)}
    if isinstance(value, Money):
        return {"amount": f"{value.decimal:f}", "currency": value.currency}
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def as_tables(taken: Taken) -> bytes:
    """This function will write one CSV for each section that has rows, together in a ZIP."""
    packed = io.BytesIO()
    moment = taken.at.astimezone(ZoneInfo(settings.TIME_ZONE)).timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, translation.override(taken.language):
        for section, rows in taken.sections:
            if rows:
                entry = zipfile.ZipInfo(f"{section.key}.csv", date_time=moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, (BYTE_ORDER_MARK + table(section, rows)).encode())
    return packed.getvalue()


def table(section: Section, rows: Sequence[Sequence[Value]]) -> str:
    """This function will write a section as CSV (RFC 4180); an amount takes two columns, figure and currency."""
    money = {place for row in rows for place, value in enumerate(row) if isinstance(value, Money)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    heading: list[str] = []
    for place, column in enumerate(section.columns):
        heading += [str(column.label), _("Currency")] if place in money else [str(column.label)]
    writer.writerow(map(harmless, heading))
    for row in rows:
        cells: list[str] = []
        for place, value in enumerate(row):
            if place in money:
                cells += [f"{value.decimal:f}", value.currency] if isinstance(value, Money) else ["", ""]
            else:
                cells.append(harmless(_written(value)))
        writer.writerow(cells)
    return text.getvalue()


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return shown(value, "")


def shown(value: Value, language: str) -> str:
    """This function will write a value as its reader's language does, for a page or a PDF."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Money):
        return formats.amount(value.decimal, value.currency)
    if isinstance(value, datetime):
        return formats.moment(value.astimezone(ZoneInfo(settings.TIME_ZONE)), language)
    if isinstance(value, date):
        return formats.day(value, language)
    return "" if value is None else str(value.label if isinstance(value, Coded) else value)


def as_pdf(taken: Taken, *, most: int) -> bytes:
    """This function will typeset everything to read; of a long list the first `most` rows, and it says so."""
    with translation.override(taken.language):
        values = _values(taken, most)
    return typesetting.pdf(template=FOLDER / "copy.typ", name="copy", values=values)


def _values(taken: Taken, most: int) -> dict[str, Any]:
    chinese = formats.is_chinese(taken.language)
    return {
        "lang": "zh" if chinese else "en",
        "bank": settings.BRAND["name"].get(taken.language) or settings.BRAND["name"]["en"],
        "phone": settings.BRAND["phone"],
        "demo": _("Demonstration, no real money") if settings.DEMO else "",
        "title": _("What we keep about you"),
        "name": taken.name,
        "taken": _("As of %(moment)s") % {"moment": shown(taken.at, taken.language)},
        "words": {
            "purpose": _("What for"),
            "basis": _("Legal basis"),
            "kept": _("How long"),
            "nothing": _("Nothing."),
            "customer": _("Customer"),
        },
        "groups": [
            {
                "title": str(group.title),
                "purpose": str(group.purpose),
                "basis": str(group.basis),
                "kept": str(group.kept),
                "sections": [
                    _set(section, rows, taken.language, most)
                    for section, rows in taken.sections
                    if section.group == group.key
                ],
            }
            for group in GROUPS
            if group.shown
        ],
    }


def _set(section: Section, rows: Sequence[Sequence[Value]], language: str, most: int) -> dict[str, Any]:
    """One section for the PDF: every record as lines of label and value, what is empty left out."""
    labels = [str(column.label) for column in section.columns]
    left = len(rows) - most
    return {
        "title": str(section.title),
        "note": str(section.note),
        "records": [
            [[label, text] for label, value in zip(labels, row, strict=True) if (text := shown(value, language))]
            for row in rows[:most]
        ],
        "more": ngettext(
            "%(count)d more line is in the files of this copy.",
            "%(count)d more lines are in the files of this copy.",
            left,
        )
        % {"count": left}
        if left > 0
        else "",
    }
