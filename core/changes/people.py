"""Whose accounts they are, as far as higher floors can tell: two accounts of one person are one person."""

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from core.reviews import doors
from core.reviews.subject import Person


def is_known(user: Person) -> bool:
    """This function will say whether the bank can tell whose account it is (`settings.PERSON_KNOWN`)."""
    tell: Callable[[Person], bool] = import_string(settings.PERSON_KNOWN)
    return tell(user)


def is_same(one: Person, other: Person) -> bool:
    """This function will say whether two accounts are one person's."""
    return other.pk in doors.same_person(one)
