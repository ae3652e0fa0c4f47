"""The documents by which somebody may prove who they are. Each kind is a plug-in: what it is called, how its number is
read, what is asked beside it, and what its sides are called. Pure; another kind is another class in `KINDS`.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol, Union

from django.utils.translation import gettext_lazy as _

from accounts.identity import mrz, numbers
from accounts.identity.numbers import IdNumber, NumberError, Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # reason: the types alone

Text = Union[str, "_StrPromise"]
_CHECKED: Mapping[str, Text] = {
    "required": _("Enter the number of the document"),
    "old": _("This is an old number with 15 digits. Enter the 18 characters of your present card"),
    "length": _("This number has 18 characters: count what you typed"),
    "characters": _("This number has 17 digits, then a digit or X"),
    "birth_date": _("The birth date inside this number does not exist: compare it with your card"),
    "check_character": _("A character of this number is mistyped: compare it with your card"),
}


class Document(Protocol):
    """A kind of document."""

    code: str
    label: Text
    number_label: Text
    number_hint: Text
    name_hint: Text
    errors: Mapping[str, Text]  # by numbers.Reason
    has_zone: bool  # two machine-readable lines are asked for
    may_be_long_term: bool
    of_residents: bool
    sides: tuple[str, ...]  # the photos that are asked for
    photo_hint: Text  # for the side with the portrait

    def parse(self, text: str) -> IdNumber:
        """This function will read the number. Raises numbers.NumberError."""


class ResidentId:
    """The identity card of a resident (GB 11643)."""

    code: str = "resident_id"
    label: Text = _("Resident ID card")
    number_label: Text = _("Identity number")
    number_hint: Text = _("18 characters. Spaces and a small x are fine.")
    name_hint: Text = _("Exactly as on the card, with every rare character and every dot.")
    has_zone: bool = False
    may_be_long_term: bool = True
    of_residents: bool = True
    sides: tuple[str, ...] = ("front", "back", "selfie")
    photo_hint: Text = _("The side with your portrait, all four corners in the picture.")

    errors: Mapping[str, Text] = {
        **_CHECKED,
        "required": _("Enter the identity number"),
        "length": _("An identity number has 18 characters: count what you typed"),
        "characters": _("An identity number has 17 digits, then a digit or X"),
        "region": _("The first six digits belong to no region: compare them with your card"),
    }

    def parse(self, text: str) -> IdNumber:
        return numbers.parse(text)


class RegionPermit:
    """The residence permit for residents of Hong Kong, Macau and Taiwan: GB 11643 with a code of its own."""

    code: str = "region_permit"
    label: Text = _("Residence permit for Hong Kong, Macao and Taiwan residents")
    number_label: Text = _("Permit number")
    number_hint: Text = _("18 characters; it begins with 81, 82 or 83.")
    name_hint: Text = _("Exactly as on the permit.")
    has_zone: bool = False
    may_be_long_term: bool = False
    of_residents: bool = True
    sides: tuple[str, ...] = ("front", "back", "selfie")
    photo_hint: Text = _("The side with your portrait, all four corners in the picture.")
    regions: tuple[str, ...] = ("810000", "820000", "830000")

    errors: Mapping[str, Text] = {
        **_CHECKED,
        "region": _("The number of this permit begins with 810000, 820000 or 830000: compare it with yours"),
    }

    def parse(self, text: str) -> IdNumber:
        number, born_on = numbers.checked(text)
        if number[:6] not in self.regions:
            raise NumberError(Reason.REGION)
        return IdNumber(text=number, born_on=born_on, is_male=numbers.is_male(number))


class PermanentResidence:
    """The permanent residence card for foreigners, edition of 2023: 9, province, state (ISO 3166 numeric), birth date,
    sequence, check character as GB 11643.
    """

    code: str = "foreign_resident"
    label: Text = _("Foreign permanent resident ID card")
    number_label: Text = _("Card number")
    number_hint: Text = _("18 characters on the card of 2023; it begins with 9.")
    name_hint: Text = _("Exactly as on the card, in the order it has there.")
    has_zone: bool = False
    may_be_long_term: bool = False
    of_residents: bool = False
    sides: tuple[str, ...] = ("front", "back", "selfie")
    photo_hint: Text = _("The side with your portrait, all four corners in the picture.")
    provinces: frozenset[str] = frozenset(
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()  # noqa: SIM905 - a list of thirty is no easier to read
    )

    errors: Mapping[str, Text] = {
        **_CHECKED,
        "region": _("The number of this card begins with 9 and a province: compare it with yours"),
    }

    def parse(self, text: str) -> IdNumber:
        number, born_on = numbers.checked(text)
        if number[0] != "9" or number[1:3] not in self.provinces or number[3:6] in {"000", "156"}:
            raise NumberError(Reason.REGION)  # 156 is China: nobody's foreign nationality
        return IdNumber(text=number, born_on=born_on, is_male=numbers.is_male(number))


class Passport:
    """A foreign passport with its machine-readable zone."""

    code: str = "passport"
    label: Text = _("Foreign passport")
    number_label: Text = _("Passport number")
    number_hint: Text = _("Letters and digits, as at the top of the page with your photo.")
    name_hint: Text = _("In Latin letters, exactly as in the passport.")
    has_zone: bool = True
    may_be_long_term: bool = False
    of_residents: bool = False
    sides: tuple[str, ...] = ("front", "selfie")
    photo_hint: Text = _("The page with your photo, with both lines at its foot in the picture.")

    errors: Mapping[str, Text] = {
        "required": _("Enter the passport number"),
        "length": _("A passport number has five to nine letters and digits: count what you typed"),
        "characters": _("A passport number has only letters from A to Z and digits"),
    }

    def parse(self, text: str) -> IdNumber:
        number = numbers.compact(text)
        if not number:
            raise NumberError(Reason.EMPTY)
        if not (number.isascii() and number.isalnum()):
            raise NumberError(Reason.CHARACTERS)
        if not 5 <= len(number) <= 9 or not any(char.isdigit() for char in number):
            raise NumberError(Reason.LENGTH)
        return IdNumber(text=number, born_on=None, is_male=None)


KINDS: Mapping[str, Document] = {
    kind.code: kind for kind in (ResidentId(), RegionPermit(), PermanentResidence(), Passport())
}
ZONE_ERRORS: Mapping[mrz.Reason, Text] = {
    mrz.Reason.EMPTY: _("Type the two lines at the foot of the page with your photo"),
    mrz.Reason.SHAPE: _("The two lines have 44 characters each: count what you typed, with every “<”"),
    mrz.Reason.CHARACTERS: _("The two lines have only letters from A to Z, digits and “<”"),
    mrz.Reason.KIND: _("The first line of a passport begins with P: compare it with yours"),
    mrz.Reason.CHECK_DIGIT: _("A character of the second line is mistyped: compare it with your passport"),
    mrz.Reason.DATE: _("A date in the second line does not exist: compare it with your passport"),
}


def parse(kind: str, text: str) -> IdNumber:
    """This function will read the number of a kind of document. Raises numbers.NumberError, KeyError."""
    return KINDS[kind].parse(text)


def zone_of(text: str, *, today: date) -> mrz.Zone | None:
    """This function will read a machine-readable zone, or answer None when it is none."""
    try:
        return mrz.parse(text, today=today)
    except mrz.ZoneError:
        return None
