"""What is asked of somebody who wants their name verified."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity import documents, mrz, names, numbers
from accounts.identity.figures import Figures
from accounts.identity.models import Document, Verification
from accounts.identity.photos import Refusal
from accounts.identity.services import Details
from core.ui import typed
from core.ui.forms import DateField, NameField, PortalForm, TextField

EARLIEST = date(1900, 1, 1)
LATEST_EXPIRY = date(2100, 12, 31)
MISSING_CHOICE = [("", gettext_lazy("Choose one"))]
PHOTO_TYPES = "image/jpeg,image/png,image/webp"


class LegalNameField(NameField):
    """A legal name: up to sixty letters, dots and hyphens between them, nothing invisible."""

    default_error_messages = {
        "invisible": gettext_lazy("This name has an invisible character in it: type it anew instead of pasting it"),
        "signs": gettext_lazy("A name has letters, spaces, hyphens and dots only"),
        "long": gettext_lazy("A name has at most 60 letters. If yours is longer, come to a branch counter"),
    }

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, str) else ""
        kept = super().to_python(value)
        fault = names.fault(text.strip()) if kept or text.strip() else None
        if fault is not None:
            raise ValidationError(self.error_messages[fault.value], code=fault.value)
        return kept


class KindForm(PortalForm):
    """Which document there is to show."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which document do you have?"),
        choices=[(kind.code, kind.label) for kind in documents.KINDS.values()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose your document")},
    )


class ZoneField(forms.Field):
    """The two lines at the foot of a passport's page; the cleaned value is an `mrz.Zone`, `compact` what was typed."""

    default_error_messages = {
        "required": documents.ZONE_ERRORS[mrz.Reason.EMPTY],
        **{reason.value: sentence for reason, sentence in documents.ZONE_ERRORS.items()},
    }

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}), **kwargs
        )
        self.today = today
        self.compact = ""

    def to_python(self, value: Any) -> mrz.Zone | None:
        text = value if isinstance(value, str) else ""
        if not typed.readable(text) or not text.strip():
            return None
        try:
            zone = mrz.parse(text, today=self.today)
        except mrz.ZoneError as error:
            raise ValidationError(self.error_messages[error.reason.value], code=error.reason.value) from None
        self.compact = mrz.compact(text)
        return zone


