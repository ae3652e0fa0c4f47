"""The decision, as the desk asks for it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.reviews.models import Decision
from core.reviews.services import NOTE_LENGTH
from core.reviews.subject import Subject
from core.ui.forms import PortalForm

VERDICTS = [
    (Decision.Verdict.APPROVE.value, gettext_lazy("Approve")),
    (Decision.Verdict.DECLINE.value, gettext_lazy("Decline")),
]


class _MayStayEmpty:
    """Not marked as optional, and yet left empty by whoever approves; the form's `clean` knows when it is needed."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class _Reasons(_MayStayEmpty, forms.MultipleChoiceField):
    pass


class _Note(_MayStayEmpty, forms.CharField):
    pass


class DecisionForm(PortalForm):
    """Verdict, reasons, note, and the digest of what was on the screen."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision")},
    )
    reasons = _Reasons(
        label=gettext_lazy("Reasons to decline"),
        help_text=gettext_lazy("At least one. The customer reads it in plain words."),
        widget=forms.CheckboxSelectMultiple,
    )
    note = _Note(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For colleagues and auditors only. Needed to decline."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_LENGTH,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].choices = [(reason.code, reason.label) for reason in subject.reasons()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Decision.Verdict.DECLINE:
            if not cleaned.get("reasons") and "reasons" not in self.errors:
                self.add_error("reasons", ValidationError(_("Choose at least one reason"), code="required"))
            if not cleaned.get("note") and "note" not in self.errors:
                self.add_error("note", ValidationError(_("Write a note that a colleague understands"), code="required"))
        return cleaned
