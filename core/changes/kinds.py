"""What a room must offer so that one of its acts takes two people, and the wiring board that names it.

What is promised to a kind:

- `validate` is called when the change is asked for, when somebody is about to approve it, and right before `apply`.
- `apply` is called at most once for a change that stands, inside the transaction that marks it applied. It must not
  talk to the network. What it raises as `Refused` undoes it and ends the change as failed.
- `digest(lock=True)` is called inside the transaction of a decision: what it reads must stay until the commit.

A kind may have a member `chosen_at` (ChosenAt): the page on which people choose what they want to change, where the
form alone would be empty. A kind whose member `lasting` is true compares what never changes (versions that stay): its
preview is shown of a settled change too, as of the moment it was asked for. A kind may have a member `told(payload)`:
what a settled change asked for, as Lines, from what does not change afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string

from core.changes.errors import UnknownKind
from core.reviews.subject import Person, Text

Payload = Mapping[str, Any]  # what JSON keeps: texts, whole numbers, lists, mappings


@dataclass(frozen=True)
class Line:
    """One line of what would change. `old` is empty where there is nothing to compare with."""

    label: Text
    new: Text
    old: Text = ""


@dataclass(frozen=True)
class Preview:
    """A change as its asker and its deciders see it: old beside new, and what follows from it."""

    lines: Sequence[Line]
    effects: Sequence[Text] = ()


@dataclass(frozen=True)
class Approvals:
    """How many other people must approve, and why more than one, as codes that the kind explains.

    With `bands` the desk's amount bands of that name say how many and who (core.reviews.bands); `count` is then theirs.
    """

    count: int = 1
    why: tuple[str, ...] = ()
    bands: str = ""
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class ChosenAt:
    """The page that leads to the form, and the form's field that it fills."""

    url_name: str
    field: str


class Kind(Protocol):
    """A kind of act that takes two people."""

    label: Text
    hint: Text  # one sentence: what it is for

    def key(self, payload: Payload) -> str:
        """This function will name the thing that changes; one change of a kind may wait for it."""

    def title(self, payload: Payload) -> str:
        """This function will say what changes in one line that reads the same in every language."""

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:
        """This function will say how many approvals this payload takes."""

    def why(self, code: str) -> Text:
        """This function will say in a sentence why a code of `Approvals.why` asks for more than one approval."""

    def validate(self, payload: Payload, *, now: datetime) -> None:
        """This function will look whether the change makes sense as things stand; raises Refused."""

    def present(self, payload: Payload, *, now: datetime) -> Preview:
        """This function will show old beside new, as things stand."""

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        """This function will give a text that changes whenever what a decision rests on changes."""

    def concerns(self, payload: Payload, user: Person) -> bool:
        """This function will say whether the change is about this person, who then neither asks nor decides."""

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        """This function will carry the change out and answer what came of it; raises Refused.

        `key` is the change's own, the same for every try; `actor` is who asked.
        """


class ChangeForm(Protocol):
    """A form that asks for one kind of change: a core.ui.forms.PortalForm with two methods more."""

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None: ...

    def payload(self) -> Payload:
        """This function will give what was typed, once the form is in order."""


@dataclass(frozen=True)
class Offer:
    """A line of the wiring board: the class, its form, who may ask, and who gives the first, second … approval."""

    kind: str
    form: str
    asks: tuple[str, ...]
    decides: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=64)
def _load(path: str) -> Kind:
    kind: Kind = import_string(path)()
    return kind


def board() -> dict[str, Offer]:
    """This function will give the wiring board: the kind's name -> its offer."""
    offers: dict[str, Offer] = import_string(settings.CHANGE_KINDS)
    return offers


def offer_of(name: str) -> Offer:
    """This function will give the board's line for a kind; raises UnknownKind."""
    try:
        return board()[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_of(name: str) -> Kind:
    """This function will give the class of a kind of change; raises UnknownKind."""
    return _load(offer_of(name).kind)


def form_of(name: str) -> type[forms.Form]:
    """This function will give the form that asks for a kind of change; raises UnknownKind."""
    form: type[forms.Form] = import_string(offer_of(name).form)
    return form


def asked_by(roles: frozenset[str]) -> dict[str, Kind]:
    """This function will list the kinds of change that holders of these roles may ask for."""
    return {name: kind_of(name) for name, offer in board().items() if roles & set(offer.asks)}


def decided_by() -> tuple[str, ...]:
    """This function will list every role that decides some kind of change."""
    return tuple(sorted({role for offer in board().values() for step in offer.decides for role in step}))
