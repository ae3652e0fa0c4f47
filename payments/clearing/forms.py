"""What the pages of payments to other banks ask. A cleaned form gives a frozen order."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.queries import HeldAccount
from core.ui.forms import AccountNumberField, AmountField, NameField, PortalForm, TextField
from ledger import money
from payments.clearing import banks
from payments.clearing.paths import Mode
from payments.clearing.services.payments import Order
from payments.forms import currency_of, source_label

MODES = (
    (Mode.REAL_TIME.value, _("At once: it cannot be taken back")),
    (Mode.ORDINARY.value, _("In two hours: you can take it back until then")),
    (Mode.NEXT_DAY.value, _("On the next day: you can take it back until then")),
)


class BankPaymentForm(PortalForm):
    """From where, to whom at which bank, how much, when."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=_("Pay from"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the account to pay from"),
            "invalid_choice": _("This account cannot be paid from. Choose one of your accounts"),
        },
    )
    name = NameField(
        label=_("Name of the account holder"),
        help_text=_("As their bank knows them: it sends the money back when the name is another"),
        error_messages={"required": _("Enter the payee's name")},
    )
    number = AccountNumberField(label=_("Account or card number"), shortest=6, longest=32)
    bank = forms.ChoiceField(
        label=_("Bank"),
        error_messages={
            "required": _("Choose the payee's bank"),
            "invalid_choice": _("We do not reach this bank. Choose one from the list"),
        },
    )
    amount = AmountField(label=_("Amount"), help_text=_("For example 1,234.50 or 1.5万"))
    mode = forms.ChoiceField(
        label=_("When shall it leave?"),
        choices=MODES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose when the money shall leave"),
            "invalid_choice": _("Choose one of the three"),
        },
    )
    memo = TextField(label=_("Memo"), help_text=_("The payee reads it too"), required=False, max_length=100)
    keep = forms.BooleanField(label=_("Keep this payee on my list"), required=False)

    def __init__(self, *args: Any, accounts: Sequence[HeldAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = (self.data.get("source") or "") if self.is_bound else str(self.initial.get("source") or "")
        currency = currency_of(chosen, accounts)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (str(account.public_id), source_label(account)) for account in accounts
        ]
        language = get_language() or ""
        self.fields["bank"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((bank.code, bank.name(language)) for bank in banks.directory().values()),
        ]
        if currency:
            self.fields["amount"].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]

    def order(self) -> Order:
        """This method will give the order of a valid form."""
        typed = self.cleaned_data
        return Order(
            source=uuid.UUID(typed["source"]),
            bank=typed["bank"],
            number=typed["number"],
            name=typed["name"],
            amount=typed["amount"],
            mode=Mode(typed["mode"]),
            memo=typed["memo"],
            keep_payee=typed["keep"],
        )


class LargeSumForm(PortalForm):
    """The large sum of a day, confirmed on purpose beside the code."""

    agree = forms.BooleanField(
        label=_("I know the payee and want to send this"),
        error_messages={
            "required": _("Tick the box if you want to send this. Otherwise leave this page: nothing moves")
        },
    )
