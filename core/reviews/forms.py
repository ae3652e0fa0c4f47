"""What the desk asks of those who work at it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.reviews.models import Decision, Relation
from core.reviews.services import NOTE_LENGTH
from core.reviews.services.moves import NOTE
from core.reviews.subject import Person, Reason, Subject, questions_of
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
        widget=forms.CheckboxSelectMultiple,
    )
    note = _Note(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For colleagues and auditors only. Needed to decline."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_LENGTH,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, reasons: Iterable[Reason], by_colleague: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reasons"]
        field.choices = [(reason.code, reason.label) for reason in reasons]  # type: ignore[attr-defined]
        field.help_text = (
            _("At least one. The colleague who asked reads it.")
            if by_colleague
            else _("At least one. The customer reads it in plain words.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Decision.Verdict.DECLINE:
            if not cleaned.get("reasons") and "reasons" not in self.errors:
                self.add_error("reasons", ValidationError(_("Choose at least one reason"), code="required"))
            if not cleaned.get("note") and "note" not in self.errors:
                self.add_error("note", ValidationError(_("Write a note that a colleague understands"), code="required"))
        return cleaned


class AskForm(PortalForm):
    """Which of the subject's questions the customer is asked."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("What do you want to know?"),
        help_text=gettext_lazy("The customer reads these questions in their language."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one question")},
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, prefix="ask", **kwargs)
        self.fields["codes"].choices = [(question.code, question.label) for question in questions_of(subject)]  # type: ignore[attr-defined]


class _ColleagueForm(PortalForm):
    """A colleague and a sentence for them."""

    to = forms.ChoiceField(label=gettext_lazy("Who takes over?"))
    note = forms.CharField(
        label=gettext_lazy("A sentence for your colleague"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=NOTE,
        error_messages={"required": gettext_lazy("Write your colleague a sentence")},
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]

    def clean_to(self) -> Person | None:
        return self.people.get(self.cleaned_data["to"])


class HandOverForm(_ColleagueForm):
    """Give one case to a colleague."""


class QueueForm(_ColleagueForm):
    """Give everything to a colleague, or back to everybody."""

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, people=people, **kwargs)
        # Set whole: what is drawn and what is accepted are two lists.
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("everybody", _("Back in the queue, for everybody")),
            *((key, str(person)) for key, person in self.people.items()),
        ]
        self.fields["note"].label = _("Why, in a sentence")


class CorrectForm(PortalForm):
    """Why a decision is corrected."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong with the decision?"),
        help_text=gettext_lazy("For colleagues and auditors. The old decision stays in the history."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE,
        error_messages={"required": gettext_lazy("Write what was wrong")},
    )


class SkillForm(PortalForm):
    """A skill that cases may take."""

    code = forms.RegexField(
        regex=r"\A[a-z][a-z0-9_.]*\Z",
        label=pgettext_lazy("skill", "Code"),
        help_text=gettext_lazy("Small letters, digits and underscores, as the kinds of cases name it."),
        max_length=40,
        error_messages={
            "required": gettext_lazy("Write a code"),
            "invalid": gettext_lazy("Use small letters, digits and underscores, and begin with a letter"),
        },
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Name in Chinese"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write a name in Chinese")},
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write a name in English")},
    )


class RelationForm(PortalForm):
    """Somebody the colleague is close to."""

    kind = forms.ChoiceField(label=gettext_lazy("How are you connected?"), choices=Relation.Kind.choices)
    who = forms.CharField(
        label=gettext_lazy("Who is it?"),
        help_text=gettext_lazy("Their e-mail with us, or the number of their ID card. We keep neither in the clear."),
        max_length=254,
        error_messages={"required": gettext_lazy("Write an e-mail or a number")},
    )
