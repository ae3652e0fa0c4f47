"""What the pages of this room ask. The server is the judge; a cleaned form gives frozen values."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from core.ui.forms import AmountField, DateField, PortalForm, TextField
from ledger import money
from payments.forms import currency_of
from payments.requests.models import MoneyRequest
from payments.requests.services.asking import Ask
from payments.requests.services.paying import Pay

ANYBODY, ONE = "anybody", "one"


def named(accounts: Sequence[HeldAccount]) -> list[tuple[str, str]]:
    """This function will offer accounts by what their holder calls them."""
    return [(str(account.public_id), f"{account.name} {grouped(account.number)}") for account in accounts]


class AskForm(PortalForm):
    """How much, what for, onto which account, until when, from whom."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = AmountField(
        label=_("Amount"),
        required=False,
        help_text=_("Of each who pays. Leave it empty if they are to decide"),
    )
    words = TextField(
        label=_("What it is for"),
        max_length=60,
        help_text=_("Whoever opens the link reads it, signed in or not"),
        error_messages={"required": _("Say in a few words what it is for, for example “Dinner on Friday”")},
    )
    destination = forms.ChoiceField(
        label=_("Onto my account"),
        error_messages={
            "required": _("Choose the account that gets the money"),
            "invalid_choice": _("This account cannot get the money. Choose one of your accounts"),
        },
    )
    who = forms.ChoiceField(
        label=_("Who is to pay"),
        widget=forms.RadioSelect,
        choices=[(ANYBODY, _("Whoever I give the link")), (ONE, _("One customer of this bank"))],
    )
    people = forms.IntegerField(
        label=_("How many people"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Each pays once. You see who has"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Enter the number in figures"),
            "min_value": _("At least one person pays"),
            "max_value": _("That is more than can be asked at once. Enter a smaller number"),
        },
    )
    address = TextField(
        label=_("Their mobile number or account number"),
        required=False,
        max_length=40,
        help_text=_("They are told if they are a customer here. We do not say whether they are"),
    )
    last_day = DateField(label=_("Until"), help_text=_("The last day on which it can be paid"))

    def __init__(self, *args: Any, accounts: Sequence[HeldAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = (self.data.get("destination") or "") if self.is_bound else str(self.initial.get("destination") or "")
        self.fields["destination"].choices = named(accounts)  # type: ignore[attr-defined]
        self.fields["last_day"].error_messages["text"] = _("Enter the date as year, month, day, for example 2026-12-31")
        if currency := currency_of(chosen, accounts):
            self.fields["amount"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("who") == ONE:
            self.errors.pop("people", None)
            cleaned["people"] = 1
            if not cleaned.get("address") and "address" not in self.errors:
                self.add_error("address", _("Enter the mobile number or the account number of who is to pay"))
        else:
            self.errors.pop("address", None)
            cleaned["address"] = ""
        return cleaned

    def ask(self) -> Ask:
        """This method will give what a valid form asks for."""
        done = self.cleaned_data
        return Ask(
            destination=uuid.UUID(done["destination"]),
            amount=done["amount"],
            words=done["words"],
            last_day=done["last_day"],
            people=done["people"] or 1,
            address=done["address"],
        )


class PayForm(PortalForm):
    """From which account a request is paid; how much, where that is open; and that the payer knows who asks."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=_("Pay from"),
        error_messages={
            "required": _("Choose the account to pay from"),
            "invalid_choice": _("This account cannot be paid from. Choose one of your accounts"),
        },
    )
    amount = AmountField(label=_("Amount"), help_text=_("For example 1,234.50 or 1.5万"))
    sure = forms.BooleanField(
        label=_("I know who is asking, and I have asked them on a way I have known for long"),
        error_messages={
            "required": _("Tick the box if you are sure who is asking. Otherwise leave this page: nothing moves")
        },
    )

    def __init__(
        self, *args: Any, accounts: Sequence[HeldAccount], open_amount: bool, stranger: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = named(accounts)  # type: ignore[attr-defined]
        if not open_amount:
            del self.fields["amount"]
        elif accounts:
            currency = accounts[0].currency
            self.fields["amount"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]
        if not stranger:
            del self.fields["sure"]

    def pay(self) -> Pay:
        """This method will give what a valid form pays."""
        done = self.cleaned_data
        return Pay(source=uuid.UUID(done["source"]), amount=done.get("amount"), sure=bool(done.get("sure")))


class DeclineForm(PortalForm):
    """Why a request is not paid, and whether its asker may ask again."""

    reason = forms.ChoiceField(label=_("Reason"), choices=MoneyRequest.Reason.choices, widget=forms.RadioSelect)
    never_again = forms.BooleanField(label=_("Do not let this person ask me again"), required=False)


class TemplateForm(PortalForm):
    """By what name a template is kept, and whether on top."""

    name = TextField(
        label=_("Name of the template"),
        max_length=40,
        help_text=_("For example “Rent”"),
        error_messages={"required": _("Give the template a name")},
    )
    favourite = forms.BooleanField(label=_("Keep on top of the list"), required=False)
