"""What the automatic checks look at, and what they find. Pure values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from accounts.identity.reading import Verdict
from accounts.identity.screening import Hit


class Outcome(StrEnum):
    """The outcomes of the review desk."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    WARN = "warn"
    FAIL = "fail"
    COULD_NOT_RUN = "could_not_run"


@dataclass(frozen=True)
class Finding:
    """What one check found; `sentence` is called in the language of its reader."""

    name: str
    outcome: Outcome
    sentence: Callable[[], str]
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Renewed:
    """The verified identity whose document an application renews."""

    kind: str
    name: str
    number: str
    born_on: date | None
    expires_on: date | None
    never_expires: bool
    photo_digests: frozenset[str]


@dataclass(frozen=True)
class Application:
    """Everything the checks look at. A photo that cannot be opened is None."""

    number: str
    born_on: date | None
    expires_on: date | None
    never_expires: bool
    same_number_approved: int  # other customers verified with this number
    same_number_sent: int  # other customers who have sent this number, whatever came of it
    photos: Mapping[str, bytes | None]
    photo_digests: Mapping[str, str]
    kind: str = "resident_id"
    name: str = ""
    zone: str = ""
    occupation: str = ""
    income: str = ""
    reading: Sequence[Verdict] | None = None  # None: the photos could not be read, and `reading_failed` says why
    reading_failed: str = ""
    look_alikes: Sequence[Mapping[str, Any]] = ()
    hits: Sequence[Hit] | None = None  # None: no watch list is loaded
    watch_list: str = ""  # the edition's digest
    renews: Renewed | None = None  # None: a first verification
