"""Reading a Chinese resident identity number (GB 11643) as people really type it. Pure.

Eighteen characters: region (GB/T 2260), birth date, sequence (odd for men), check character (mod 11-2, may be X).
The check digits and the table of regions are python-stdnum's.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from accounts import masks
from core.ui import typed

LENGTH = 18
FIRST_NUMBERS = 1984  # the year in which the first numbers were given out
OLD_LENGTH = 15  # issued until 1999, void since 2013
SEPARATORS = str.maketrans("", "", "-\N{EN DASH}\N{EM DASH}\N{MIDDLE DOT}.")


class Reason(StrEnum):
    """Why a text is no identity number."""

    EMPTY = "empty"
    OLD = "old"
    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    REGION = "region"
    CHECK_CHARACTER = "check_character"


class NumberError(ValueError):
    """The text is no identity number; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class IdNumber:
    """The number of a document, in order as far as it can be judged by itself."""

    text: str
    born_on: date | None  # None where the number does not say: a passport's
    is_male: bool | None
    region_known_then: bool = True  # the region code was in use when this number could be given out
    issuer: str = ""  # the state that gave out a passport: two states may use one number


def compact(text: str) -> str:
    """This function will bring what was typed to one spelling: half-width, no spaces or dashes, a capital X."""
    return typed.without_spaces(typed.half_width(typed.visible(text))).translate(SEPARATORS).upper()


def parse(text: str) -> IdNumber:
    """This function will read a resident identity number. Raises NumberError."""
    number, born_on = checked(text)
    return IdNumber(
        text=number,
        born_on=born_on,
        is_male=is_male(number),
        region_known_then=_region_known_then(number),
    )


def is_male(number: str) -> bool:
    """This function will read the sex from the sequence: odd ones are men's."""
    return int(number[16]) % 2 == 1


def checked(text: str) -> tuple[str, date]:
    """This function will read what every 18-character number has in common, and give its one spelling and birth date.

    Says nothing about the first six digits, which mean something else on each kind of document. Raises NumberError.
    """
    number = compact(text)
    if not number:
        raise NumberError(Reason.EMPTY)
    if len(number) == OLD_LENGTH and _digits(number):
        raise NumberError(Reason.OLD)
    if len(number) != LENGTH:
        raise NumberError(Reason.LENGTH)
    if not _digits(number[:-1]) or number[-1] not in "0123456789X":
        raise NumberError(Reason.CHARACTERS)
    try:
        born_on = ric.get_birth_date(number)
    except InvalidComponent:
        raise NumberError(Reason.BIRTH_DATE) from None
    if number[-1] != ric.calc_check_digit(number):
        raise NumberError(Reason.CHECK_CHARACTER)
    return number, born_on


def short_mask(number: str) -> str:
    """This function will mask a number for a list: its first and last character."""
    return masks.document_short(number)


def long_mask(number: str) -> str:
    """This function will mask a number for a page about one person: three and four characters, of a short one two."""
    return masks.document_long(number)


def age_on(born_on: date, day: date) -> int:
    """This function will give the completed years of a life on a day; who is born on 29 February ages on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _region_known_then(number: str) -> bool:
    """Say whether the code was in use when a number could be given out: after the birth, and not before 1984.

    A code that came into use after the birth is nothing unusual: older people were numbered decades later. Raises
    NumberError when no county ever had this code.
    """
    found = [
        properties["county"] for _part, properties in numdb.get("cn/loc").info(number[:6]) if "county" in properties
    ]
    if number[2:6] == "0000" or not found:
        raise NumberError(Reason.REGION)  # a province alone registers nobody
    earliest = max(int(number[6:10]), FIRST_NUMBERS)
    return any(_last_year(county) >= earliest for county in found[-1].split(","))


def _last_year(county: str) -> int:
    """Read when a code went out of use from the table's way of writing: "[1983-2010]崇文区"; 9999 while in use."""
    if not county.startswith("["):
        return 9999
    end = county[1:].partition("]")[0].partition("-")[2]
    return int(end) if end else 9999
