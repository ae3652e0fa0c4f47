"""What is asked of somebody who lost every second step."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access.forms.factors import ActivateAppForm
from accounts.recovery.models import Evidence
from accounts.recovery.queries import one_spelling
from core.ui import typed
from core.ui.forms import PortalForm

PHOTO_TYPES = "image/jpeg,image/png,image/webp"
MISSING = {
    "document": gettext_lazy("Choose the photo of your document"),
    "selfie": gettext_lazy("Choose the photo of your face"),
}
HINTS = {
    "document": gettext_lazy("The side with your portrait, all four corners in the picture."),
    "selfie": gettext_lazy("Taken now, from the front, without cap or mask, with light on your face."),
}


class DocumentNumberField(forms.CharField):
    """A number as it stands on an identity document, whatever kind it is."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        more = {"autocomplete": "off", "spellcheck": "false", "class": "input-number"}
        return {**super().widget_attrs(widget), **more}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = one_spelling(text) if typed.readable(text) else ""
        if not (5 <= len(number) <= 30) or not unicodedata.normalize("NFKC", number).isascii():
            raise ValidationError(
                _("Enter the number as it stands on your document, letters and digits"), code="number"
            )
        return number


class PhotoField(forms.FileField):
    """A photo. It is judged by its content, in accounts.identity.photos; whether one is missing the view knows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput(attrs={"accept": PHOTO_TYPES, "class": "input-file"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> None:  # noqa: ARG002 - Django's signature
        return None


class EvidenceForm(PortalForm):
    """The number of the document, a photo of it, and of one's face. What is in order is kept at once."""

    number = DocumentNumberField(
        label=gettext_lazy("Number of your identity document"),
        help_text=gettext_lazy("Of the document with which you became a customer. Spaces are fine."),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter the number of your document")},
    )
    document = PhotoField(label=Evidence.Side.DOCUMENT.label, help_text=HINTS["document"])
    selfie = PhotoField(label=Evidence.Side.SELFIE.label, help_text=HINTS["selfie"])

    def __init__(self, *args: Any, kept: set[str], has_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_number:
            self.fields["number"].required = False
            self.fields["number"].help_text = _("We have it. Type it again only to correct it.")
        for side in Evidence.Side.values:
            field = self.fields[side]
            if side in kept:
                field.required = False
                field.label = _("Replace: %(photo)s") % {"photo": Evidence.Side(side).label}


class ConsentForm(PortalForm):
    """The separate consent that photos of a face and a document need."""

    consent = forms.BooleanField(
        label=gettext_lazy(
            "I agree that the bank compares these photos with those of my identity check, for nothing else"
        ),
        error_messages={"required": gettext_lazy("We may look at your photos only if you agree. Nothing was sent")},
    )


class NewAppForm(ActivateAppForm):
    """The first code of the app that takes the place of everything before."""
