"""Naming a device; ending somebody's sessions for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access.devices import LONGEST
from core.ui.forms import PortalForm, TextField


class DeviceForm(PortalForm):
    """What a person calls a device of theirs."""

    name = TextField(
        label=_("Your name for it"),
        help_text=_("Such as: phone, kitchen tablet. Empty: we show what it is."),
        max_length=LONGEST,
        required=False,
    )


class EndSessionsForm(PortalForm):
    """Why a colleague signs a customer out everywhere."""

    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("In your own words. It is kept on record; the customer is told that it was done, not this."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        min_length=10,
        max_length=500,
        error_messages={
            "required": _("Say why, in at least ten characters"),
            "min_length": _("Say why, in at least ten characters"),
        },
    )
