"""What the exchange page asks. The server is the judge; a cleaned form gives a frozen order."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from core.ui.forms import AmountField, PortalForm, TextField
from ledger import money
from payments.exchange.models import Quote
from payments.exchange.services.exchanges import Order

BOTH = gettext_lazy("Fill in one of the two amounts; we work out the other")


class ExchangeForm(PortalForm):
    """From where, to where, and one of two amounts."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=gettext_lazy("From account"),
        error_messages={
            "required": gettext_lazy("Choose the account to exchange from"),
            "invalid_choice": gettext_lazy("This account cannot be exchanged from. Choose one of your accounts"),
        },
    )
    destination = forms.ChoiceField(
        label=gettext_lazy("To account"),
        error_messages={
            "required": gettext_lazy("Choose the account to exchange to"),
            "invalid_choice": gettext_lazy("This account cannot be exchanged to. Choose one of your accounts"),
        },
    )
    sell = AmountField(label=gettext_lazy("You give"))
    buy = AmountField(label=gettext_lazy("You receive"))
    memo = TextField(label=gettext_lazy("Memo"), required=False, max_length=100)

    def __init__(self, data: Any = None, *, accounts: Sequence[HeldAccount], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        chosen = data if data is not None else initial or {}
        by_id = {str(account.public_id): account for account in accounts}
        for name, amount in (("source", "sell"), ("destination", "buy")):
            field = self.fields[name]
            field.choices = [(key, _shown(account)) for key, account in by_id.items()]  # type: ignore[attr-defined]
            held = by_id.get(str(chosen.get(name, "")))
            if held is not None:
                self.fields[amount].in_currency(held.currency, money.exponent(held.currency))  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """This method will let either amount be empty while it looks, though neither is shown as left to choice."""
        for name in ("sell", "buy"):
            self.fields[name].required = False
        super().full_clean()
        for name in ("sell", "buy"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """This method will see that exactly one amount was typed."""
        cleaned = super().clean() or {}
        if "sell" in self.errors or "buy" in self.errors:
            return cleaned
        given = [name for name in ("sell", "buy") if cleaned.get(name) is not None]
        if not given:
            self.add_error("sell", _("Enter what you give, or below what you want to receive"))
        elif len(given) > 1:
            self.add_error("buy", str(BOTH))
        return cleaned

    def order(self) -> Order:
        """This method will give the order of a valid form."""
        cleaned = self.cleaned_data
        sells = cleaned.get("sell") is not None
        return Order(
            source=uuid.UUID(cleaned["source"]),
            destination=uuid.UUID(cleaned["destination"]),
            amount=cleaned["sell"] if sells else cleaned["buy"],
            fixed=Quote.Side.SELL.value if sells else Quote.Side.BUY.value,
            memo=cleaned["memo"],
        )


def _shown(account: HeldAccount) -> str:
    """The currency comes first: a phone cuts the end of a long line off. No amount: in a list nothing covers it."""
    return f"{account.currency} · {account.name} · {grouped(account.number)}"
