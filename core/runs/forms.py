"""The one form of this room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DateField, PortalForm


class LetThroughForm(PortalForm):
    """A person's word that the clock is right, up to a day."""

    through = DateField(label=_("Make up for the days until"), help_text=_("For example 2026-12-31. That day counts."))
    reason = forms.CharField(
        label=_("Reason"), max_length=500,
        help_text=_("Why so many days were not carried out. It stands in the trail beside your name."),
        error_messages={"required": _("Say why. Nothing was done.")},
    )  # fmt: skip
