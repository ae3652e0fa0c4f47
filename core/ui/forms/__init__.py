"""Forms as the portal asks: the base class and the fields. docs/look.md shows how to use them."""

from core.ui.forms.base import PortalForm, PortalModelForm
from core.ui.forms.fields import (
    AccountNumberField,
    AmountField,
    CodeField,
    DateField,
    NameField,
    TextField,
)

__all__ = [
    "AccountNumberField",
    "AmountField",
    "CodeField",
    "DateField",
    "NameField",
    "PortalForm",
    "PortalModelForm",
    "TextField",
]
