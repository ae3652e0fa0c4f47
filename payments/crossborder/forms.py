"""What the pages of payments abroad ask. A cleaned form gives a frozen order."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import HeldAccount
from core.ui.forms import AccountNumberField, AmountField, NameField, PortalForm, TextField
from ledger import money
from payments.crossborder import correspondents, countries, ibans, sentences
from payments.crossborder.fees import Charges
from payments.crossborder.models import PayeeAbroad
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.services.drafts import PAYEE_SIDE, PAYER_SIDE, Order
from payments.crossborder.services.payees import NewPayee
from payments.forms import source_label

LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-ſ0-9 .,'’()/&+:-]+")  # what banks on the way can read
SIDES = (
    (PAYEE_SIDE, _("The payee shall get exactly this")),
    (PAYER_SIDE, _("I want to spend exactly this, without our fee")),
)
CHARGES = (
    (Charges.SHA.value, _("Each pays their own side (SHA): you our fee, the payee what banks on the way take")),
    (Charges.OUR.value, _("I pay all fees (OUR): the payee gets the whole amount")),
    (Charges.BEN.value, _("The payee pays all fees (BEN): ours is taken out of the amount, too")),
)


def _latin(text: str) -> str:
    if text and not LATIN.fullmatch(text):
        raise ValidationError(
            gettext("Write it in Latin letters, as the payee's bank knows it: banks on the way read no others"),
            code="latin",
        )
    return text


class CountryForm(PortalForm):
    """In which country the payee's bank is: it decides what the account number looks like."""

    country = forms.ChoiceField(
        label=_("Country or region of the payee's bank"),
        error_messages={
            "required": _("Choose the country of the payee's bank"),
            "invalid_choice": _("Choose a country from the list"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Choose")), *countries.choices(get_language() or "")]  # type: ignore[attr-defined]


class PayeeForm(PortalForm):
    """A payee abroad: who they are, where they live, where their account is."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    bank_country = forms.CharField(widget=forms.HiddenInput, max_length=2)
    name = NameField(
        label=_("Name of the account holder"),
        help_text=_("In Latin letters, as their bank knows them"),
        error_messages={"required": _("Enter the payee's name")},
    )
    address = TextField(
        label=_("Address"),
        help_text=_("Street, number, postcode and town in Latin letters"),
        max_length=140,
        error_messages={"required": _("Enter the payee's address: payments abroad must carry it")},
    )
    country = forms.ChoiceField(
        label=_("Country or region where the payee lives"),
        error_messages={
            "required": _("Choose where the payee lives"),
            "invalid_choice": _("Choose a country from the list"),
        },
    )
    number = TextField(label=_("IBAN"), max_length=60, error_messages={"required": _("Enter the account number")})
    bic = TextField(label=_("BIC of the payee's bank"), max_length=20, required=False)

    def __init__(self, *args: Any, where: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.where, self.has_iban = where, ibans.uses_iban(where)
        self.fields["country"].choices = [("", _("Choose")), *countries.choices(get_language() or "")]  # type: ignore[attr-defined]
        if self.has_iban:
            self.fields["number"].help_text = gettext("%(length)d characters, beginning with %(code)s") % {
                "length": ibans.length_of(where),
                "code": ibans.WITHIN.get(where, where),
            }
            self.fields["bic"].help_text = gettext(
                "8 or 11 characters. Leave it out if you do not know it: we look it up"
            )
        else:
            self.fields["number"].label = gettext("Account number")
            self.fields["bic"].required = True
            self.fields["bic"].help_text = gettext("8 or 11 characters, also called SWIFT code. The payee knows it")
            self.fields["bic"].error_messages["required"] = gettext("Enter the BIC of the payee's bank")

    def clean_name(self) -> str:
        """This method will refuse what banks abroad cannot read."""
        return _latin(self.cleaned_data["name"])

    def clean_address(self) -> str:
        """This method will refuse what banks abroad cannot read."""
        return _latin(self.cleaned_data["address"])

    def clean_number(self) -> str:
        """This method will judge the number as accounts in the country have it."""
        typed: str = self.cleaned_data["number"]
        plain = ibans.compact(typed)
        if self.has_iban or (ibans.length_of(self.where) and plain[:2] == self.where):
            try:
                return ibans.iban(typed, country=self.where)
            except ibans.NumberRefused as refusal:
                raise ValidationError(sentences.of_number(refusal, where=self.where), code="iban") from None
        number: str = AccountNumberField(shortest=4, longest=34).clean(typed)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number = cleaned.get("number")
        if number is None or "bic" not in cleaned:
            return cleaned
        self.is_iban = bool(self.has_iban or (ibans.length_of(self.where) and number[:2] == self.where))
        try:
            found = ibans.bank(cleaned["bic"], country=self.where) if cleaned["bic"] else ibans.bank_of(number)
        except ibans.NumberRefused as refusal:
            self.add_error("bic", sentences.of_bic(refusal, where=self.where))
            return cleaned
        if found is None:
            self.add_error("bic", gettext("We do not find the bank of this IBAN. Enter its BIC"))
            return cleaned
        self.bank = found
        return cleaned

    def payee(self) -> NewPayee:
        """This method will give the payee of a valid form."""
        typed = self.cleaned_data
        return NewPayee(
            name=typed["name"], address=typed["address"], country=typed["country"], bank_country=self.where,
            is_iban=self.is_iban, number=typed["number"], bic=self.bank.bic, bank_name=self.bank.name,
        )  # fmt: skip


class AbroadForm(PortalForm):
    """From where, to whom, how much on which side, who pays the fees, what for."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    payee = forms.ChoiceField(
        label=_("Pay to"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who gets the money"),
            "invalid_choice": _("This payee is no longer on your list. Choose another"),
        },
    )
    source = forms.ChoiceField(
        label=_("Pay from"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the account to pay from"),
            "invalid_choice": _("This account cannot be paid from. Choose one of your accounts"),
        },
    )
    currency = forms.ChoiceField(
        label=_("Currency the payee gets"),
        error_messages={
            "required": _("Choose the currency"),
            "invalid_choice": _("We do not send this currency abroad. Choose one from the list"),
        },
    )
    side = forms.ChoiceField(
        label=_("What is the amount?"),
        choices=SIDES,
        widget=forms.RadioSelect,
        help_text=_("Both sides, the rate and the fee are shown before anything moves"),
        error_messages={"required": _("Choose one of the two"), "invalid_choice": _("Choose one of the two")},
    )
    amount = AmountField(label=_("Amount"), help_text=_("For example 1,234.50 or 1.5万"))
    charges = forms.ChoiceField(
        label=_("Who pays the fees?"),
        choices=CHARGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who pays the fees"), "invalid_choice": _("Choose one of the three")},
    )
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        error_messages={
            "required": _("Choose what the money is for"),
            "invalid_choice": _("Choose a purpose from the list"),
        },
    )
    purpose_note = TextField(
        label=_("What exactly?"),
        help_text=_("For example “Tuition, autumn term 2026, University of Leeds”"),
        max_length=200,
        error_messages={"required": _("Say in a few words what exactly the money is for")},
    )
    memo = TextField(
        label=_("Message to the payee"),
        help_text=_("In Latin letters, for example an invoice number"),
        required=False,
        max_length=100,
    )

    def __init__(
        self, *args: Any, accounts: Sequence[HeldAccount], payees: Sequence[PayeeAbroad], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._held = {str(account.public_id): account for account in accounts}
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (key, source_label(account)) for key, account in self._held.items()
        ]
        self.fields["payee"].choices = [  # type: ignore[attr-defined]
            (
                str(one.public_id),
                f"{one.name} · {sentences.country(one.bank_country)} · {ibans.shown(one.number, is_iban=one.is_iban)}",
            )
            for one in payees
        ]
        self.fields["currency"].choices = [("", _("Choose")), *((c, c) for c in correspondents.all_of_them())]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [("", _("Choose")), *((p.code, p.label) for p in PURPOSES.values())]  # type: ignore[attr-defined]
        self._read_amount_in()

    def _read_amount_in(self) -> None:
        """Read the amount in the currency of the side it was given for."""
        said = self.data if self.is_bound else self.initial
        account = self._held.get(str(said.get("source") or ""))
        wanted = said.get("currency") or ""
        if said.get("side") == PAYER_SIDE and account is not None:
            wanted = account.currency
        known = wanted in money.EXPONENTS  # before one is chosen no currency stands beside the amount
        self.fields["amount"].in_currency(wanted if known else "", money.exponent(wanted) if known else 2)  # type: ignore[attr-defined]

    def clean_memo(self) -> str:
        """This method will refuse what banks abroad cannot read."""
        return _latin(self.cleaned_data["memo"])

    def order(self) -> Order:
        """This method will give the order of a valid form."""
        typed = self.cleaned_data
        return Order(
            source=uuid.UUID(typed["source"]),
            payee=uuid.UUID(typed["payee"]),
            currency=typed["currency"],
            side=typed["side"],
            given=typed["amount"],
            charges=Charges(typed["charges"]),
            purpose=typed["purpose"],
            purpose_note=typed["purpose_note"],
            memo=typed["memo"],
        )


class DeclarationForm(PortalForm):
    """The declaration that goes with every payment abroad."""

    declare = forms.BooleanField(
        label=_(
            "I declare that purpose and documents are true, that the money is mine, that it is not for property, "
            "securities or life insurance abroad, and that I do not lend or borrow anybody's quota"
        ),
        error_messages={"required": _("Tick the declaration if it is true. Otherwise leave this page: nothing moves")},
    )


class LargeSumForm(PortalForm):
    """The large sum of a day, confirmed on purpose beside the code."""

    agree = forms.BooleanField(
        label=_("I know the payee and want to send this"),
        error_messages={
            "required": _("Tick the box if you want to send this. Otherwise leave this page: nothing moves")
        },
    )


class PaperForm(PortalForm):
    """One document: a photo or a PDF. The gate judges it."""

    document = forms.FileField(
        label=_("Document that proves what it is for"),
        help_text=_("A photo (JPEG, PNG, WEBP) or a PDF without a password"),
        error_messages={
            "required": _("Choose a document"),
            "missing": _("Choose a document"),
            "empty": _("This file is empty. Choose another"),
        },
    )
