"""What the desk must ask of higher floors, by dotted path on the wiring board (`settings.REVIEW_DOORS`).

Each name leads to a function; a board without a name gets the plain answer given here. None of them writes anything.

- `absent(people, *, now) -> frozenset[int]`: which of these people (primary keys) are away at that moment. They are
  given no cases and offered to nobody as a colleague to hand over to. Plain answer: everybody is here.
- `same_person(person) -> frozenset[int]`: every sign-in of the human being behind this one, itself included; by
  employee number, by document. Who has two sign-ins is still one pair of eyes. Plain answer: this sign-in only.
- `parties_of(people) -> frozenset[str]`: keys of who these people are and where they live, as subjects write them in
  `Subject.parties`. Plain answer: none.
- `party_named(text) -> Party | None`: the person meant by what a colleague types when declaring a relation. Plain
  answer: nobody.
- `seal(data, purpose) -> bytes`, `unseal(sealed, purpose) -> bytes`: keep unreadable at rest what customers answered.
  There is no plain answer: without them nobody is asked anything.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.reviews.subject import Person


@dataclass(frozen=True)
class Party:
    """Somebody the bank serves: the keys by which subjects name them, and how a list shows them, covered."""

    keys: tuple[str, ...]
    shown: str


def _door(name: str) -> Callable[..., Any] | None:
    board: dict[str, str] = import_string(settings.REVIEW_DOORS)
    path = board.get(name)
    return None if path is None else import_string(path)


def absent(people: Collection[int], *, now: datetime) -> frozenset[int]:
    """This function will say which of these people are away at this moment."""
    door = _door("absent")
    return frozenset() if door is None or not people else frozenset(door(people, now=now))


def same_person(person: Person) -> frozenset[int]:
    """This function will list every sign-in of the human being behind this one, itself included."""
    door = _door("same_person")
    return frozenset({person.pk}) | (frozenset() if door is None else frozenset(door(person)))


def parties_of(people: Collection[int]) -> frozenset[str]:
    """This function will give the keys of who these people are and where they live."""
    door = _door("parties_of")
    return frozenset() if door is None else frozenset(door(people))


def party_named(text: str) -> Party | None:
    """This function will find the person meant by what somebody typed; None when nobody is known by it."""
    door = _door("party_named")
    return None if door is None else door(text)


def seal(data: bytes, purpose: str) -> bytes:
    """This function will make bytes unreadable for anything but this purpose. Raises LookupError without a door."""
    return bytes(_needed("seal")(data, purpose))


def unseal(sealed: bytes, purpose: str) -> bytes:
    """This function will open what `seal` has closed for the same purpose. Raises LookupError without a door."""
    return bytes(_needed("unseal")(bytes(sealed), purpose))


def _needed(name: str) -> Callable[..., Any]:
    door = _door(name)
    if door is None:
        raise LookupError(f"settings.REVIEW_DOORS does not say who can {name}")
    return door
