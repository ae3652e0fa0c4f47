"""What kinds of movements are looked for together. `settings.MOVEMENT_CATEGORIES` says which codes belong where.

The wiring board maps the beginning of a kind's code to one of the categories here; the longest beginning counts. A kind
that no line speaks of is "other", so a new room can book before it has found its place.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.statements import kinds

OTHER: Final = "other"
CATEGORIES: Final = {
    "transfers": _("Transfers"),
    "cash": _("Cash"),
    "cards": _("Cards"),
    "bills": _("Household, insurance, leasing"),
    "income": _("Salary and pension"),
    "loans": _("Loans"),
    "exchange": _("Currency exchange"),
    "interest": pgettext_lazy("category", "Interest"),
    "fees": pgettext_lazy("category", "Fees"),
    OTHER: pgettext_lazy("category", "Other"),
}


@cache
def _board() -> Mapping[str, str]:
    found: Mapping[str, str] = import_string(settings.MOVEMENT_CATEGORIES)
    return found


def of(code: str) -> str:
    """This function will name the category of a kind of movement."""
    fits = [beginning for beginning in _board() if code.startswith(beginning)]
    return _board()[max(fits, key=len)] if fits else OTHER


@cache
def codes(category: str) -> tuple[str, ...]:
    """This function will list the known kinds of a category; of "other" those that are in any other one."""
    known = kinds.codes()
    if category == OTHER:
        return tuple(code for code in known if of(code) != OTHER)
    return tuple(code for code in known if of(code) == category)
