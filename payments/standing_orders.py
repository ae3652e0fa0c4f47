"""The standing orders of a customer, as plain values. They came with another bank's history and are shown; one runs
once its customer has brought it to life as an order of this bank (payments.schedules)."""

import uuid
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Customer, Disposition
from ledger.money import Money
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
    lives: bool  # its customer has agreed to an order of this bank in its place

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

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
        .annotate(lives=Q(brought_to_life__isnull=False))
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
            "lives",
        )
    )
    return [HeldOrder(*row) for row in rows]
