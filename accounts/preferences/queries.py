"""Reading what a person chose. Plain values; one query each."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accounts.preferences.events import chosen_channels
from core import prepared
from core.ui.look import PLAIN, Look, valid

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = "mode, colour, size, simple, covered, quick"  # what `look_of` reads, in its order
_ALL = """
    SELECT mode, colour, size, simple, covered, quick, channels::text
      FROM preferences_preferences WHERE user_id = %s
"""
_CHANNELS = "SELECT channels::text FROM preferences_preferences WHERE user_id = %s"


@dataclass(frozen=True)
class Chosen:
    """Everything a person chose; the plain values where they chose nothing."""

    look: Look = PLAIN
    quick: tuple[str, ...] | None = None
    channels: dict[str, list[str]] = field(default_factory=dict)


def of(user: "User") -> Chosen:
    """This function will answer what a person chose."""
    found = prepared.rows(_ALL, [user.pk])
    if not found:
        return Chosen()
    row = found[0]
    return Chosen(look=look_of(row), quick=quick_of(row), channels=json.loads(row[6]))


def look_of(row: tuple[Any, ...]) -> Look:
    """This function will make a look of a row that begins with COLUMNS, NULLs where nobody has chosen."""
    mode, colour, size, simple, covered = row[:5]
    if mode is None:
        return PLAIN
    return valid(Look(mode=mode, colour=colour, size=size, simple=simple, covered=covered))


def quick_of(row: tuple[Any, ...]) -> tuple[str, ...] | None:
    """This function will give the quick functions of a row that begins with COLUMNS; None where none were chosen."""
    return None if row[5] is None else tuple(row[5])


def channels(*, user: "User", event: str) -> frozenset[str]:
    """This function will say by which ways a person wants to be told of an event: always the inbox, perhaps more."""
    found = prepared.rows(_CHANNELS, [user.pk])
    return chosen_channels(event, json.loads(found[0][0]) if found else {})
