"""What is asked on the pages about one's data."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.mydata import emergency, protection, takeouts
from accounts.mydata.models import Disclosure
from core.changes.kinds import Payload
from core.ui.forms import DateField, NameField, PortalForm, TextField


class ConsentForm(PortalForm):
    """Agreement to the words of one version. Nobody has agreed before they tick."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and agree"),
        error_messages={"required": _("Tick the box if you agree. If you do not, there is nothing to do here.")},
    )


class WithdrawForm(PortalForm):
    """A consent is taken back: nothing to fill in."""


class PersonForm(PortalForm):
    """What somebody says against what a machine decided."""

    why = forms.CharField(
        label=_("What should the person know?"),
        help_text=_("For example why the machine is wrong about you. They see what the machine saw, too."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        max_length=500,
        error_messages={"required": _("Write a sentence, so that the person knows what to look at")},
    )


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


class CoveredForm(PortalForm):
    """Why a colleague opens a covered record."""

    reason = forms.CharField(
        label=_("Why do you have to open it?"),
        help_text=_("In your own words, with the case or letter it is about. The auditors read it."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        max_length=500,
        error_messages={"required": _("Say why you have to open this record, in at least ten characters")},
    )


class EmergencyForm(PortalForm):
    """What has to be done now, and why nobody else can do it."""

    duty = forms.ChoiceField(
        label=_("What do you have to do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you have to do")},
    )
    reason = forms.CharField(
        label=_("Why now, and why you?"),
        help_text=_("A colleague is told at once and looks into it afterwards."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        max_length=500,
        error_messages={"required": _("Say in a sentence why it cannot wait")},
    )

    def __init__(self, *args: Any, staff: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = emergency.open_to(staff)
        self.fields["duty"].choices = [(name, duty.label) for name, duty in offered.items()]  # type: ignore[attr-defined]


class ProtectionForm(PortalForm):
    """Whose record is to be protected, or is so no longer."""

    customer = TextField(label=_("Customer"), help_text=_("The public id on the customer's record."), max_length=36)
    act = forms.ChoiceField(
        label=_("What is to be done?"), choices=list(protection.ACTS.items()), widget=forms.RadioSelect
    )
    why = TextField(
        label=_("Why"), help_text=_("For example: well known, threatened, a colleague's family."), max_length=300
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)

    def payload(self) -> Payload:
        return {name: self.cleaned_data[name].strip() for name in ("customer", "act", "why")}


class TakeoutForm(PortalForm):
    """Which rows, what for, and for which case. Which fields count follows from what is chosen on top."""

    kind = forms.ChoiceField(
        label=_("What do you have to take out?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the file holds")},
    )
    words = TextField(
        label=_("Of the audit trail: which rows"),
        help_text=_("As in the search of the trail: days, an act, a person, a record."),
        max_length=200,
        required=False,
    )
    account = TextField(
        label=_("Of an account: which one"),
        help_text=_("The public id on the account's record."),
        max_length=36,
        required=False,
    )
    first = DateField(label=_("First day"), required=False)
    last = DateField(label=_("Last day"), required=False)
    purpose = TextField(
        label=_("What is the file for?"), help_text=_("It stands in the file and in the trail."), max_length=300
    )
    case = TextField(label=_("Case number"), help_text=_("Of the case or letter it is for."), max_length=40)

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.now = user, now
        kinds = takeouts.offered(user)
        self.fields["kind"].choices = [(name, kind.label) for name, kind in kinds.items()]  # type: ignore[attr-defined]
        self.initial.setdefault("last", timezone.localdate(now))

    @property
    def wanted(self) -> dict[str, str]:
        """What the kind reads of it."""
        typed = self.cleaned_data
        days = {name: typed[name].isoformat() if typed.get(name) else "" for name in ("first", "last")}
        return {"words": typed.get("words") or "", "account": typed.get("account") or "", **days}

    def payload(self) -> Payload:
        """What two people decide about; raises core.changes.errors.Refused as the service does."""
        typed = self.cleaned_data
        return takeouts.prepared(
            kind=typed["kind"],
            wanted=self.wanted,
            purpose=typed["purpose"],
            case=typed["case"],
            staff=self.user,
            now=self.now,
        )
