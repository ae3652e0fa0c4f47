"""The machine-readable zone of a passport (ICAO 9303, TD3: two lines of 44 characters). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.ui import typed

WIDTH = 44
FILLER = "<"
_WEIGHTS = (7, 3, 1)
_VALUES = {**{str(n): n for n in range(10)}, **{chr(65 + n): 10 + n for n in range(26)}, FILLER: 0}


class Reason(StrEnum):
    """Why two lines are no machine-readable zone of a passport."""

    EMPTY = "empty"
    SHAPE = "shape"
    CHARACTERS = "characters"
    KIND = "kind"
    CHECK_DIGIT = "check_digit"
    DATE = "date"


class ZoneError(ValueError):
    """The text is no machine-readable zone; `reason` says why, `part` which check digit disagreed."""

    def __init__(self, reason: Reason, part: str = "") -> None:
        super().__init__(f"{reason.value} {part}".strip())
        self.reason, self.part = reason, part


@dataclass(frozen=True)
class Zone:
    """What the two lines say; every check digit agrees."""

    issuer: str
    surname: str
    given_names: str
    number: str
    nationality: str
    born_on: date
    is_male: bool | None
    expires_on: date

    @property
    def name(self) -> str:
        """The name as it is read out: given names first."""
        return f"{self.given_names} {self.surname}".strip()


def digit(text: str) -> str:
    """This function will give the check digit of a field: weights 7, 3, 1, modulo 10."""
    return str(sum(_VALUES[char] * _WEIGHTS[place % 3] for place, char in enumerate(text)) % 10)


def compact(text: str) -> str:
    """This function will bring what was typed to 88 characters, if it can: capitals, no spaces, no line breaks."""
    wide = typed.half_width(typed.visible(text)).replace("\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}", "<<")
    return typed.without_spaces(wide).upper()


def parse(text: str, *, today: date) -> Zone:
    """This function will read the two lines at the foot of a passport's page with the photo. Raises ZoneError.

    A year of birth has two digits: the last such year that is not after `today` is meant. A passport runs out within
    the ten years after it is given out, so its year of expiry is the one nearest to `today`.
    """
    zone = compact(text)
    if not zone:
        raise ZoneError(Reason.EMPTY)
    if len(zone) != 2 * WIDTH:
        raise ZoneError(Reason.SHAPE)
    if any(char not in _VALUES for char in zone):
        raise ZoneError(Reason.CHARACTERS)
    first, second = zone[:WIDTH], zone[WIDTH:]
    if not first.startswith("P"):
        raise ZoneError(Reason.KIND)
    number, born, expires, personal = second[:9], second[13:19], second[21:27], second[28:42]
    for part, field, given in (
        ("number", number, second[9]),
        ("born_on", born, second[19]),
        ("expires_on", expires, second[27]),
        ("personal", personal, second[42]),
        ("whole", second[:10] + second[13:20] + second[21:43], second[43]),
    ):
        empty = part == "personal" and not field.strip(FILLER) and given == FILLER
        if not empty and digit(field) != given:
            raise ZoneError(Reason.CHECK_DIGIT, part)
    surname, _gap, given_names = first[5:].partition(FILLER * 2)
    return Zone(
        issuer=first[2:5].strip(FILLER),
        surname=_words(surname),
        given_names=_words(given_names),
        number=number.rstrip(FILLER),
        nationality=second[10:13].strip(FILLER),
        born_on=_born(born, today),
        is_male={"M": True, "F": False}.get(second[20]),
        expires_on=_expires(expires, today),
    )


def write(
    *, issuer: str, surname: str, given_names: str, number: str, born_on: date, sex: str, expires_on: date
) -> str:
    """This function will write the two lines of a passport, for sample documents."""
    names = f"{surname.replace(' ', FILLER)}{FILLER * 2}{given_names.replace(' ', FILLER)}".upper()
    first = f"P{FILLER}{issuer:<3}{names}".replace(" ", FILLER)[:WIDTH].ljust(WIDTH, FILLER)
    number_part = number.ljust(9, FILLER)
    number_part += digit(number_part)
    born, expires = f"{born_on:%y%m%d}", f"{expires_on:%y%m%d}"
    born, expires = born + digit(born), expires + digit(expires)
    personal = FILLER * 14 + "0"
    whole = digit(number_part + born + expires + personal)
    return f"{first}\n{number_part}{issuer:<3}{born}{sex}{expires}{personal}{whole}".replace(" ", FILLER)


def _words(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _born(text: str, today: date) -> date:
    year = today.year - today.year % 100 + _year(text)
    found = _day(year, text)
    return found if found <= today else _day(year - 100, text)


def _expires(text: str, today: date) -> date:
    year = today.year - today.year % 100 + _year(text)
    return _day(min((year - 100, year, year + 100), key=lambda one: abs(one - today.year)), text)


def _year(text: str) -> int:
    if not text.isdigit():
        raise ZoneError(Reason.DATE)
    return int(text[:2])


def _day(year: int, text: str) -> date:
    try:
        return date(year, int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise ZoneError(Reason.DATE) from None
