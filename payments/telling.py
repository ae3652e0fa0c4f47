"""What this room adds to the receipt of a movement it booked (payments.movements)."""

from django.urls import reverse

from accounts.models import Customer
from payments import queries
from payments.models import Transfer
from payments.movements import Told


def transfer(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will lead to the receipt of a transfer, for those who have one: its payer and its payee.

    Somebody else who may dispose of the payer's account gets the receipt of the movement itself.
    """
    public_id = Transfer.objects.filter(entry_id=entry_id).values_list("public_id", flat=True).first()
    if public_id is None or customer is None or queries.receipt_for(customer, public_id) is None:
        return None
    return Told(page=reverse("receipt", args=[public_id]), instead=True)
