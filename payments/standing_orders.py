"""The standing orders of a customer, as plain values. They came with another bank's history and are shown, not run."""

import uuid
from dataclasses import dataclass

from accounts.models import Customer, Disposition
from payments.models import StandingOrder


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """A standing order as the owner of the account it pays from sees it. The amount is in minor units."""

    public_id: uuid.UUID
    payee_name: str
    payee_bank: str
    payee_account: str
    purpose: str
    rhythm: str
    status: str
    amount: int
    currency: str
    source_number: str

    @property
    def rhythm_label(self) -> str:
        return str(StandingOrder.Rhythm(self.rhythm).label)

    @property
    def status_label(self) -> str:
        return str(StandingOrder.Status(self.status).label)


def standing_orders_of(customer: Customer) -> list[HeldOrder]:
    """This function will list the standing orders on accounts a customer owns, active ones first, in one query."""
    rows = (
        StandingOrder.objects.filter(
            source__dispositions__customer=customer, source__dispositions__role=Disposition.Role.OWNER
        )
        .order_by("status", "source_id", "id")  # "active" before "ended"
        .values_list(
            "public_id",
            "payee_name",
            "payee_bank",
            "payee_account",
            "purpose",
            "rhythm",
            "status",
            "amount",
            "currency",
            "source__number",
        )
    )
    return [HeldOrder(*row) for row in rows]
