"""A customer's cards for the page of everything they hold (accounts.statements.holdings)."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from accounts.statements.holdings import Cell, Holding
from core.ui import formats
from products.cards import queries


def cards(*, customer: Customer) -> Holding | None:
    """This function will list a customer's cards; None when there is none."""
    held = queries.cards_of(customer)
    if not held:
        return None
    language = get_language()
    return Holding(
        key="cards",
        title=_("Cards"),
        headings=[Cell(_("Card")), Cell(_("Account")), Cell(_("Issued on"))],
        rows=[
            [Cell(card.type_label), Cell(grouped(card.account_number)), Cell(formats.day(card.issued_on, language))]
            for card in held
        ],
    )
