"""What the pages of this room ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.forms import PHOTO_TYPES
from core.ui.forms import AmountField, PortalForm, TextField
from ledger.money import exponent
from payments.movements import Movement
from payments.recalls.models import Dispute
from payments.recalls.reasons import WHYS
from payments.recalls.services.disputing import Said


class RecallForm(PortalForm):
    """Why the money is asked back, and what the other side shall read."""

    why = forms.ChoiceField(
        label=_("Why do you want it back?"),
        choices=[(key, why.label) for key, why in WHYS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose one of the reasons")},
    )
    words = TextField(
        label=_("What shall the other side know?"),
        help_text=_("They read it as you write it. Nothing secret, no card number, no code"),
        required=False,
        max_length=100,
    )


class DisputeForm(PortalForm):
    """What is not right with a movement."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    about = forms.ChoiceField(
        label=_("What is not right?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is not right"), "invalid_choice": _("Choose one of the answers")},
    )
    expected = AmountField(
        label=_("Which amount would be right?"), help_text=_("Only when the amount is wrong"), required=False
    )
    words = forms.CharField(
        label=_("What happened, in your words?"),
        help_text=_("When you noticed it, and what you remember. Two or three sentences are enough"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say in a sentence what happened"),
            "max_length": _("Say it in at most 1,000 characters"),
        },
    )
    freeze = forms.BooleanField(
        label=_("Lock my access now"),
        help_text=_(
            "Only when somebody else may be using it. You are signed out everywhere, and nobody moves money until you "
            "have shown us who you are"
        ),
        required=False,
    )

    def __init__(self, *args: Any, movement: Movement, pictures: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._movement = movement
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (value, label)
            for value, label in Dispute.About.choices
            if value != Dispute.About.MISSING or movement.amount < 0
        ]
        self.fields["expected"].in_currency(movement.currency, exponent(movement.currency))  # type: ignore[attr-defined]
        for number in range(1, pictures + 1):
            self.fields[f"picture_{number}"] = forms.FileField(
                label=_("Picture %(number)d") % {"number": number},
                required=False,
                widget=forms.FileInput(attrs={"accept": PHOTO_TYPES, "class": "input-file"}),
            )

    @property
    def pictures(self) -> list[Any]:
        """The bound fields for pictures, for the template."""
        return [self[name] for name in self.fields if name.startswith("picture_")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("about") == Dispute.About.AMOUNT and "expected" not in self.errors:
            if cleaned.get("expected") is None:
                self.add_error("expected", _("Enter the amount that would be right"))
            elif cleaned["expected"] == abs(self._movement.amount):
                self.add_error("expected", _("This is the amount that was booked. Enter the one that would be right"))
        return cleaned

    def said(self, pictures: list[Any]) -> Said:
        """This method will give what was said in a valid form, with the pictures that passed the gate."""
        typed = self.cleaned_data
        about = Dispute.About(typed["about"])
        return Said(
            about=about,
            words=" ".join(typed["words"].split()),
            expected=typed["expected"] if about == Dispute.About.AMOUNT else None,
            pictures=pictures,
            freezes=bool(typed["freeze"]) and about == Dispute.About.NOT_MINE,
        )