class IdNumberField(forms.Field):
    """The number of a document; the cleaned value is a `numbers.IdNumber`."""

    widget = forms.TextInput
    kind = documents.KINDS["resident_id"]
    default_error_messages = {
        "required": gettext_lazy("Enter the identity number"),
        "old": gettext_lazy("This is an old number with 15 digits. Enter the 18 characters of your present card"),
        "length": gettext_lazy("An identity number has 18 characters: count what you typed"),
        "characters": gettext_lazy("An identity number has 17 digits, then a digit or X"),
        "birth_date": gettext_lazy("The birth date inside this number does not exist: compare it with your card"),
        "region": gettext_lazy("The first six digits belong to no region: compare them with your card"),
        "check_character": gettext_lazy("A character of this number is mistyped: compare it with your card"),
    }  # fmt: skip

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 - Django's signature
        return {
            "autocomplete": "off",
            "class": "input-number",
            "maxlength": "60",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> numbers.IdNumber | None:
        text = value if isinstance(value, str) else ""
        if not typed.readable(text):
            return None  # the form itself says the sentence about unreadable characters
        try:
            return self.kind.parse(text)
        except numbers.NumberError as error:
            if error.reason is numbers.Reason.EMPTY:
                return None
            raise ValidationError(self.error_messages[error.reason.value], code=error.reason.value) from None


class ExpiryField(DateField):
    """Not marked as optional, and yet empty on a long-term card; the form's `clean` knows which it is."""

    def validate(self, value: date | None) -> None:
        if value is not None:
            super().validate(value)


class DetailsForm(PortalForm):
    """The document, and a few words about the person."""

    legal_name = LegalNameField(
        label=gettext_lazy("Legal name"),
        help_text=gettext_lazy("Exactly as on the card, with every rare character and every dot."),
        error_messages={"required": gettext_lazy("Enter your name as it stands on the card")},
    )
    number = IdNumberField(
        label=gettext_lazy("Identity number"), help_text=gettext_lazy("18 characters. Spaces and a small x are fine.")
    )
    born_on = DateField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("For example 1990-03-05."),
        earliest=EARLIEST,
        error_messages={"required": gettext_lazy("Enter your date of birth")},
    )
    expires_on = ExpiryField(
        label=gettext_lazy("Card is valid until"),
        help_text=gettext_lazy("The second date on the emblem side."),
        latest=LATEST_EXPIRY,
    )
    never_expires = forms.BooleanField(label=gettext_lazy("My card says “长期” (long-term)"), required=False)
    address = TextField(
        label=gettext_lazy("Where you live"),
        help_text=gettext_lazy("Province, city, district, street, number, flat."),
        min_length=6,
        max_length=200,
        error_messages={
            "required": gettext_lazy("Enter the address where you live"),
            "min_length": gettext_lazy("Write the address so that a letter would arrive"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    occupation = forms.ChoiceField(
        label=gettext_lazy("What you do"),
        choices=[*MISSING_CHOICE, *Verification.Occupation.choices],
        error_messages={"required": gettext_lazy("Choose what you do")},
    )
    income = forms.ChoiceField(
        label=gettext_lazy("Your income"),
        help_text=gettext_lazy("Roughly, before tax. The law asks us to know it; nobody else sees it."),
        choices=[*MISSING_CHOICE, *Verification.Income.choices],
        error_messages={"required": gettext_lazy("Choose your income")},
    )

    def __init__(self, *args: Any, today: date, figures: Figures, kind: str = "resident_id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.figures, self.kind = today, figures, documents.KINDS[kind]
        number = self.fields["number"]
        assert isinstance(number, IdNumberField)  # noqa: S101 - declared above
        number.kind, number.label, number.help_text = self.kind, self.kind.number_label, self.kind.number_hint
        number.error_messages = {**number.error_messages, **self.kind.errors}
        self.fields["legal_name"].help_text = self.kind.name_hint
        if not self.kind.may_be_long_term:
            del self.fields["never_expires"]
            self.fields["expires_on"].help_text = gettext_lazy("As printed on the document.")
            self.fields["expires_on"].label = gettext_lazy("Document is valid until")
        if self.kind.has_zone:
            self.fields["zone"] = ZoneField(
                today=today,
                label=gettext_lazy("The two lines of letters and “<” at the foot of the page"),
                help_text=gettext_lazy("44 characters each. We compare their check digits with what you typed."),
            )

    def clean_born_on(self) -> date:
        born_on: date = self.cleaned_data["born_on"]
        number = self.cleaned_data.get("number")
        if born_on > self.today:
            raise ValidationError(_("The date of birth lies in the future"), code="future")
        if number is not None and number.born_on not in {None, born_on}:
            raise ValidationError(
                _("This date is not the one inside your identity number: compare both with your card"), code="differs"
            )
        if numbers.age_on(born_on, self.today) < self.figures.least_age:
            raise ValidationError(
                _("Online accounts start at %(age)s years. Come to a branch counter with a parent or guardian"),
                code="young",
                params={"age": self.figures.least_age},
            )
        return born_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        expires_on = cleaned.get("expires_on")
        if cleaned.get("never_expires"):
            cleaned["expires_on"] = None
        elif expires_on is None and "expires_on" not in self.errors:
            long_term = _("Enter the date until which your card is valid, or tick “长期”")
            self.add_error(
                "expires_on",
                long_term if self.kind.may_be_long_term else _("Enter the date until which your document is valid"),
            )
        elif expires_on is not None and expires_on < self.today:
            self.add_error("expires_on", _("This card has expired. Apply with your new card as soon as you have it"))
        if isinstance(zone := cleaned.get("zone"), mrz.Zone):
            self._compare(zone, cleaned)
        return cleaned

    def _compare(self, zone: mrz.Zone, cleaned: dict[str, Any]) -> None:
        """Say at which field the passport's own lines disagree with what was typed."""
        number = cleaned.get("number")
        if number is not None and number.text != zone.number:
            self.add_error("number", _("The second line at the foot has another number: compare both"))
        elif number is not None:
            cleaned["number"] = replace(number, born_on=zone.born_on, is_male=zone.is_male, issuer=zone.issuer)
        if cleaned.get("born_on") not in {None, zone.born_on}:
            self.add_error("born_on", _("The second line at the foot has another date of birth: compare both"))
        if cleaned.get("expires_on") not in {None, zone.expires_on}:
            self.add_error("expires_on", _("The second line at the foot has another expiry date: compare both"))
        name = cleaned.get("legal_name")
        if name and names.romanised(name) != names.romanised(zone.name):
            self.add_error(
                "legal_name",
                _("The first line at the foot has another name: write it in Latin letters, as in the passport"),
            )

    def details(self) -> Details:
        """This method will give what is in order so far; the rest is asked again."""
        cleaned = getattr(self, "cleaned_data", {})
        return Details(
            legal_name=cleaned.get("legal_name") or None,
            number=cleaned.get("number"),
            born_on=cleaned.get("born_on"),
            expires_on=cleaned.get("expires_on"),
            never_expires=cleaned.get("never_expires"),
            address=cleaned.get("address") or None,
            occupation=cleaned.get("occupation") or None,
            income=cleaned.get("income") or None,
            zone=zone.compact if isinstance(zone := self.fields.get("zone"), ZoneField) and zone.compact else None,
        )


ABOUT_THE_PERSON = ("legal_name", "born_on", "address", "occupation", "income")


class RenewalForm(DetailsForm):
    """Of a new document only what can have changed: its dates, and its number where it has one of its own."""

    def __init__(self, *args: Any, verified_birth: date | None, asks_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verified_birth = verified_birth
        for known in (*ABOUT_THE_PERSON, *(() if asks_number else ("number",))):
            del self.fields[known]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        number, zone = cleaned.get("number"), cleaned.get("zone")
        if number is not None and number.born_on not in {None, self.verified_birth} and "number" not in self.errors:
            self.add_error(
                "number", _("The birth date inside this number is not the one we verified: compare it with your card")
            )
        if isinstance(zone, mrz.Zone) and zone.born_on != self.verified_birth:
            self.add_error("zone", _("The second line has another date of birth than the one we verified"))
        return cleaned


def initial_details(verification: Verification | None) -> dict[str, Any]:
    """This function will give the form what was typed for an application before."""
    if verification is None:
        return {}
    return {
        "legal_name": verification.legal_name,
        "number": verification.number,
        "born_on": verification.born_on,
        "expires_on": verification.expires_on,
        "never_expires": verification.never_expires,
        "address": verification.address,
        "occupation": verification.occupation,
        "income": verification.income,
        "zone": f"{verification.zone[:44]}\n{verification.zone[44:]}" if verification.zone else "",
    }


PHOTO_HINTS = {
    Document.Side.FRONT: gettext_lazy("The side with your portrait, all four corners in the picture."),
    Document.Side.BACK: gettext_lazy("The side with the national emblem and the dates."),
    Document.Side.SELFIE: gettext_lazy("Your face from the front, without cap or mask, with light on it."),
}


class PhotosForm(PortalForm):
    """Three photos. Each is kept as soon as it is in order, so only what is missing is asked again."""

    front = forms.FileField(label=Document.Side.FRONT.label, help_text=PHOTO_HINTS[Document.Side.FRONT])
    back = forms.FileField(label=Document.Side.BACK.label, help_text=PHOTO_HINTS[Document.Side.BACK])
    selfie = forms.FileField(label=Document.Side.SELFIE.label, help_text=PHOTO_HINTS[Document.Side.SELFIE])

    def __init__(self, *args: Any, kept: set[str], kind: str = "resident_id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in set(self.fields) - set(documents.KINDS[kind].sides):
            del self.fields[side]
        self.fields["front"].help_text = documents.KINDS[kind].photo_hint
        for side, field in self.fields.items():
            field.required = False  # whether one is missing is said by the view, which knows what is kept
            field.widget = forms.FileInput(attrs={"accept": PHOTO_TYPES, "class": "input-file"})
            if side in kept:
                field.label = _("Replace: %(photo)s") % {"photo": Document.Side(side).label}

    def _clean_fields(self) -> None:
        """The files are judged by their content, in accounts.identity.photos."""


REFUSALS = {
    Refusal.EMPTY: gettext_lazy("The file is empty. Choose the photo again"),
    Refusal.TOO_LARGE: gettext_lazy("The photo is larger than %(size)s MB. Take it again with a lower resolution"),
    Refusal.NOT_A_PHOTO: gettext_lazy("This file is no photo we can read. Choose a JPEG, PNG or WebP picture"),
    Refusal.MISNAMED: gettext_lazy(
        "The name of this file does not fit what is in it. Send the photo as your phone saved it"
    ),
    Refusal.TOO_MANY_PIXELS: gettext_lazy("The picture has too many pixels. Take it again with a lower resolution"),
    Refusal.TOO_SMALL: gettext_lazy(
        "The picture is too small to read. Its shorter side needs at least %(pixels)s pixels"
    ),
    Refusal.DAMAGED: gettext_lazy("The picture is damaged. Take the photo again"),
    Refusal.INFECTED: gettext_lazy(
        "Our scanner found harmful software in this file, and nothing of it was kept. Take the photo anew, and have "
        "your device checked"
    ),
    Refusal.NOT_SCANNED: gettext_lazy(
        "We cannot check files for harmful software at this moment, so the photo was not kept. Try again in a few "
        "minutes"
    ),
}


def refusal_sentence(reason: Refusal, *, figures: Figures) -> str:
    """This function will say why a photo was not taken, and what to do."""
    return str(REFUSALS[reason]) % {"size": figures.photo.most_bytes // 2**20, "pixels": figures.photo.least_side}


class ConsentForm(PortalForm):
    """The separate consent that photos of a face and a document need."""

    consent = forms.BooleanField(
        label=gettext_lazy(
            "I agree that the bank uses these photos and details to verify my identity, for nothing else"
        ),
        error_messages={"required": gettext_lazy("We may look at your photos only if you agree. Nothing was sent")},
    )
