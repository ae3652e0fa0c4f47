"""The automatic checks of an application. Pure: they are given everything and ask nobody.

A finding that fails stands against an approval; one to look closely at, or one that could not run, asks for a second
pair of eyes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.identity import numbers, photos
from accounts.identity.figures import Figures

Text = str | Promise


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


LABELS: Mapping[str, Text] = {
    "number": gettext_lazy("Identity number"),
    "birth_date": gettext_lazy("Date of birth"),
    "age": gettext_lazy("Age"),
    "expiry": gettext_lazy("Document still runs"),
    "duplicate": gettext_lazy("Only one customer"),
    "photo_front": gettext_lazy("Photo: portrait side"),
    "photo_back": gettext_lazy("Photo: emblem side"),
    "photo_selfie": gettext_lazy("Photo: face"),
    "photos_differ": gettext_lazy("Three different photos"),
}

FAULTS: Mapping[photos.Fault, Text] = {
    photos.Fault.BLANK: gettext_lazy("The photo shows hardly anything."),
    photos.Fault.DARK: gettext_lazy("The photo is very dark."),
    photos.Fault.BRIGHT: gettext_lazy("The photo is washed out by light."),
    photos.Fault.BLURRED: gettext_lazy("The photo looks blurred."),
}


def run(application: Application, *, figures: Figures, today: date) -> list[Finding]:
    """This function will run every check and list what they found, in the order a reviewer reads them."""
    return [
        _number(application),
        _birth_date(application),
        _age(application, figures, today),
        _expiry(application, figures, today),
        _duplicate(application),
        *(_photo(side, jpeg) for side, jpeg in application.photos.items()),
        _photos_differ(application),
    ]


def reasons_for_two(findings: Sequence[Finding]) -> tuple[str, ...]:
    """This function will name the checks because of which two different people must approve."""
    return tuple(f.name for f in findings if f.outcome in {Outcome.WARN, Outcome.COULD_NOT_RUN})


def _number(application: Application) -> Finding:
    try:
        number = numbers.parse(application.number)
    except numbers.NumberError as error:
        return Finding(
            "number", Outcome.FAIL, lambda: _("The number is not a valid resident identity number."),
            {"reason": error.reason.value},
        )  # fmt: skip
    if not number.region_known_then:
        return Finding(
            "number", Outcome.WARN,
            lambda: _("The check character is right, but the region code had gone out of use before the birth."),
            {"region": number.text[:6]},
        )  # fmt: skip
    return Finding("number", Outcome.PASS, lambda: _("Check character, birth date and region code are right."))


def _birth_date(application: Application) -> Finding:
    try:
        inside = numbers.parse(application.number).born_on
    except numbers.NumberError:
        return Finding("birth_date", Outcome.COULD_NOT_RUN, lambda: _("The number gives no date to compare with."))
    if inside == application.born_on:
        return Finding("birth_date", Outcome.PASS, lambda: _("The date typed is the one in the number."))
    return Finding("birth_date", Outcome.FAIL, lambda: _("The date typed is not the one in the number."))


def _age(application: Application, figures: Figures, today: date) -> Finding:
    if application.born_on is None:
        return Finding("age", Outcome.COULD_NOT_RUN, lambda: _("There is no date of birth."))
    age = numbers.age_on(application.born_on, today)
    evidence = {"age": age, "least": figures.least_age, "on": today.isoformat()}
    if age < figures.least_age:
        return Finding(
            "age", Outcome.FAIL,
            lambda: _("%(age)s years old; the bank asks for at least %(least)s.")
            % {"age": age, "least": figures.least_age},
            evidence,
        )  # fmt: skip
    if age < figures.two_reviewers_under_age or age > figures.two_reviewers_over_age:
        return Finding(
            "age", Outcome.WARN,
            lambda: _("%(age)s years old: two people look at applications at this age.") % {"age": age},
            evidence,
        )  # fmt: skip
    return Finding("age", Outcome.PASS, lambda: _("%(age)s years old.") % {"age": age}, evidence)


def _expiry(application: Application, figures: Figures, today: date) -> Finding:
    if application.never_expires:
        return Finding("expiry", Outcome.PASS, lambda: _("A long-term document."))
    if application.expires_on is None:
        return Finding("expiry", Outcome.COULD_NOT_RUN, lambda: _("There is no expiry date."))
    evidence = {"expires_on": application.expires_on.isoformat(), "on": today.isoformat()}
    if application.expires_on < today:
        return Finding("expiry", Outcome.FAIL, lambda: _("The document has expired."), evidence)
    if application.expires_on <= today + timedelta(days=figures.expires_soon_days):
        days = (application.expires_on - today).days
        return Finding(
            "expiry", Outcome.WARN,
            lambda: ngettext(
                "The document runs out in %(days)s day.", "The document runs out in %(days)s days.", days
            ) % {"days": days},
            evidence,
        )  # fmt: skip
    return Finding("expiry", Outcome.PASS, lambda: _("The document has not expired."), evidence)


def _duplicate(application: Application) -> Finding:
    evidence = {"verified": application.same_number_approved, "sent": application.same_number_sent}
    if application.same_number_approved:
        return Finding(
            "duplicate", Outcome.FAIL, lambda: _("Another customer is already verified with this number."), evidence
        )
    if application.same_number_sent:
        return Finding("duplicate", Outcome.WARN, lambda: _("Another customer has sent this number before."), evidence)
    return Finding("duplicate", Outcome.PASS, lambda: _("Nobody else has used this number."), evidence)


def _photo(side: str, jpeg: bytes | None) -> Finding:
    name = f"photo_{side}"
    if jpeg is None:
        return Finding(name, Outcome.COULD_NOT_RUN, lambda: _("The photo could not be opened."))
    try:
        seen = photos.look(jpeg)
    except photos.PhotoRefused:
        return Finding(name, Outcome.COULD_NOT_RUN, lambda: _("The photo could not be opened."))
    evidence = {"brightness": seen.brightness, "contrast": seen.contrast, "sharpness": seen.sharpness}
    fault = seen.fault(is_face=side == "selfie")
    if fault is not None:
        return Finding(name, Outcome.WARN, lambda: str(FAULTS[fault]), {**evidence, "fault": fault.value})
    return Finding(name, Outcome.PASS, lambda: _("Bright enough, sharp enough."), evidence)


def _photos_differ(application: Application) -> Finding:
    digests = list(application.photo_digests.values())
    if len(set(digests)) < len(digests):
        return Finding("photos_differ", Outcome.WARN, lambda: _("The same picture was sent more than once."))
    return Finding("photos_differ", Outcome.PASS, lambda: _("No picture was sent twice."))
