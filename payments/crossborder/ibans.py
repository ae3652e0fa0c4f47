"""Account numbers and bank codes abroad, judged by the maintained registries of schwifty. Pure.

What is wrong is said so that a person finds it: which group of four, how long the country's numbers are.
"""

import re
import warnings
from dataclasses import dataclass
from enum import StrEnum

from schwifty import BIC, IBAN, exceptions, registry

GROUP = 4  # characters, as IBANs are printed
_WRITTEN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+")

# Territories whose banks carry the IBAN of another country (SWIFT registry: "other territories").
WITHIN: dict[str, str] = {
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"), "FR"),
    **dict.fromkeys(("GG", "IM", "JE"), "GB"),
    "AX": "FI",
}


class Fault(StrEnum):
    """What is wrong with a number."""

    EMPTY = "empty"
    COUNTRY = "country"  # it belongs to another country than was chosen
    LENGTH = "length"
    CHARACTERS = "characters"  # something that no such number has
    KIND = "kind"  # a letter where the country has digits, or the reverse
    CHECK = "check"  # the check digits do not fit
    SWAPPED = "swapped"  # they would, if two neighbours were exchanged
    NATIONAL = "national"  # the country's own check digits do not fit
    DOMESTIC = "domestic"  # it is a bank in this country


class NumberRefused(ValueError):
    """The number is none. `group` is the group of four that is off, from 1; `length` that of the country."""

    def __init__(self, fault: Fault, *, group: int = 0, text: str = "", length: int = 0, has: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.group, self.text, self.length, self.has = fault, group, text, length, has


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank by its code."""

    bic: str
    country: str
    name: str  # as the registry has it; "" where it does not know it


def uses_iban(country: str) -> bool:
    """This function will say whether accounts in a country have an IBAN by the official registry.

    Some countries use one that the registry has not taken in yet: there it may be given, and is judged then.
    """
    spec = _spec(country)
    return spec is not None and not spec.aspirational


def length_of(country: str) -> int:
    """This function will say how long a country's IBANs are; 0 where it has none."""
    spec = _spec(country)
    return spec.iban_length if spec else 0


def compact(text: str) -> str:
    """This function will write a number in capitals without the spaces and dashes people type."""
    return re.sub(r"[\s\-–—.]", "", text).upper()


def grouped(iban: str) -> str:
    """This function will write an IBAN in groups of four."""
    return " ".join(iban[start : start + GROUP] for start in range(0, len(iban), GROUP))


def shown(number: str, *, is_iban: bool) -> str:
    """This function will write an account number as people compare it."""
    return grouped(number) if is_iban else number


def iban(text: str, *, country: str) -> str:
    """This function will give the IBAN that was typed, for an account in a country. Raises NumberRefused."""
    number = compact(text)
    if not number:
        raise NumberRefused(Fault.EMPTY)
    odd = next((place for place, char in enumerate(number) if not (char.isascii() and char.isalnum())), None)
    if odd is not None:
        raise NumberRefused(Fault.CHARACTERS, group=_group(odd), text=_of_group(number, odd))
    where = WITHIN.get(country, country)
    if number[:2] != where:
        raise NumberRefused(Fault.COUNTRY, group=1, text=number[:2])
    spec = _spec(where)
    if spec is None:
        raise NumberRefused(Fault.COUNTRY, group=1, text=number[:2])
    if len(number) != spec.iban_length:
        raise NumberRefused(Fault.LENGTH, length=spec.iban_length, has=len(number))
    if not _WRITTEN.fullmatch(number):
        raise NumberRefused(Fault.CHARACTERS, group=1, text=_of_group(number, 2))
    if (place := _wrong_kind(number[GROUP:], spec.bban_spec)) is not None:
        raise NumberRefused(Fault.KIND, group=_group(place + GROUP), text=_of_group(number, place + GROUP))
    try:
        _judge(number)
    except exceptions.InvalidChecksumDigits:
        places = _swapped(number)
        if len(places) == 1:
            (place,) = places
            raise NumberRefused(Fault.SWAPPED, group=_group(place), text=_of_group(number, place)) from None
        raise NumberRefused(Fault.CHECK, group=1, text=number[2:4]) from None
    except exceptions.InvalidBBANChecksum:
        raise NumberRefused(Fault.NATIONAL) from None
    except exceptions.SchwiftyException:
        raise NumberRefused(Fault.KIND, group=2, text=_of_group(number, GROUP)) from None
    return number


def bank(text: str, *, country: str = "", home: str = "CN") -> Bank:
    """This function will give the bank of a BIC (ISO 9362), in a country where one is named. Raises NumberRefused."""
    code = compact(text)
    if not code:
        raise NumberRefused(Fault.EMPTY)
    try:
        found = BIC(code)
    except exceptions.InvalidLength:
        raise NumberRefused(Fault.LENGTH, has=len(code)) from None
    except exceptions.InvalidCountryCode:
        raise NumberRefused(Fault.COUNTRY, text=code[4:6]) from None
    except exceptions.SchwiftyException:
        raise NumberRefused(Fault.CHARACTERS) from None
    where = str(found.country_code)
    if where == home:
        raise NumberRefused(Fault.DOMESTIC, text=where)
    if country and WITHIN.get(where, where) != WITHIN.get(country, country):
        raise NumberRefused(Fault.COUNTRY, text=where)
    names = found.bank_names
    return Bank(str(found), where, names[0][:140] if names else "")


def bank_of(number: str) -> Bank | None:
    """This function will find the bank that an IBAN itself names; None where the registry does not know it."""
    found = IBAN(number).bic
    if found is None:
        return None
    names = found.bank_names
    return Bank(str(found), str(found.country_code), names[0][:140] if names else "")


def _judge(number: str) -> None:
    with warnings.catch_warnings():
        # Where nobody knows a country's own check digits they are taken as they are; the IBAN's are judged always.
        warnings.simplefilter("ignore", exceptions.NationalChecksumNotVerified)
        IBAN(number, validate_bban=True)


def _spec(country: str) -> registry.IBANSpec | None:
    try:
        return registry.get_iban_spec(WITHIN.get(country, country))
    except exceptions.SchwiftyException:
        return None


def _wrong_kind(bban: str, pattern: str) -> int | None:
    """Find the first character that a country's pattern (8!n10!n) does not have at its place."""
    place = 0
    for count, kind in re.findall(r"(\d{1,3})!?([nac])", pattern):
        for char in bban[place : place + int(count)]:
            if (kind == "n" and not char.isdigit()) or (kind == "a" and not char.isalpha()):
                return place
            place += 1
    return None


def _swapped(number: str) -> list[int]:
    """Find where exchanging two neighbours would make the check digits fit."""
    places = []
    for place in range(2, len(number) - 1):
        first, second = number[place], number[place + 1]
        if first == second:
            continue
        other = f"{number[:place]}{second}{first}{number[place + 2 :]}"
        if _WRITTEN.fullmatch(other) and IBAN(other, allow_invalid=True).is_valid:
            places.append(place)
    return places


def _group(place: int) -> int:
    return place // GROUP + 1


def _of_group(number: str, place: int) -> str:
    start = place // GROUP * GROUP
    return number[start : start + GROUP]
