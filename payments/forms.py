"""What the payments pages ask. The server is the judge; a cleaned form gives a frozen order."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from core.ui.forms import AccountNumberField, AmountField, NameField, PortalForm, TextField
from core.ui.templatetags.ui import amount
from ledger import money
from payments.services.transfers import Order

ACCOUNT, PAYEE = "account:", "payee:"


class Target(NamedTuple):
    """Whom an order pays: an own account or a payee, by public id."""

    prefix: str
    public_id: uuid.UUID


def currency_of(source: str, accounts: Sequence[HeldAccount]) -> str:
    """This function will give the currency of the account chosen, or of the first; "" where there is none."""
    chosen = next((account.currency for account in accounts if str(account.public_id) == source), "")
    return chosen or (accounts[0].currency if accounts else "")


def source_label(account: HeldAccount) -> SafeString:
    """This function will draw an account to pay from, with what it holds in a tag that the eye button covers."""
    available = amount(money.Money(account.available, account.currency))
    return format_html(
        '{} <span class="nowrap">{}</span><small>{}</small>',
        account.name,
        grouped(account.number),
        # Our own words around what the amount's own tag has drawn and escaped.
        format_html(gettext("%(available_html)s available").replace("%(available_html)s", "{}"), available),
    )


class TransferForm(PortalForm):
    """From where, to whom, how much, what for. The template draws it by hand; this only reads it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=_("Pay from"),
        error_messages={
            "required": _("Choose the account to pay from"),
            "invalid_choice": _("This account cannot be paid from. Choose one of your accounts"),
        },
    )
    to = forms.CharField(
        label=_("Pay to"),
        error_messages={
            "required": _("Choose who gets the money"),
            "invalid": _("This payee is not on your list. Choose one of your payees or accounts"),
        },
    )
    amount = AmountField(label=_("Amount"))
    memo = TextField(label=_("Memo"), required=False, max_length=100)

    def __init__(self, data: Any, *, accounts: Sequence[HeldAccount]) -> None:
        super().__init__(data)
        self.fields["source"].choices = [(str(account.public_id), "") for account in accounts]  # type: ignore[attr-defined]
        if currency := currency_of(data.get("source", ""), accounts):
            self.fields["amount"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]

    def clean_to(self) -> Target:
        """This method will read whom the order pays. Whether the customer may is for the service to say."""
        text: str = self.cleaned_data["to"]
        for prefix in (ACCOUNT, PAYEE):
            if text.startswith(prefix):
                try:
                    return Target(prefix, uuid.UUID(text.removeprefix(prefix)))
                except ValueError:
                    break
        raise forms.ValidationError(self.fields["to"].error_messages["invalid"], code="invalid")

    def order(self) -> Order:
        """This method will give the order of a valid form."""
        target: Target = self.cleaned_data["to"]
        return Order(
            source=uuid.UUID(self.cleaned_data["source"]),
            to_account=target.public_id if target.prefix == ACCOUNT else None,
            to_payee=target.public_id if target.prefix == PAYEE else None,
            amount=self.cleaned_data["amount"],
            memo=self.cleaned_data["memo"],
        )


class SumForm(PortalForm):
    """The large sum of a day, confirmed on purpose."""

    total = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    agree = forms.BooleanField(
        label=_("I know the payee and want to send this"),
        error_messages={
            "required": _("Tick the box if you want to send this. Otherwise leave this page: nothing moves")
        },
    )


class PayeeForm(PortalForm):
    """Whose account is to be paid."""

    number = AccountNumberField(label=_("Account number"), help_text=_("For example 8810 0000 1234 5678"))
    name = NameField(
        label=_("Name of the account holder"), help_text=_("As the bank knows them: we compare it with the account")
    )
    alias = TextField(
        label=_("Your own word for them"), help_text=_("For example “Landlord”"), required=False, max_length=60
    )


class EntryForm(PortalForm):
    """How a customer keeps a payee."""

    alias = TextField(label=_("Name in your list"), max_length=60)
    group = TextField(
        label=_("Group"),
        help_text=_("For example “Family”. The list can be narrowed to it"),
        required=False,
        max_length=30,
    )
    note = TextField(label=_("Your note"), help_text=_("Only you see it"), required=False, max_length=200)
    favourite = forms.BooleanField(label=_("Keep on top of the list"), required=False)


class LimitForm(PortalForm):
    """A limit in money; a number of transfers takes `CountForm`."""

    value = AmountField(label=_("New limit"), allow_zero=True)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]


class CountForm(PortalForm):
    """A limit in numbers of transfers."""

    value = forms.IntegerField(
        label=_("New limit"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter a number of transfers"),
            "invalid": _("Enter a whole number, for example 20"),
            "min_value": _("Enter a whole number, for example 20"),
            "max_value": _("Enter a smaller number"),
        },
    )


class CodeForm(PortalForm):
    """A receipt's verification code, typed from paper."""

    code = TextField(
        label=_("Verification code"), help_text=_("32 letters and figures, printed beside the QR code"), max_length=100
    )
