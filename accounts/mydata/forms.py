"""What is asked on the pages about one's data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.mydata.models import Disclosure
from core.ui.forms import NameField, PortalForm, TextField


class ConsentForm(PortalForm):
    """Agreement to the words of one version. Nobody has agreed before they tick."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and agree"),
        error_messages={"required": _("Tick the box if you agree. If you do not, there is nothing to do here.")},
    )


class WithdrawForm(PortalForm):
    """A consent is taken back: nothing to fill in."""


class RevealForm(PortalForm):
    """Why a colleague has to read something that is covered."""

    what = forms.ChoiceField(
        label=_("What do you have to read?"),
        choices=[
            (Disclosure.What.DOCUMENT_NUMBER.value, _("Document number")),
            (Disclosure.What.ADDRESS.value, _("Address")),
            (Disclosure.What.PHONE.value, _("Mobile number")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you have to read")},
    )
    why = forms.ChoiceField(
        label=_("Why?"),
        help_text=_("The customer reads this."),
        choices=[
            (Disclosure.Why.ASKED.value, _("The customer asked us for something")),
            (Disclosure.Why.CASE.value, _("A case about the customer is being decided")),
            (Disclosure.Why.COURT.value, _("A court or an authority asks for it by law")),
            (Disclosure.Why.ERROR.value, _("An error in our records is looked into")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why")},
    )
    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_(
            "In your own words, with the case or letter it is about. It is kept on record; "
            "the customer does not read it."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        error_messages={"required": _("Say why you have to read this, in at least ten characters")},
    )


class LegalNameForm(PortalForm):
    """A legal name as the document has it now."""

    new = NameField(
        label=_("Your name as your identity document has it"),
        max_length=120,
        error_messages={"required": _("Enter your name as your identity document has it")},
    )
    why = TextField(
        label=_("What happened?"),
        help_text=_("For example: I married, I changed my name, it was written wrongly."),
        max_length=300,
        error_messages={"required": _("Say in a few words what happened")},
    )
    evidence = forms.FileField(
        label=_("Photo of the document that shows it"),
        help_text=_("Helps us to decide sooner. JPEG, PNG or WebP."),
        required=False,
    )


class AddressForm(PortalForm):
    """Where somebody lives now."""

    new = TextField(
        label=_("Your address"),
        max_length=200,
        error_messages={"required": _("Enter the address where you live")},
    )
    why = TextField(
        label=_("What happened?"),
        help_text=_("For example: I moved on 1 May, the street was written wrongly."),
        max_length=300,
        error_messages={"required": _("Say in a few words what happened")},
    )
    evidence = forms.FileField(
        label=_("Photo of a paper that shows it"),
        help_text=_("For example a bill with your name and address. JPEG, PNG or WebP."),
        required=False,
    )


class NicknameForm(PortalForm):
    """The name an owner gives an account."""

    nickname = TextField(label=_("Your name for this account"), max_length=40, required=False)
