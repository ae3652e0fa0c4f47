"""The form by which a colleague asks for a repair."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.changes.kinds import Payload
from core.reviews.subject import Person
from core.ui.forms import PortalForm, TextField
from payments.clearing import queries
from payments.clearing.models import RepairItem


class RepairForm(PortalForm):
    """Which item, what to do with it, and which payment is meant."""

    item = forms.ChoiceField(label=_("Item"), error_messages={"required": _("Choose the item")})
    action = forms.ChoiceField(
        label=_("Action"),
        choices=RepairItem.Action.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what shall happen")},
    )
    payment = TextField(
        label=_("Reference of the payment"),
        help_text=_("Needed to match, and to give money to a customer. For example T261123-7K4M9Q2P"),
        required=False,
        max_length=20,
    )

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("Choose")), *queries.repair_choices()]  # type: ignore[attr-defined]

    def payload(self) -> Payload:
        """This method will give what was typed, once the form is in order."""
        typed = self.cleaned_data
        return {"item": typed["item"], "action": typed["action"], "payment": typed["payment"].strip().upper()}
