"""What the pages of this room ask. The server is the judge; a cleaned form gives frozen terms."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import HeldAccount
from core.ui.forms import AmountField, DateField, PortalForm, TextField
from ledger import money
from payments.forms import ACCOUNT, PAYEE, Target, currency_of
from payments.schedules import words
from payments.schedules.rhythm import Holiday, Unit
from payments.schedules.terms import Terms

# What is offered as a rhythm: the word of the form -> unit, every so many of them, on the last day of the month.
RHYTHMS: dict[str, tuple[Unit, int, bool]] = {
    "once": (Unit.ONCE, 1, False),
    "daily": (Unit.DAY, 1, False),
    "weekly": (Unit.WEEK, 1, False),
    "monthly": (Unit.MONTH, 1, False),
    "month_end": (Unit.MONTH, 1, True),
    "quarterly": (Unit.MONTH, 3, False),
    "half_yearly": (Unit.MONTH, 6, False),
    "yearly": (Unit.YEAR, 1, False),
}
LABELS = {
    "once": _("Once"),
    "daily": _("Every day"),
    "weekly": _("Every week"),
    "monthly": _("Every month"),
    "month_end": _("On the last day of every month"),
    "quarterly": _("Every three months"),
    "half_yearly": _("Every six months"),
    "yearly": _("Every year"),
}
BANK = "bank:"  # beside payments.forms.ACCOUNT and PAYEE: a payee at another bank
MOST_WEEKS = 52
OPEN, UNTIL, COUNT, TOTAL = "open", "until", "count", "total"
ENDINGS = {
    OPEN: _("When I end it"),
    UNTIL: _("After a date"),
    COUNT: _("After a number of payments"),
    TOTAL: _("When a sum has been paid"),
}


class KeptForm(PortalForm):
    """What a new order and a change both ask."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = AmountField(label=_("Amount"), help_text=_("Of each payment, for example 1,234.50"))
    memo = TextField(label=_("Memo"), required=False, max_length=100, help_text=_("The payee reads it too"))
    holiday = forms.ChoiceField(
        label=_("When a date is not a working day"),
        widget=forms.RadioSelect,
        choices=[(rule.value, label) for rule, label in words.HOLIDAY_LABELS.items()],
    )
    ends = forms.ChoiceField(label=_("It ends"), widget=forms.RadioSelect, choices=list(ENDINGS.items()))
    until = DateField(label=_("Last date"), required=False, help_text=_("Only with “After a date”"))
    count = forms.IntegerField(
        label=_("Number of payments"), required=False, min_value=1, max_value=9999,
        help_text=_("Only with “After a number of payments”"),
        error_messages={
            "invalid": _("Enter the number in figures"),
            "min_value": _("There is at least one payment"),
            "max_value": _("At most 9999 payments can be agreed at once"),
        },
    )  # fmt: skip
    total = AmountField(
        label=_("Sum in all"), required=False,
        help_text=_("Only with “When a sum has been paid”. The last payment is the rest"),
    )  # fmt: skip
    notice = forms.TypedChoiceField(label=_("Tell me before each payment"), coerce=int)

    def __init__(
        self, *args: Any, currency: str, today: date, notice_most: int, once: bool | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.once = today, once
        for name in ("amount", "total"):
            if currency:
                self.fields[name].in_currency(currency, money.exponent(currency))  # type: ignore[attr-defined]
        self.fields["notice"].choices = [  # type: ignore[attr-defined]
            (days, words.notice(days)) for days in range(notice_most + 1)
        ]
        self.fields["until"].error_messages["text"] = _("Enter the date as year, month, day, for example 2027-12-31")
        if once:
            for name in ("ends", "until", "count", "total"):
                del self.fields[name]

    def _is_once(self) -> bool:
        return bool(self.once)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._is_once():
            if cleaned.get("holiday") == Holiday.SKIP:
                self.add_error("holiday", _("A single payment cannot be left out. Choose another day for it"))
            return {**cleaned, "until": None, "count": None, "total": None}
        ends = cleaned.get("ends")
        for name, needed in (
            (UNTIL, _("Enter the last date on which it may be paid")),
            (COUNT, _("Enter how many payments there are")),
            (TOTAL, _("Enter the sum that is to be paid in all")),
        ):
            if name != ends:
                cleaned[name] = None
                self.errors.pop(name, None)
            elif cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, needed)
        total, amount = cleaned.get("total"), cleaned.get("amount")
        if total is not None and amount is not None and total < amount:
            self.add_error("total", _("The sum in all is less than one payment"))
        return cleaned


