"""How a person is reached: an e-mail address or a mobile number, in the one spelling the bank keeps.

    read("１３８ ０００１-２３４５")     -> Contact(PHONE, "+8613800012345")
    read("+44 7700 900123")          -> Contact(PHONE, "+447700900123")
    read(" Lin@Example.com ")        -> Contact(EMAIL, "lin@example.com")

A number without a country is one of mainland China: eleven digits from 13 to 19. Others begin with + (or 00) and their
country. Full-width digits, spaces, dashes, brackets and dots are how people write, and are taken.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import masks, vault

PURPOSE = "phone"  # what numbers are sealed and indexed for
LONGEST = 254
_BETWEEN = re.compile(r"[\s()\[\].·‐‑‒–—―−-]+")
_MAINLAND = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_ABROAD = re.compile(r"\+(?!86|0)[0-9]{7,15}")


class Kind(StrEnum):
    """By which way somebody is reached."""

    EMAIL = "email"
    PHONE = "phone"


class NotAContact(ValueError):
    """The text is neither an e-mail address nor a mobile number; `like` says which of them it resembles."""

    def __init__(self, like: Kind) -> None:
        super().__init__(like.value)
        self.like = like


@dataclass(frozen=True)
class Contact:
    """One way to reach a person. Equal contacts are spelled equally."""

    kind: Kind
    value: str

    @property
    def is_phone(self) -> bool:
        return self.kind is Kind.PHONE

    @property
    def is_abroad(self) -> bool:
        return self.is_phone and not self.value.startswith("+86")

    @property
    def index(self) -> str:
        """What stands for it where it must be found again and not be read."""
        return vault.blind_index(self.value, f"contact.{self.kind.value}")

    @property
    def shown(self) -> str:
        """As its owner reads it."""
        if not self.is_phone:
            return self.value
        if self.is_abroad:
            return self.value
        number = self.value.removeprefix("+86")
        return f"{number[:3]} {number[3:7]} {number[7:]}"

    @property
    def masked(self) -> str:
        """As others may read it: 138****2345, l***n@example.com."""
        return masks.phone(self.value) if self.is_phone else masks.email_long(self.value)

    def seal(self) -> bytes:
        """This function will seal the contact for keeping."""
        return vault.encrypt(self.value.encode(), PURPOSE)


def opened(sealed: bytes, kind: Kind = Kind.PHONE) -> Contact:
    """This function will open what `Contact.seal` has sealed. Raises vault.Unreadable."""
    return Contact(kind, vault.decrypt(sealed, PURPOSE).decode())


def read(text: str) -> Contact:
    """This function will read what somebody typed as an e-mail address or a mobile number. Raises NotAContact."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if "@" in plain:
        return email(plain)
    if any(character.isdigit() for character in plain) and not any(c.isalpha() for c in plain):
        return phone(plain)
    raise NotAContact(Kind.EMAIL)


def email(text: str) -> Contact:
    """This function will read an e-mail address. Raises NotAContact."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        validate_email(plain)
    except ValidationError as error:
        raise NotAContact(Kind.EMAIL) from error
    if len(plain) > LONGEST:
        raise NotAContact(Kind.EMAIL)
    return Contact(Kind.EMAIL, plain)


def phone(text: str) -> Contact:
    """This function will read a mobile number. Raises NotAContact."""
    if len(text) > 64:
        raise NotAContact(Kind.PHONE)
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif plain.startswith("86") and len(plain) == 13:
        plain = f"+{plain}"
    if mainland := _MAINLAND.fullmatch(plain):
        return Contact(Kind.PHONE, f"+86{mainland[1]}")
    if _ABROAD.fullmatch(plain):
        return Contact(Kind.PHONE, plain)
    raise NotAContact(Kind.PHONE)
