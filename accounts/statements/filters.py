"""What a reader asks of a statement: words, amounts, days, direction, category. Reads what people really type."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.statements import words
from accounts.statements.categories import CATEGORIES
from accounts.statements.periods import PERIODS, bounds
from core.ui import amounts, dates, formats, typed
from ledger.money import exponent

NAMES = ("q", "least", "most", "period", "from", "to", "direction", "category")
DIRECTIONS = ("in", "out")
LONGEST = 100  # characters of a search


@dataclass(frozen=True)
class Filter:
    """Which movements to show. Amounts are minor units without sign; both ends are included.

    Every word of `words` stands in the details or the kind of a movement, or is its amount.
    """

    words: str = ""
    least: int | None = None
    most: int | None = None
    first: date | None = None
    last: date | None = None
    direction: str = ""
    category: str = ""
    sums: Mapping[str, int] = field(default_factory=dict, hash=False)  # word -> the amount it can be read as

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


def read(query: Mapping[str, str], *, currency: str, today: date) -> Reading:
    """This function will read a filter from an address; what cannot be read is left out and named.

    A period such as "last month" is counted from `today`.
    """
    given = {name: typed.visible(query.get(name, ""))[: LONGEST + 1].strip() for name in NAMES}
    errors: dict[str, str] = {}
    if len(given["q"]) > LONGEST or not typed.readable(given["q"]):
        errors["q"] = _("Search for up to 100 letters, without special characters.")
        given["q"] = ""
    elif len(words.pieces(given["q"])) > words.MOST:
        errors["q"] = _("Search for up to 10 words.")
        given["q"] = ""
    least = _amount(given["least"], currency, "least", errors)
    most = _amount(given["most"], currency, "most", errors)
    if least is not None and most is not None and least > most:
        errors["most"] = _("The highest amount is below the lowest. Nothing would be found.")
    first = _day(given["from"], "from", errors)
    last = _day(given["to"], "to", errors)
    if first and last and first > last:
        errors["to"] = _("The last day is before the first. Nothing would be found.")
    for name, known in (("direction", DIRECTIONS), ("category", CATEGORIES), ("period", PERIODS)):
        given[name] = given[name] if given[name] in known else ""
    if given["period"] and (given["from"] or given["to"]):
        errors["period"] = _("Choose a period, or write the days yourself.")
    elif given["period"]:
        first, last = bounds(given["period"], today)
    wanted = Filter(
        words=given["q"], least=least, most=most, first=first, last=last, direction=given["direction"],
        category=given["category"], sums=_sums(given["q"], currency),
    )  # fmt: skip
    return Reading(wanted, given, errors)


def described(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """This function will say in words what a search asks for, as pairs of a label and what was typed."""
    labels = {
        "q": _("Words"),
        "least": _("Lowest amount"),
        "most": _("Highest amount"),
        "period": _("Period"),
        "from": pgettext("date", "From"),
        "to": pgettext("date", "To"),
        "direction": _("Direction"),
        "category": _("Category"),
    }
    shown: dict[str, Mapping[str, Any]] = {
        "period": PERIODS,
        "category": CATEGORIES,
        "direction": {"in": _("Money in"), "out": _("Money out")},
    }

    def said(name: str) -> str:
        if name in ("from", "to"):
            with suppress(dates.DateError):
                return formats.day(dates.parse(query[name]), get_language())
        return str(shown.get(name, {}).get(query[name], query[name]))

    return [(labels[name], said(name)) for name in NAMES if query.get(name)]


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


def _sums(text: str, currency: str) -> dict[str, int]:
    """The words of a search that are amounts as well, in minor units."""
    found = {}
    for piece in words.pieces(text):
        with suppress(amounts.AmountError):
            found[piece] = amounts.parse(piece, currency=currency, exponent=exponent(currency))
    return {piece: amount for piece, amount in found.items() if amount < 2**63}


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return dates.parse(text)
    except dates.DateError:
        errors[name] = _("Write a date such as 2026-03-05.")
        return None
