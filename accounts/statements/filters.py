"""What a reader asks of a statement: words, amounts, days, direction. Reads what people really type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.ui import amounts, dates, typed
from ledger.money import exponent

NAMES = ("q", "least", "most", "from", "to", "direction")
DIRECTIONS = ("in", "out")
LONGEST = 100  # characters of a search


@dataclass(frozen=True)
class Filter:
    """Which movements to show. Amounts are minor units without sign; both ends are included."""

    words: str = ""
    least: int | None = None
    most: int | None = None
    first: date | None = None
    last: date | None = None
    direction: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Filter()


@dataclass(frozen=True)
class Reading:
    """What was typed, what it means, and one sentence for each field that cannot be read."""

    filter: Filter
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The filter as it stands in an address, to be carried from page to page."""
        return urlencode({name: value for name, value in self.typed.items() if value})


def read(query: Mapping[str, str], *, currency: str) -> Reading:
    """This function will read a filter from an address; what cannot be read is left out and named."""
    given = {name: typed.visible(query.get(name, ""))[: LONGEST + 1].strip() for name in NAMES}
    errors: dict[str, str] = {}
    if len(given["q"]) > LONGEST or not typed.readable(given["q"]):
        errors["q"] = _("Search for up to 100 letters, without special characters.")
        given["q"] = ""
    least = _amount(given["least"], currency, "least", errors)
    most = _amount(given["most"], currency, "most", errors)
    if least is not None and most is not None and least > most:
        errors["most"] = _("The highest amount is below the lowest. Nothing would be found.")
    first = _day(given["from"], "from", errors)
    last = _day(given["to"], "to", errors)
    if first and last and first > last:
        errors["to"] = _("The last day is before the first. Nothing would be found.")
    direction = given["direction"] if given["direction"] in DIRECTIONS else ""
    given["direction"] = direction
    return Reading(
        Filter(words=given["q"], least=least, most=most, first=first, last=last, direction=direction), given, errors
    )


def _amount(text: str, currency: str, name: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    try:
        found = amounts.parse(text, currency=currency, exponent=exponent(currency), allow_zero=True)
    except amounts.AmountError:
        errors[name] = _("Write an amount such as 1,234.50, without a sign.")
        return None
    if found >= 2**63:
        errors[name] = _("No movement is as large as that.")
        return None
    return found


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return dates.parse(text)
    except dates.DateError:
        errors[name] = _("Write a date such as 2026-03-05.")
        return None
