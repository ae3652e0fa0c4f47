"""Who is looking at a page, as far as its frame must know: asked once for each request, in one query at most.

`settings.READER` names a function (user) -> Reader for somebody who is signed in; a visitor's look is in a cookie.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core.ui import look as looks
from core.ui.look import PLAIN, Look


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader's look, their unread messages (up to a hundred), and their quick functions where they chose any."""

    look: Look = PLAIN
    unread: int = 0
    quick: tuple[str, ...] | None = None
    signed_in: bool = False


def of(request: HttpRequest | None) -> Reader:
    """Say who is looking; a visitor costs no query."""
    if request is None:
        return Reader()
    known: Reader | None = getattr(request, "reader", None)
    if known is not None:
        return known
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        found: Reader = import_string(settings.READER)(user)
    else:
        found = Reader(look=looks.from_cookies(request.COOKIES))
    request.reader = found  # type: ignore[attr-defined]
    return found


def known(request: HttpRequest) -> Reader | None:
    """Give the reader if this request has asked for them already."""
    return getattr(request, "reader", None)
