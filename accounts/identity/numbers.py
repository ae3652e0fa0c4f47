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

from core.ui import typed

LENGTH = 18
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
    """A number whose check character, birth date and region hold."""

    text: str
    born_on: date
    is_male: bool
    region_known_then: bool  # the county of the number existed, under this code, in the year of birth


def compact(text: str) -> str:
    """This function will bring what was typed to one spelling: half-width, no spaces or dashes, a capital X."""
    return typed.without_spaces(typed.half_width(typed.visible(text))).translate(SEPARATORS).upper()


def parse(text: str) -> IdNumber:
    """This function will read an identity number. Raises NumberError."""
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
    return IdNumber(
        text=number,
        born_on=born_on,
        is_male=int(number[16]) % 2 == 1,
        region_known_then=_region_known_then(number),
    )


def short_mask(number: str) -> str:
    """This function will mask a number for a list: its first and last character."""
    return f"{number[:1]}…{number[-1:]}"


def long_mask(number: str) -> str:
    """This function will mask a number for a page about one person: three and four characters."""
    return f"{number[:3]}…{number[-4:]}"


def age_on(born_on: date, day: date) -> int:
    """This function will give the completed years of a life on a day; who is born on 29 February ages on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _region_known_then(number: str) -> bool:
    """Say whether the county existed then. Raises NumberError when no county ever had this code."""
    parts = numdb.get("cn/loc").info(number[:6])
    if not any("county" in properties for _part, properties in parts):
        raise NumberError(Reason.REGION)
    try:
        ric.get_birth_place(number)
    except InvalidComponent:
        return False
    return True
