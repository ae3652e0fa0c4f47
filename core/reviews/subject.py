"""What a room must offer so that its matters can be decided on the desk.

A class that answers `Subject` is named in `settings.REVIEW_SUBJECTS` (a dotted path to a mapping from the subject's
name to the dotted path of its class). The desk calls it; it never calls the desk from inside these methods.

What is promised:

- `digest(lock=True)` and `objection` are called inside the transaction of the decision. What `digest` read there must
  stay as it is until the commit: lock it.
- The decision leaves as fact `reviews.decided` with the payload {case, subject, subject_id, verdict, reasons}; the room
  settles its matter in a handler, once, and tells the customer there, in the words of `services.told`.
- `present(full=False)` masks what only the holder of a case may read; `paper` is asked for its holder only.

What a subject may offer beside the protocol, by having a member of this name; without it the plain answer holds:

- `leads: Sequence[str]`: roles that lead this kind of case: they are told when one is overdue, hand over for absent
  colleagues and read the statistics. Plain answer: every role in `roles`.
- `skills(subject_id) -> Sequence[str]`: skills that such a case takes, frozen when it is opened. Plain answer: none.
- `questions() -> Sequence[Question]`: what the person concerned may be asked. Plain answer: nothing.
- `parties(subject_id) -> Collection[str]`: keys of the people the matter is about and of where they live, in the
  spelling of the wiring board's `parties_of` (doors.py). Plain answer: none.
- `by_colleague: bool`: colleagues ask for such matters, and it is them who read why one is declined. Plain answer:
  customers do.
- `reopen(subject_id, *, now) -> bool`: called in the transaction in which a closed decision is to be corrected: put
  the matter back to where it waits for a decision, or answer False. Plain answer: no decision can be corrected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

Text = str | Promise
Person = Any  # whoever settings.AUTH_USER_MODEL names: this floor knows no people


@dataclass(frozen=True)
class Section:
    """Lines of what was applied for: (label, value)."""

    title: Text
    rows: Sequence[tuple[Text, Text]]


@dataclass(frozen=True)
class Paper:
    """A document beside the application; `name` asks for it."""

    name: str
    title: Text
    alt: Text  # for somebody who cannot see it


@dataclass(frozen=True)
class Presentation:
    """A matter as the desk shows it."""

    sections: Sequence[Section]
    papers: Sequence[Paper]


@dataclass(frozen=True)
class Reason:
    """Why a matter is declined. The person concerned reads `tells` and `advice`.

    A room declares code and first words; what is read is the newest version of them (services.wording), which names its
    `version`. A declared one has none.
    """

    code: str
    label: Text
    tells: Text
    advice: Text
    verdicts: tuple[str, ...] = ("decline",)
    version: int = 0


@dataclass(frozen=True)
class Question:
    """Something the person concerned may be asked. The desk reads `label`; they read `asks`."""

    code: str
    label: Text
    asks: Text
    advice: Text = ""


class UnknownPaper(LookupError):
    """The matter has no such document, or it cannot be read."""


class UnknownSubject(LookupError):
    """The wiring board names no subject of this kind."""


class Subject(Protocol):
    """A kind of matter that people decide."""

    label: Text
    roles: Sequence[str]  # who may see such cases on the desk

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        """This function will give what was applied for, masked unless `full`."""

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        """This function will give a document as (content type, bytes); raises UnknownPaper."""

    def reasons(self) -> Sequence[Reason]:
        """This function will list the reasons for which such a matter may be declined, in the words of the release."""

    def check_label(self, name: str) -> Text:
        """This function will name an automatic check for the desk."""

    def why(self, code: str) -> Text:
        """This function will say in a sentence why a code of `Rule.why` asks for more than one approval."""

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        """This function will give a text that changes whenever what the desk shows of the matter changes."""

    def concerns(self, subject_id: str, user: Person) -> bool:
        """This function will say whether the matter is this person's own."""

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        """This function will say what stands against an approval at this moment; an empty text when nothing does."""


@lru_cache(maxsize=32)
def _load(path: str) -> Subject:
    subject: Subject = import_string(path)()
    return subject


def kinds() -> dict[str, str]:
    """This function will give the wiring board: the subject's name -> dotted path of its class."""
    board: dict[str, str] = import_string(settings.REVIEW_SUBJECTS)
    return board


def subject_of(kind: str) -> Subject:
    """This function will give the room that presents a kind of case; raises UnknownSubject."""
    try:
        return _load(kinds()[kind])
    except KeyError:
        raise UnknownSubject(kind) from None


def leads_of(subject: Subject) -> Sequence[str]:
    """This function will list the roles that lead such cases."""
    leads: Sequence[str] = getattr(subject, "leads", ())
    return leads or subject.roles


def is_by_colleague(subject: Subject) -> bool:
    """This function will say whether colleagues ask for such matters, and read why one is declined."""
    return bool(getattr(subject, "by_colleague", False))


def skills_for(subject: Subject, subject_id: str) -> list[str]:
    """This function will list the skills a matter takes."""
    ask = getattr(subject, "skills", None)
    return sorted(ask(subject_id)) if ask else []


def questions_of(subject: Subject) -> Sequence[Question]:
    """This function will list what the person concerned may be asked."""
    ask = getattr(subject, "questions", None)
    return ask() if ask else ()


def parties_to(subject: Subject, subject_id: str) -> frozenset[str]:
    """This function will give the keys of the people a matter is about and of where they live."""
    ask = getattr(subject, "parties", None)
    return frozenset(ask(subject_id)) if ask else frozenset()


def reopen(subject: Subject, subject_id: str, *, now: datetime) -> bool:
    """This function will let a subject take a decided matter back, and say whether it did."""
    ask = getattr(subject, "reopen", None)
    return bool(ask and ask(subject_id, now=now))
