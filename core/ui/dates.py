"""Reading a date as people really type it. Pure.

Accepted: 1990-03-05, 1990/3/5, 1990.3.5, 1990 3 5, 19900305, 1990年3月5日, 5 March 1990, March 5, 1990, with full-width
digits and stray spaces. 03/05/1990 is refused, because nobody can tell March from May in it.
"""

import re
from datetime import date
from enum import StrEnum

from core.ui import typed
from core.ui.formats import MONTHS

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s*([A-Za-z]{3,9})\.?,?\s*(\d{4})", re.ASCII)
_NAMED_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})", re.ASCII)
_YEAR_LAST = re.compile(r"\d{1,2}\s*[-/.\s]\s*\d{1,2}\s*[-/.\s]\s*\d{4}", re.ASCII)


class Reason(StrEnum):
    """Why a text is no date."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TEXT = "text"
    AMBIGUOUS = "ambiguous"  # 03/05/1990
    NO_SUCH_DAY = "no_such_day"  # 31 April


class DateError(ValueError):
    """The text is no date; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def parse(text: str) -> date:
    """Give the date a person typed. Raises DateError."""
    if not typed.readable(text):
        raise DateError(Reason.UNREADABLE)
    plain = " ".join(typed.half_width(typed.visible(text)).split())
    if not plain:
        raise DateError(Reason.EMPTY)
    year, month, day = _parts(plain)
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(Reason.NO_SUCH_DAY) from None


def _parts(plain: str) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_NAMED.fullmatch(plain):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := _NAMED_DAY.fullmatch(plain):
        return int(found[3]), _month(found[1]), int(found[2])
    raise DateError(Reason.AMBIGUOUS if _YEAR_LAST.fullmatch(plain) else Reason.TEXT)


def _month(name: str) -> int:
    for number, month in enumerate(MONTHS, start=1):
        if name.lower() in {month.lower(), month[:3].lower()} or (number == 9 and name.lower() == "sept"):
            return number
    raise DateError(Reason.TEXT)
