"""Reading figures. Plain SQL in one round trip, so that the door can be imported before Django's models are."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import connection

Value = int | Decimal | str | bool
KEEP = 5  # seconds a process may still use the rows it has read

_Dated = list[tuple[date, Value]]  # newest first
_kept: tuple[float, dict[str, _Dated]] | None = None


class UnknownPolicy(LookupError):
    """No figure of this key counts on that day."""


class WrongFigure(ValueError):
    """The text is not of the type the row names."""


def value(key: str, *, on: date) -> Value:
    """This function will give the figure that counts on a day, in its own type. Raises UnknownPolicy."""
    for since, figure in _rows().get(key, ()):
        if since <= on:
            return figure
    raise UnknownPolicy(f"no figure {key!r} counts on {on}")


def keys(beginning: str) -> list[str]:
    """This function will list the keys that begin with some text, whether or not a figure of theirs counts by now."""
    return sorted(key for key in _rows() if key.startswith(beginning))


def forget() -> None:
    """This function will make this process read the table anew at the next question."""
    global _kept  # noqa: PLW0603 - one memory for one process, replaced whole
    _kept = None


def typed(kind: str, text: str) -> Value:
    """This function will turn a row's text into its type: int, decimal, bool, text. Raises WrongFigure."""
    try:
        return _TYPES[kind](text)
    except (KeyError, ValueError, ArithmeticError):
        raise WrongFigure(f"{text!r} is not {kind}") from None


def _rows() -> dict[str, _Dated]:
    global _kept  # noqa: PLW0603
    kept, clock = _kept, time.monotonic()
    if kept is not None and clock - kept[0] < KEEP:
        return kept[1]
    rows: dict[str, _Dated] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, effective_from, type, value FROM policy_figure ORDER BY key, effective_from DESC")
        for key, since, kind, text in cursor.fetchall():
            rows.setdefault(key, []).append((since, typed(kind, text)))
    _kept = (clock, rows)
    return rows


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _bool(text: str) -> bool:
    return {"true": True, "false": False}[text]


_TYPES: dict[str, Callable[[str], Value]] = {"int": int, "decimal": _decimal, "bool": _bool, "text": str}
