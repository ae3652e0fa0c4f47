"""The cards a customer holds, as plain values."""

import uuid
from dataclasses import dataclass
from datetime import date

from accounts.models import Customer
from products.cards.models import Card


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card as its holder sees it."""

    public_id: uuid.UUID
    type: str
    issued_on: date
    account_number: str

    @property
    def type_label(self) -> str:
        return str(Card.Type(self.type).label)


def cards_of(customer: Customer) -> list[HeldCard]:
    """This function will list the cards given to a customer, oldest first, in one query."""
    rows = (
        Card.objects.filter(disposition__customer=customer)
        .order_by("issued_on", "id")
        .values_list("public_id", "type", "issued_on", "disposition__bank_account__number")
    )
    return [HeldCard(*row) for row in rows]
