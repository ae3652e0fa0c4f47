"""What is kept of a customer's cards (accounts.personal)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Coded, Column, Section
from products.cards import queries


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's cards."""
    return [
        Section(
            key="cards",
            group="accounts",
            title=_("Your cards"),
            columns=[
                Column("type", _("Card"), "cards.Card.type"),
                Column("account", _("Account number")),
                Column("issued_on", _("Issued on"), "cards.Card.issued_on"),
            ],
            rows=lambda: (
                (Coded(card.type, card.type_label), card.account_number, card.issued_on)
                for card in queries.cards_of(customer)
            ),
        )
    ]
