"""What is asked on the pages about papers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements.models import MovementFile
from core.ui.forms import DateField, PortalForm, TextField


class CertificateForm(PortalForm):
    """Which accounts, at the end of which day. `key` makes a form sent twice one certificate."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    accounts = forms.MultipleChoiceField(
        label=_("Which accounts?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one account")},
    )
    day = DateField(
        label=_("At the end of which day?"),
        help_text=_("Yesterday at the latest: a day is certified when it is over."),
        error_messages={
            "late": _("This day is not over yet. Choose yesterday or an earlier day."),
            "text": _("Enter the date as year, month, day, for example 2026-12-31"),
        },
    )

    def __init__(self, *args: Any, held: Sequence[HeldAccount], latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(account.public_id): account for account in held}
        choose, day = self.fields["accounts"], self.fields["day"]
        assert isinstance(choose, forms.MultipleChoiceField) and isinstance(day, DateField)  # noqa: S101, PT018
        choose.choices = [
            (key, f"{account.name} {grouped(account.number)} ({account.currency})")
            for key, account in self.held.items()
        ]
        day.latest = latest

    @property
    def chosen(self) -> list[HeldAccount]:
        """The accounts that were chosen, in the order they are held."""
        return [account for key, account in self.held.items() if key in self.cleaned_data["accounts"]]


class SearchNameForm(PortalForm):
    """How a customer calls a search."""

    name = TextField(
        label=_("Name of the search"),
        help_text=_("Such as: rent last month"),
        max_length=40,
        error_messages={"required": _("Give the search a name")},
    )


class FileForm(PortalForm):
    """Which kind of file. `key` makes a form sent twice one file."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Which kind of file?"), choices=MovementFile.Kind.choices, widget=forms.RadioSelect
    )
