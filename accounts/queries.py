"""What a customer holds, as plain values."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from accounts.models import Customer, Disposition


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account as one of its holders sees it. Amounts are minor units of the currency."""

    id: int
    ledger_account_id: int
    public_id: uuid.UUID
    number: str
    nickname: str
    product: str
    status: str
    currency: str
    role: str
    opened_on: date
    booked: int
    held: int
    floor: int | None

    @property
    def available(self) -> int:
        """What is there and not held."""
        return self.booked - self.held

    @property
    def overdraft(self) -> int:
        """How far below zero the account may go; the limit that was agreed on."""
        return max(-self.floor, 0) if self.floor is not None else 0

    @property
    def is_owner(self) -> bool:
        return self.role == Disposition.Role.OWNER.value


_FIELDS = (
    "bank_account_id",
    "bank_account__ledger_account_id",
    "bank_account__public_id",
    "bank_account__number",
    "bank_account__nickname",
    "bank_account__product",
    "bank_account__status",
    "bank_account__currency",
    "role",
    "bank_account__opened_on",
    "bank_account__ledger_account__balance",
    "bank_account__ledger_account__held",
    "bank_account__ledger_account__floor",
)


def accounts_of(customer: Customer) -> list[HeldAccount]:
    """This function will list every account a customer may dispose of, oldest first, in one query."""
    rows = (
        Disposition.objects.filter(customer=customer)
        .order_by(F("bank_account__opened_on"), F("bank_account_id"))
        .values_list(*_FIELDS)
    )
    return [HeldAccount(*row) for row in rows]


def account_of(customer: Customer, public_id: uuid.UUID) -> HeldAccount | None:
    """This function will find one account a customer may dispose of; None when it is another's or does not exist."""
    row = Disposition.objects.filter(customer=customer, bank_account__public_id=public_id).values_list(*_FIELDS).first()
    return HeldAccount(*row) if row else None