class ChangeForm(KeptForm):
    """What of an order that runs can be changed. Payee and rhythm are what it is: another one is another order."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def terms(self, before: Terms) -> Terms:
        """This method will give the changed terms of a valid form."""
        done = self.cleaned_data
        return Terms(
            source=before.source, to_account=before.to_account, to_payee=before.to_payee, to_bank=before.to_bank,
            amount=done["amount"], memo=done["memo"], unit=before.unit, starts_on=before.starts_on, every=before.every,
            last_day=before.last_day, holiday=Holiday(done["holiday"]), until=done["until"], count=done["count"],
            total=done["total"], notice_days=done["notice"],
        )  # fmt: skip


class ScheduleForm(KeptForm):
    """A new order: from where, to whom, how much, when, how often, until when."""

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
    rhythm = forms.ChoiceField(label=_("How often"), choices=list(LABELS.items()))
    weeks = forms.IntegerField(
        label=_("Every how many weeks"), required=False, min_value=1, max_value=MOST_WEEKS,
        help_text=_("Only with “Every week”: 2 is every second week"),
        error_messages={
            "invalid": _("Enter the number in figures"),
            "min_value": _("Enter 1 for every week, 2 for every second one"),
            "max_value": _("At most 52 weeks can lie between two payments"),
        },
    )  # fmt: skip
    starts_on = DateField(label=_("First date"), help_text=_("For example 2026-12-31"))

    field_order = (
        "key", "source", "to", "amount", "memo", "rhythm", "weeks", "starts_on", "holiday", "ends", "until", "count",
        "total", "notice",
    )  # fmt: skip

    def __init__(
        self, *args: Any, accounts: Sequence[HeldAccount], targets: Sequence[tuple[Any, Any]], **kwargs: Any
    ) -> None:
        data = kwargs.get("data") or {}
        currency = currency_of(data.get("source", ""), accounts)
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (str(account.public_id), words.account(account)) for account in accounts
        ]
        self.fields["to"].choices = [("", _("Choose")), *targets]  # type: ignore[attr-defined]
        self.fields["starts_on"].error_messages["text"] = _(
            "Enter the date as year, month, day, for example 2026-12-31"
        )

    def _is_once(self) -> bool:
        return self.cleaned_data.get("rhythm") == "once"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._is_once():
            for name in ("until", "count", "total", "weeks"):
                self.errors.pop(name, None)
        if cleaned.get("rhythm") != "weekly":
            cleaned["weeks"] = None
            self.errors.pop("weeks", None)
        if cleaned.get("rhythm") == "daily" and cleaned.get("holiday") in {Holiday.BEFORE, Holiday.AFTER}:
            self.add_error(
                "holiday", _("With a payment every day, several would fall on one. Choose that day, or not at all")
            )
        starts_on, until = cleaned.get("starts_on"), cleaned.get("until")
        if starts_on and until and until < starts_on:
            self.add_error("until", _("The last date comes before the first one"))
        return cleaned

    def terms(self) -> Terms:
        """This method will give the terms of a valid form."""
        done = self.cleaned_data
        unit, every, last_day = RHYTHMS[done["rhythm"]]
        target = target_of(done["to"])
        return Terms(
            source=uuid.UUID(done["source"]),
            to_account=target.public_id if target.prefix == ACCOUNT else None,
            to_payee=target.public_id if target.prefix == PAYEE else None,
            to_bank=target.public_id if target.prefix == BANK else None,
            amount=done["amount"], memo=done["memo"], unit=unit, starts_on=done["starts_on"],
            every=done["weeks"] or every, last_day=last_day, holiday=Holiday(done["holiday"]), until=done["until"],
            count=done["count"], total=done["total"], notice_days=done["notice"],
        )  # fmt: skip


def target_of(text: str) -> Target:
    """This function will read whom one of the form's choices pays."""
    prefix = next(each for each in (ACCOUNT, BANK, PAYEE) if text.startswith(each))
    return Target(prefix, uuid.UUID(text.removeprefix(prefix)))
