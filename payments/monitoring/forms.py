"""Drafting a version of a rule, asking for one that was tried, and letting one rest for a customer."""

import json
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.changes.errors import Refused
from core.changes.kinds import Payload
from core.reviews.subject import Person
from core.ui.forms import DateField, PortalForm
from ledger.calendar import business_date
from payments.monitoring import conditions, measures, pausing, trials, words
from payments.monitoring.models import OUTCOMES, RuleVersion, Trial

LONGEST = 8_000  # characters of a condition


class DraftForm(PortalForm):
    """What a new version would say; begins with what counts now."""

    mode = forms.ChoiceField(
        label=pgettext_lazy("monitoring", "Mode"),
        choices=RuleVersion.Mode.choices,
        help_text=_("In shadow a rule writes down what it would have done, and does nothing."),
    )
    outcome = forms.TypedChoiceField(
        label=_("What becomes of a payment it hits"), choices=list(OUTCOMES.items()), coerce=int
    )
    points = forms.IntegerField(
        label=pgettext_lazy("monitoring", "Points"),
        min_value=0,
        max_value=100,
        help_text=_("Points of live rules add up; enough of them bring a payment to a colleague."),
    )
    condition = forms.CharField(
        label=_("It hits when"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        max_length=LONGEST,
        help_text=_(
            "Compares measures with figures of the policy table; both are listed below. Numbers are not written here."
        ),
    )

    def clean_condition(self) -> Any:
        try:
            condition = json.loads(self.cleaned_data["condition"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(
                gettext("Brackets, commas or quotation marks are missing or too many, so this cannot be read.")
            ) from None
        try:
            conditions.check(condition, measures=measures.MEASURES, figures=trials.figures())
        except conditions.BadCondition as bad:
            raise forms.ValidationError(words.refusal(bad)) from None
        return condition


class RuleForm(PortalForm):
    """A draft that was tried, and from which day on it counts."""

    trial = forms.ChoiceField(label=_("Which draft"))
    counts_from = DateField(label=_("Counts from"), help_text=_("Today or a later day."))

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("trial") or self.initial.get("trial", ""))
        found = _draft(chosen)
        # One draft at a time: whoever wants another chooses it at the rule.
        self.fields["trial"].choices = [(chosen, found)] if found else []  # type: ignore[attr-defined]
        self.initial.setdefault("counts_from", business_date(now))

    def payload(self) -> Payload:
        return {
            "trial": self.cleaned_data["trial"],
            "counts_from": self.cleaned_data["counts_from"].isoformat(),
        }


class PauseForm(PortalForm):
    """For which of the rules that were wrong about a payment its payer is left alone, and until when."""

    alert = forms.ChoiceField(label=_("Which false alarm"))
    code = forms.ChoiceField(label=_("Which rule"))
    counts_again = DateField(
        label=_("Counts again from"), help_text=_("The first day on which the rule counts for this customer again.")
    )

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("alert") or self.initial.get("alert", ""))
        try:
            alert = pausing.alerted({"alert": chosen})
        except Refused:
            return  # one alert at a time, chosen on its own page: without it there is nothing to choose from
        self.fields["alert"].choices = [(chosen, pausing.reference(alert))]  # type: ignore[attr-defined]
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (hit.rule.code, f"{hit.rule.code} · {hit.rule.title}") for hit in pausing.live_hits(alert)
        ]
        self.initial.setdefault("counts_again", business_date(now) + timedelta(days=7))

    def payload(self) -> Payload:
        return {
            "alert": self.cleaned_data["alert"],
            "code": self.cleaned_data["code"],
            "counts_again": self.cleaned_data["counts_again"].isoformat(),
        }


def _draft(public_id: str) -> str:
    try:
        trial = Trial.objects.get(public_id=public_id)
    except (Trial.DoesNotExist, forms.ValidationError, ValueError):
        return ""
    return f"{trial.code} · {trial.get_mode_display()} · {OUTCOMES[trial.outcome]}"
