"""Whose account it is: a member of staff is known by their employee number, which belongs to one person alone."""

import unicodedata

from accounts.identity import kin
from accounts.models import User


def normal(number: str) -> str:
    """This function will write an employee number in the one way in which it is kept."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def is_known(user: User) -> bool:
    """This function will say whether the bank can tell whose account it is (`settings.PERSON_KNOWN`)."""
    return bool(user.is_staff and user.employee_number)


def is_same(one: User, other: User) -> bool:
    """This function will say whether two accounts are one person's: by employee number, or by a document."""
    return other.pk in kin.same_person(one)
