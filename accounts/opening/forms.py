"""Which class, and bound to which account."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.numbers import grouped
from accounts.opening.currencies import Offer
from accounts.queries import NAMES, HeldAccount
from core.ui.forms import PortalForm


class ChooseForm(PortalForm):
    """The class of the new account; the account it is bound to is asked only where there is a choice."""

    account_class = forms.ChoiceField(
        label=_("Which account would you like?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an account"), "invalid_choice": _("Choose an account from the list")},
    )
    bound_to = forms.ChoiceField(
        label=_("Bound to"),
        help_text=_("Money moves between the two without counting towards the limits."),
        error_messages={"required": _("Choose an account"), "invalid_choice": _("Choose an account from the list")},
    )

    def __init__(self, *args: Any, classes: Sequence[str], accounts: Sequence[HeldAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen, bound = self.fields["account_class"], self.fields["bound_to"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(bound, forms.ChoiceField)  # noqa: S101
        chosen.choices = [(one, NAMES[one]) for one in classes]
        bound.choices = [(str(one.public_id), f"{one.name} · {grouped(one.number)}") for one in accounts]
        if len(accounts) == 1:
            bound.widget = forms.HiddenInput()
            bound.initial = str(accounts[0].public_id)


class CurrencyForm(PortalForm):
    """The currency of a new account; those the customer has one in are not asked for."""

    currency = forms.ChoiceField(
        label=_("Which currency?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a currency"), "invalid_choice": _("Choose a currency from the list")},
    )

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(one.currency, one.currency) for one in offers if not one.number]


class KeyForm(forms.Form):
    """The form's own key, so that a double click opens one account."""

    key = forms.UUIDField()

    @classmethod
    def read(cls, data: Any) -> uuid.UUID:
        """This method will give the key that came along, or a new one."""
        form = cls(data)
        return form.cleaned_data["key"] if form.is_valid() else uuid.uuid4()
