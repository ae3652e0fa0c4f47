"""Whether somebody's sign-in has ended for good, while their access was locked or before.

`settings.SIGN_IN_ENDED` names, as dotted paths, functions that take `user` and answer True when their room has ended
this person's sign-in. Opening a lock never undoes that.
"""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User


@cache
def _rooms() -> tuple[Callable[..., bool], ...]:
    return tuple(import_string(path) for path in import_string(settings.SIGN_IN_ENDED))


def has_ended(user: User) -> bool:
    """This function will ask every room whether it has ended this person's sign-in."""
    return any(room(user=user) for room in _rooms())
