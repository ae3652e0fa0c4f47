"""Fields that accept what people really type and say a sentence for each way it can be wrong."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.ui import amounts, dates, typed
from core.ui.forms.base import UNREADABLE


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


class TextField(forms.CharField):
    """One line of free text: invisible and direction-changing characters are taken out, spaces tidied."""

    def to_python(self, value: Any) -> Any:
        text = _text(value)
        if not typed.readable(text):
            raise ValidationError(UNREADABLE, code="unreadable")
        return super().to_python(" ".join(typed.visible(text).split()))


class NameField(forms.CharField):
    """A person's name as its document has it: rare characters stay, control and invisible ones go."""

    default_error_messages = {
        "no_letter": _("A name has at least one letter or character"),
    }

    def __init__(self, *, max_length: int = 120, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "name", "spellcheck": "false", **super().widget_attrs(widget)}

    def to_python(self, value: Any) -> Any:
        text = _text(value)
        if not typed.readable(text):
            raise ValidationError(UNREADABLE, code="unreadable")
        kept = typed.name(text)
        if kept and not any(char.isalpha() for char in kept):
            raise ValidationError(self.error_messages["no_letter"], code="no_letter")
        return super().to_python(kept)


class AmountField(forms.Field):
    """An amount of money in one currency; the cleaned value is an `int` of minor units.

    Give `currency` and `exponent` (decimals of the currency) where they are known, or call `in_currency` on the form's
    field once the account is: `self.fields["amount"].in_currency("JPY", 0)`. An initial value is minor units or text.
    """

    widget = forms.TextInput
    currency = "CNY"
    exponent = 2
    default_error_messages = {
        "required": _("Enter an amount"),
        "unreadable": UNREADABLE,
        "text": _("Enter the amount in figures, for example 1,234.50"),
        "negative": _("The amount cannot be below zero"),
        "zero": _("The amount must be more than zero"),
        "exponent": _("Write the amount out in full, for example 100000 instead of 1e5"),
        "grouping": _("Commas stand between thousands and a full stop before the decimals, for example 1,234.50"),
        "decimals": _("%(currency)s has at most %(exponent)s decimals"),
        "decimals_none": _("%(currency)s has no decimals: enter a whole number"),
        "too_long": _("The amount is too large: at most 15 digits before the decimals"),
        "currency": _("This amount is in %(currency)s: leave out other currencies"),
    }

    def __init__(self, *, currency: str = "CNY", exponent: int = 2, allow_zero: bool = False, **kwargs: Any) -> None:
        self.allow_zero = allow_zero
        super().__init__(**kwargs)
        self.in_currency(currency, exponent)

    def in_currency(self, currency: str, exponent: int) -> None:
        """Read and show amounts in this currency from now on."""
        self.currency, self.exponent = currency, exponent

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "input-amount",
            "maxlength": "60",
        }

    def to_python(self, value: Any) -> int | None:
        text = _text(value)
        try:
            return amounts.parse(text, currency=self.currency, exponent=self.exponent, allow_zero=self.allow_zero)
        except amounts.AmountError as error:
            if error.reason is amounts.Reason.EMPTY:
                return None
            code = error.reason.value
            if error.reason is amounts.Reason.DECIMALS and self.exponent == 0:
                code = "decimals_none"
            raise ValidationError(
                self.error_messages[code],
                code=code,
                params={"currency": self.currency, "exponent": self.exponent},
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as figures; what was typed is shown as it was typed."""
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{Decimal(value).scaleb(-self.exponent):,.{self.exponent}f}"
        return value


class CodeField(forms.CharField):
    """A one-time code of six digits; spaces and full-width digits are fine."""

    default_error_messages = {
        "required": _("Enter the code"),
        "code": _("The code has %(length)s digits"),
    }

    def __init__(self, *, length: int = 6, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "class": "input-code",
            "maxlength": "20",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> str:
        text = _text(value)
        if not typed.readable(text):
            raise ValidationError(UNREADABLE, code="unreadable")
        code = typed.without_spaces(typed.half_width(typed.visible(text))).replace("-", "")
        if code and not re.fullmatch(rf"[0-9]{{{self.length}}}", code):
            raise ValidationError(self.error_messages["code"], code="code", params={"length": self.length})
        return code


class AccountNumberField(forms.CharField):
    """An account number: spaces, dashes and full-width characters are fine; kept in capital letters without them."""

    default_error_messages = {
        "required": _("Enter the account number"),
        "characters": _("An account number has only letters and digits"),
        "short": _("The account number is too short: it has at least %(length)s characters"),
        "long": _("The account number is too long: it has at most %(length)s characters"),
    }

    def __init__(self, *, shortest: int = 4, longest: int = 34, **kwargs: Any) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "inputmode": "text",
            "autocomplete": "off",
            "class": "input-number",
            "maxlength": "80",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> str:
        text = _text(value)
        if not typed.readable(text):
            raise ValidationError(UNREADABLE, code="unreadable")
        number = re.sub(r"[-–—−]", "", typed.without_spaces(typed.half_width(typed.visible(text)))).upper()
        if not number:
            return ""
        if not re.fullmatch(r"[A-Z0-9]+", number):
            raise ValidationError(self.error_messages["characters"], code="characters")
        if len(number) < self.shortest:
            raise ValidationError(self.error_messages["short"], code="short", params={"length": self.shortest})
        if len(number) > self.longest:
            raise ValidationError(self.error_messages["long"], code="long", params={"length": self.longest})
        return number


class DateField(forms.Field):
    """A date in one box, typed as people type dates; the cleaned value is a `date`."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Enter a date"),
        "unreadable": UNREADABLE,
        "text": _("Enter the date as year, month, day, for example 1990-03-05"),
        "ambiguous": _("Start with the year, so that day and month cannot be confused, for example 1990-03-05"),
        "no_such_day": _("There is no such day in the calendar"),
        "early": _("The date is too early: it can be %(day)s at the earliest"),
        "late": _("The date is too late: it can be %(day)s at the latest"),
    }

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "off",
            "class": "input-date",
            "maxlength": "40",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        try:
            return dates.parse(_text(value))
        except dates.DateError as error:
            if error.reason is dates.Reason.EMPTY:
                return None
            raise ValidationError(self.error_messages[error.reason.value], code=error.reason.value) from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and self.earliest and value < self.earliest:
            raise ValidationError(self.error_messages["early"], code="early", params={"day": self.earliest.isoformat()})
        if value and self.latest and value > self.latest:
            raise ValidationError(self.error_messages["late"], code="late", params={"day": self.latest.isoformat()})

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value
