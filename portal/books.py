"""How bookings by hand are asked for, and what their movements are called. The books know neither page nor form."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.changes.kinds import Payload
from core.ui import amounts
from core.ui.forms import DateField, PortalForm, TextField
from ledger.changes import ENTRY, REVERSAL

KINDS = {
    ENTRY: gettext_lazy("Booking by the bank"),
    REVERSAL: gettext_lazy("Reversal by the bank"),
}
ROWS = 6
SIDES = (("debit", gettext_lazy("Debit")), ("credit", gettext_lazy("Credit")))


class _RowField(TextField):
    """Part of a row, not marked as optional and yet left empty; the form's `clean` knows when it is needed."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class EntryForm(PortalForm):
    """A double entry: each row one account, its debit or its credit. Rows left empty do not count."""

    business_date = DateField(label=gettext_lazy("Business date"))
    narrative = TextField(
        label=gettext_lazy("Narrative"), help_text=gettext_lazy("Stands on the statements."), max_length=200
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        self.initial.setdefault("business_date", timezone.localdate(now))
        for number in range(1, ROWS + 1):
            self.fields[f"account_{number}"] = _RowField(
                label=_("Account, line %(number)d") % {"number": number}, max_length=64
            )
            for side, word in SIDES:
                self.fields[f"{side}_{number}"] = _RowField(
                    label=_("%(side)s, line %(number)d") % {"side": word, "number": number},
                    max_length=40,
                )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the entry as the page draws them."""
        return [
            {"number": number, **{name: self[f"{name}_{number}"] for name in ("account", "debit", "credit")}}
            for number in range(1, ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.lines: list[dict[str, str]] = []
        for number in range(1, ROWS + 1):
            account = cleaned.get(f"account_{number}") or ""
            sides = {side: cleaned.get(f"{side}_{number}") or "" for side, _word in SIDES}
            given = [side for side in sides if sides[side]]
            if not account and not given:
                continue
            if not account:
                self.add_error(
                    f"account_{number}", ValidationError(_("Name the account of this line"), code="required")
                )
            elif len(given) != 1:
                self.add_error(
                    f"debit_{number}", ValidationError(_("Enter either a debit or a credit on this line"), code="side")
                )
            else:
                self._line(number, account, given[0], sides[given[0]])
        if not self.errors and len(self.lines) < 2:
            self.add_error(
                "account_1", ValidationError(_("A booking has at least one debit and one credit"), code="lines")
            )
        return cleaned

    def _line(self, number: int, account: str, side: str, typed: str) -> None:
        try:
            # Two decimals at most here; the account's own currency judges once more when the entry is looked at.
            minor = amounts.parse(typed, currency="CNY", exponent=2)
        except amounts.AmountError:
            self.add_error(
                f"{side}_{number}",
                ValidationError(_("Enter the amount in figures, for example 1,234.50"), code="amount"),
            )
            return
        self.lines.append(
            {"account": account, "side": side, "amount": f"{Decimal(minor).scaleb(-2):.2f}", "narrative": ""}
        )

    def payload(self) -> Payload:
        return {
            "business_date": self.cleaned_data["business_date"].isoformat(),
            "narrative": self.cleaned_data["narrative"],
            "lines": self.lines,
        }


class ReversalForm(PortalForm):
    """The entry to undo."""

    entry = forms.IntegerField(
        label=gettext_lazy("Number of the entry"),
        help_text=gettext_lazy("As it stands in the books, without the #."),
        min_value=1,
        max_value=2**62,
        error_messages={"invalid": gettext_lazy("An entry has a number, written in digits")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    business_date = DateField(label=gettext_lazy("Business date"))
    narrative = TextField(
        label=gettext_lazy("Narrative"), help_text=gettext_lazy("Stands on the statements."), max_length=200
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        self.initial.setdefault("business_date", timezone.localdate(now))

    def payload(self) -> Payload:
        return {
            "entry": self.cleaned_data["entry"],
            "business_date": self.cleaned_data["business_date"].isoformat(),
            "narrative": self.cleaned_data["narrative"],
        }
