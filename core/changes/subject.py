"""How a change looks on the review desk."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.changes import kinds, people
from core.changes.errors import Refused
from core.changes.models import Change
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats

SUBJECT = "change"
REASONS = (
    Reason(
        "not_justified",
        gettext_lazy("The reason does not carry it"),
        gettext_lazy("The reason given does not justify the change."),
        gettext_lazy("Ask again with a reason that an auditor can follow, or leave things as they are."),
    ),
    Reason(
        "wrong_content",
        gettext_lazy("Something in it is wrong"),
        gettext_lazy("A figure, a date or a name in it is wrong."),
        gettext_lazy("Correct it and ask again."),
    ),
    Reason(
        "wrong_moment",
        gettext_lazy("Not at this moment"),
        gettext_lazy("The change does not come at the right moment."),
        gettext_lazy("Ask again when it can be carried out."),
    ),
    Reason(
        "against_rules",
        gettext_lazy("It breaks a rule of the bank"),
        gettext_lazy("The change would break a law or a rule of the bank."),
        gettext_lazy("Talk to the risk officer before you ask again."),
    ),
)


class ChangeOnDesk:
    """A change that somebody asked for. `subject_id` is its public id."""

    label: Text = gettext_lazy("Change by two people")
    by_colleague = True

    @property
    def roles(self) -> Sequence[str]:
        return kinds.decided_by()

    def present(self, subject_id: str, *, full: bool) -> Presentation:  # noqa: ARG002 - nothing here is covered
        change = _get(subject_id)
        kind = kinds.kind_of(change.kind)
        preview = kind.present(change.payload, now=timezone.now())
        asked = [
            (gettext_lazy("Kind of change"), kind.label),
            (gettext_lazy("Asked for by"), str(change.asked_by)),
            (gettext_lazy("Reason"), change.reason),
            (gettext_lazy("Good until"), formats.moment(timezone.localtime(change.expires_at), get_language())),
        ]
        sections = [
            Section(gettext_lazy("What would change"), [(line.label, beside(line)) for line in preview.lines]),
            Section(gettext_lazy("Who asks, and why"), asked),
        ]
        if preview.effects:
            effects = [(str(number), effect) for number, effect in enumerate(preview.effects, start=1)]
            sections.insert(1, Section(gettext_lazy("What follows from it"), effects))
        return Presentation(sections=sections, papers=[])

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:  # noqa: ARG002 - a change has no documents
        raise UnknownPaper(name)

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return name

    def why(self, code: str) -> Text:
        """Give the sentence of the kind that uses this code."""
        kind, _dot, inner = code.rpartition("/")
        return kinds.kind_of(kind).why(inner)

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Change.objects.select_for_update() if lock else Change.objects
        change = rows.get(public_id=subject_id)
        seen = [change.kind, change.payload, change.reason, change.asked_by_id, change.state]
        text = json.dumps([*seen, kinds.kind_of(change.kind).digest(change.payload, lock=lock)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def concerns(self, subject_id: str, user: Person) -> bool:
        """Say that somebody may not decide: their own wish or matter, or nobody knows whose account it is."""
        change = _get(subject_id)
        if not people.is_known(user) or people.is_same(user, change.asked_by):
            return True
        return kinds.kind_of(change.kind).concerns(change.payload, user)

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        change = _get(subject_id)
        if now >= change.expires_at:
            return _("This change has expired. It can only be asked for again.")
        try:
            kinds.kind_of(change.kind).validate(change.payload, now=now)
        except Refused as error:
            return str(error)
        return ""


def beside(line: kinds.Line) -> str:
    """This function will write old and new beside each other."""
    if not line.old or str(line.old) == str(line.new):  # what stays is said once
        return str(line.new)
    return _("%(old)s → %(new)s") % {"old": line.old, "new": line.new}


def _get(subject_id: str) -> Change:
    return Change.objects.select_related("asked_by").get(public_id=subject_id)
