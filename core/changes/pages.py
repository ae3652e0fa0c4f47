"""Finished values for the templates about changes."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.changes import errors, kinds
from core.changes.models import Change
from core.reviews.models import Case, Decision
from core.reviews.subject import Person

TONES = {
    Change.State.ASKED: "waiting",
    Change.State.APPLIED: "good",
    Change.State.DECLINED: "bad",
    Change.State.WITHDRAWN: "info",
    Change.State.EXPIRED: "info",
    Change.State.FAILED: "bad",
}
NAMES = {"entry": gettext_lazy("Entry"), "reference": pgettext_lazy("case", "Reference")}  # of what came of a change
SENTENCES: dict[type[errors.NotDone], Promise] = {
    errors.NoRole: gettext_lazy("Your role does not ask for changes of this kind. Nothing was changed."),
    errors.NoNumber: gettext_lazy(
        "Your account has no employee number, so the bank cannot tell two people apart. Ask the administrator."
    ),
    errors.ReasonMissing: gettext_lazy("Write why this change is needed."),
    errors.Settled: gettext_lazy("This change is already decided, withdrawn or expired. Nothing was changed."),
}


def refusal(error: errors.NotDone) -> str:
    """This function will say why something was not done."""
    if isinstance(error, errors.AlreadyAsked):
        return _("%(number)s waits for a decision about the same thing already. Nothing new was asked for.") % {
            "number": error.change.number
        }
    return str(SENTENCES[type(error)]) if type(error) in SENTENCES else str(error)


def row(change: Change) -> dict[str, Any]:
    """This function will give one line of a list of changes."""
    return {
        "change": change,
        "url": address(change),
        "kind": kinds.kind_of(change.kind).label,
        "state": change.get_state_display(),
        "tone": TONES[Change.State(change.state)],
    }


def address(change: Change, act: str = "change") -> str:
    """This function will give the address of a change, or of an act on it."""
    return reverse(f"admin:changes_{act}", args=[change.public_id])


def offers(roles: frozenset[str]) -> list[dict[str, Any]]:
    """This function will list what holders of these roles may ask for."""
    return [
        {"label": kind.label, "hint": kind.hint, "url": reverse("admin:changes_ask", args=[name])}
        for name, kind in kinds.asked_by(roles).items()
    ]


def screen(change: Change, case: Case | None, *, user: Person, now: datetime) -> dict[str, Any]:
    """This function will give everything the page of one change shows."""
    kind = kinds.kind_of(change.kind)
    decisions = list(case.decisions.select_related("reviewer").order_by("step")) if case else []
    lasting = bool(getattr(kind, "lasting", False))
    # What a settled change was asked with is shown as it was; the present state would mislead.
    as_of = now if change.waits else change.asked_at
    return {
        **row(change),
        "preview": kind.present(change.payload, now=as_of) if change.waits or lasting else None,
        "content": [] if change.waits else _asked_for(kind, change),
        "result": [] if lasting else _came_of(kind, change),
        "case": case,
        "decisions": decisions,
        "given": sum(one.verdict == Decision.Verdict.APPROVE for one in decisions),  # a refusal is no approval
        "needed": case.frozen_rule.approvals if case else 0,
        "mine": change.asked_by_id == user.pk,
        "withdraw_url": address(change, "withdraw"),
    }


def _asked_for(kind: kinds.Kind, change: Change) -> list[tuple[Any, str]]:
    """What a settled change asked for: in the kind's own words where it has them, else as it was written down."""
    told = getattr(kind, "told", None)
    if told is not None:
        return [(line.label, str(line.new)) for line in told(change.payload)]
    return [(name, _plain(value)) for name, value in change.payload.items()]


def _came_of(kind: kinds.Kind, change: Change) -> list[tuple[Any, str]]:
    """What came of a change. Of one that is told in words, what has a name: the rest is for the trail."""
    worded = getattr(kind, "told", None) is not None
    return [
        (NAMES.get(name, name), _plain(value))
        for name, value in change.result.items()
        if not worded or (name in NAMES and value is not None)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values() if item)
    return str(value)
