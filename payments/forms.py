"""What the payments pages ask. The server is the judge; a cleaned form gives a frozen order."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import HeldAccount
from core.ui.forms import AccountNumberField, AmountField, NameField, PortalForm, TextField
from ledger import money
from payments.queries import KnownPayee
from payments.services.transfers import Order

ACCOUNT, PAYEE = "account:", "payee:"


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
    to = forms.ChoiceField(
        label=_("Pay to"),
        error_messages={
            "required": _("Choose who gets the money"),
            "invalid_choice": _("This payee is not on your list. Choose one of your payees or accounts"),
        },
    )
    amount = AmountField(label=_("Amount"))
    memo = TextField(label=_("Memo"), required=False, max_length=100)

    def __init__(
        self, data: Any, *, accounts: Sequence[HeldAccount], payees: Sequence[KnownPayee], initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["source"].choices = [(str(account.public_id), "") for account in accounts]  # type: ignore[attr-defined]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            *((f"{ACCOUNT}{account.public_id}", "") for account in accounts),
            *((f"{PAYEE}{payee.public_id}", "") for payee in payees),
        ]
        chosen = (data or {}).get("source") or (initial or {}).get("source")
        currency = next((a.currency for a in accounts if str(a.public_id) == chosen), "")
        if not currency and accounts:
            currency = accounts[0].currency
        if currency:
            self.fields["amount"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]

    def order(self) -> Order:
        """This method will give the order of a valid form."""
        source, to = self.cleaned_data["source"], self.cleaned_data["to"]
        own = to.startswith(ACCOUNT)
        target = uuid.UUID(to.removeprefix(ACCOUNT if own else PAYEE))
        return Order(
            source=uuid.UUID(source),
            to_account=target if own else None,
            to_payee=None if own else target,
            amount=self.cleaned_data["amount"],
            memo=self.cleaned_data["memo"],
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


class RenameForm(PortalForm):
    """How a customer calls a payee."""

    alias = TextField(label=_("Name in your list"), max_length=60)


class CodeForm(PortalForm):
    """A receipt's verification code, typed from paper."""

    code = TextField(label=_("Verification code"), help_text=_("32 letters and figures, printed beside the QR code"))
