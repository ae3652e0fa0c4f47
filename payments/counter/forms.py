"""What the counter's pages ask. Drawn for the keyboard: the first field has the focus, Enter goes on."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import HeldAccount
from core.changes.kinds import Payload
from core.reviews.subject import Person
from core.ui import formats
from core.ui.forms import AccountNumberField, AmountField, NameField, PortalForm, TextField
from ledger.money import Money, exponent
from payments.counter import denominations
from payments.counter.models import Delivery, Operation, Till, Visit
from payments.counter.services.operations import Order
from payments.counter.services.visits import Sighted


class CountForm(PortalForm):
    """How many of each note and coin. An empty box is none."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for face in denominations.FACES[currency]:
            self.fields[f"n{face}"] = forms.IntegerField(
                label=formats.amount(Money(face, currency).decimal, currency),
                required=False,
                min_value=0,
                max_value=denominations.MOST,
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-count", "data-face": face}
                ),
                error_messages={
                    "invalid": gettext_lazy("Enter a whole number of pieces, for example 20"),
                    "min_value": gettext_lazy("Enter a whole number of pieces, for example 20"),
                    "max_value": gettext_lazy("Enter a smaller number"),
                },
            )

    @property
    def faces(self) -> list[Any]:
        """The boxes of the count, largest note first."""
        return [self[f"n{face}"] for face in denominations.FACES[self.currency]]

    @property
    def symbol(self) -> str:
        """What stands before an amount of this currency, for the sum that is shown while typing."""
        return formats.amount(Money.zero(self.currency).decimal, self.currency).rstrip("0123456789.,")

    def counted(self) -> dict[str, int]:
        """This method will give the count of a valid form, by face in minor units."""
        faces = ((face, self.cleaned_data.get(f"n{face}")) for face in denominations.FACES[self.currency])
        return {str(face): pieces for face, pieces in faces if pieces}


class TakeForm(CountForm):
    """A till, and the float that comes with it."""

    till = forms.ChoiceField(label=gettext_lazy("Till"), error_messages={"required": gettext_lazy("Choose a till")})

    def __init__(self, *args: Any, tills: Sequence[Till], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["till"].choices = [(str(till.public_id), str(till)) for till in tills]  # type: ignore[attr-defined]

    @property
    def till_id(self) -> uuid.UUID:
        return uuid.UUID(self.cleaned_data["till"])


class DeliveryForm(CountForm):
    """Cash between vault and till in the course of the day."""

    direction = forms.ChoiceField(
        label=gettext_lazy("Which way"),
        choices=Delivery.Direction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which way the cash goes")},
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not self.counted():
            raise forms.ValidationError(_("Count at least one note or coin"))
        return typed


class ReasonForm(PortalForm):
    """Why: of a difference, of a refusal, of undoing."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("In a sentence. Colleagues decide by it, and auditors read it years from now."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why, in a sentence")},
    )


class FindForm(PortalForm):
    """Whom the teller has before them: one whole number, and the document they hold in hand."""

    number = TextField(
        label=gettext_lazy("Account number, mobile number or document number"),
        help_text=gettext_lazy("The whole number; there is no list to look through."),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )
    document_kind = forms.ChoiceField(label=gettext_lazy("Document"), choices=Visit.DocumentKind.choices)
    ending = TextField(
        label=gettext_lazy("Its last four characters"),
        min_length=4,
        max_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "input-code"}),
        error_messages={
            "min_length": gettext_lazy("Enter the last four characters of the document"),
            "max_length": gettext_lazy("Enter the last four characters of the document"),
        },
    )
    sighted = forms.BooleanField(
        label=gettext_lazy("I hold the document in my hand, and the face is that of the person before me"),
        error_messages={"required": gettext_lazy("Sight the document before you go on")},
    )

    def __init__(self, *args: Any, asks_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_reason:
            self.fields["reason"] = TextField(
                label=gettext_lazy("Why you open this record"),
                help_text=gettext_lazy("The record is protected: what you write is kept and read by auditors."),
                max_length=500,
            )

    def given(self) -> Sighted:
        """This method will give the document of a valid form."""
        return Sighted(self.cleaned_data["document_kind"], self.cleaned_data["ending"])


class OperationForm(PortalForm):
    """What the customer wants, of one kind. The template draws it by hand."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    account = forms.ChoiceField(
        label=gettext_lazy("Account"),
        error_messages={
            "required": gettext_lazy("Choose the customer's account"),
            "invalid_choice": gettext_lazy("This account is not one the customer may dispose of"),
        },
    )
    to = AccountNumberField(label=gettext_lazy("Payee's account number"))
    payee_name = NameField(
        label=gettext_lazy("Payee's name"),
        help_text=gettext_lazy("As the customer says it: number and name must agree."),
    )
    amount = AmountField(label=gettext_lazy("Amount"))
    cash_note = TextField(
        label=gettext_lazy("Where the cash comes from or goes to"),
        help_text=gettext_lazy(
            "Asked only of large sums where the bank sees a risk; otherwise what the customer tells."
        ),
        required=False,
        max_length=200,
    )
    memo = TextField(label=gettext_lazy("Memo"), required=False, max_length=100)

    def __init__(self, *args: Any, kind: str, accounts: Sequence[HeldAccount], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == Operation.Kind.TRANSFER:
            del self.fields["cash_note"]
        else:
            del self.fields["to"], self.fields["payee_name"]
        self.fields["account"].choices = [(str(one.public_id), _named(one)) for one in accounts]  # type: ignore[attr-defined]
        self.fields["amount"].in_currency(currency, exponent(currency))  # type: ignore[attr-defined]
        first = "to" if kind == Operation.Kind.TRANSFER else "amount"
        self.fields[first].widget.attrs["autofocus"] = True

    def order(self) -> Order:
        """This method will give what a valid form asks for."""
        typed = self.cleaned_data
        return Order(
            kind=self.kind,
            account=uuid.UUID(typed["account"]),
            amount=typed["amount"],
            to=typed.get("to", ""),
            payee_name=typed.get("payee_name", ""),
            memo=typed["memo"],
            cash_note=typed.get("cash_note", ""),
        )


def _named(account: HeldAccount) -> str:
    left = formats.amount(Money(account.available, account.currency).decimal, account.currency)
    return f"{account.number} · {account.class_name} · {left}"


class NoteForm(PortalForm):
    """What the teller tells the colleague who approves."""

    note = TextField(label=gettext_lazy("For the colleague who approves"), required=False, max_length=300)


class AskedAtTheCounter(PortalForm):
    """The form that core.changes asks for. What takes a second person begins at the counter and is asked for there."""

    record = forms.UUIDField(label=gettext_lazy("Record"))

    def __init__(self, *args: Any, user: Person, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError(_("This is asked for at the counter, on the page of the operation or of the till."))

    def payload(self) -> Payload:
        """This method is never reached: `clean` leads to the counter."""
        raise NotImplementedError
