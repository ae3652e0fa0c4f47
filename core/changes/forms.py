"""Asking for a change of a policy figure, and the reason every change is asked with."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.changes import reasons
from core.changes.kinds import Payload
from core.changes.services import REASON_LENGTH
from core.policy.models import Figure
from core.policy.units import with_unit
from core.reviews.services.wording import TEXTS
from core.reviews.subject import Person
from core.ui.forms import DateField, PortalForm, TextField


class ReasonForm(PortalForm):
    """Why somebody asks; drawn below the fields of the kind."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Colleagues decide by it, and auditors read it years from now."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LENGTH,
        error_messages={"required": _("Write why this change is needed")},
    )


class FigureForm(PortalForm):
    """A new value for a policy figure."""

    key = forms.ChoiceField(label=_("Figure"))
    value = TextField(
        label=_("New value"),
        help_text=_(
            "Digits without thousands separators, in the unit of the figure; yes or no is written true or false."
        ),
        max_length=200,
    )
    effective_from = DateField(label=_("Counts from"), help_text=_("Today or a later day."))
    source = TextField(label=_("Source"), help_text=_("The rule it follows, or whose judgement it is."), max_length=300)

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        keys: dict[str, Figure] = {row.key: row for row in Figure.objects.order_by("key", "effective_from")}
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a figure")),
            *((key, f"{row.meaning} ({key}: {with_unit(row.value, row)})") for key, row in keys.items()),
        ]
        self.initial.setdefault("effective_from", timezone.localdate(now))

    def payload(self) -> Payload:
        typed = self.cleaned_data
        return {
            "key": typed["key"],
            "value": typed["value"].strip(),
            "effective_from": typed["effective_from"].isoformat(),
            "source": typed["source"],
        }


class ReasonWordsForm(PortalForm):
    """New words for a coded reason; begins with the words that stand."""

    code = forms.ChoiceField(label=_("Which reason"))
    label_zh = TextField(label=reasons.LABELS["label_zh"], max_length=reasons.LONGEST["label_zh"])
    label_en = TextField(label=reasons.LABELS["label_en"], max_length=reasons.LONGEST["label_en"])
    tells_zh = forms.CharField(
        label=reasons.LABELS["tells_zh"],
        help_text=_("One sentence that says what was found, as you would say it to the customer."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=reasons.LONGEST["tells_zh"],
    )
    tells_en = forms.CharField(
        label=reasons.LABELS["tells_en"],
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=reasons.LONGEST["tells_en"],
    )
    advice_zh = forms.CharField(
        label=reasons.LABELS["advice_zh"],
        help_text=_("What they can do next. May stay empty."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=reasons.LONGEST["advice_zh"],
        required=False,
    )
    advice_en = forms.CharField(
        label=reasons.LABELS["advice_en"],
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=reasons.LONGEST["advice_en"],
        required=False,
    )
    valid_from = DateField(label=_("Counts from"), help_text=_("Today or a later day."))
    valid_to = DateField(
        label=_("Last day"),
        help_text=_("Only when the reason is no longer to be given afterwards."),
        required=False,
    )

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("code") or self.initial.get("code", ""))
        # One reason at a time: the texts below are its own.
        self.fields["code"].choices = [(chosen, reasons.shown(chosen))] if reasons.declared(chosen) else []  # type: ignore[attr-defined]
        self.initial.setdefault("valid_from", timezone.localdate(now))
        for name, text in reasons.words_of(chosen).items():
            self.initial.setdefault(name, text)

    def payload(self) -> Payload:
        typed = self.cleaned_data
        until = typed.get("valid_to")
        return {
            "code": typed["code"],
            **{name: " ".join(typed[name].split()) for name in TEXTS},
            "valid_from": typed["valid_from"].isoformat(),
            "valid_to": until.isoformat() if until else "",
        }
