"""What a customer holds, as plain values."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.classes import CLASS_I, CLASS_II, CLASS_III
from accounts.models import BankAccount, Customer, Disposition
from core import prepared

NAMES = {CLASS_I: _("Demand account"), CLASS_II: _("Class II account"), CLASS_III: _("Class III account")}


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
    account_class: str = CLASS_I

    @property
    def name(self) -> str:
        """What its holder calls it, or else what it is."""
        return self.nickname or self.class_name

    @property
    def class_name(self) -> str:
        """What it is, in words."""
        return str(NAMES[self.account_class])

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


_HELD = """
    SELECT b.id, b.ledger_account_id, b.public_id, b.number, b.nickname, b.product, b.status, b.currency, h.role,
           b.opened_on, a.balance, a.held, a.floor, b.account_class
      FROM accounts_disposition h
      JOIN accounts_bankaccount b ON b.id = h.bank_account_id
      JOIN ledger_account a ON a.id = b.ledger_account_id
     WHERE h.customer_id = %s
"""


def accounts_of(customer: Customer) -> list[HeldAccount]:
    """This function will list every account a customer may dispose of, oldest first, in one query."""
    return [HeldAccount(*row) for row in prepared.rows(f"{_HELD} ORDER BY b.opened_on, b.id", [customer.pk])]


def account_of(customer: Customer, public_id: uuid.UUID) -> HeldAccount | None:
    """This function will find one account a customer may dispose of; None when it is another's or does not exist."""
    found = prepared.rows(f"{_HELD} AND b.public_id = %s", [customer.pk, public_id])
    return HeldAccount(*found[0]) if found else None


def number_of(bank_account_id: int) -> str:
    """This function will give the number of an account."""
    return BankAccount.objects.values_list("number", flat=True).get(pk=bank_account_id)


def owner_of(bank_account_id: int) -> str:
    """This function will give the legal name of an account's owner."""
    return (
        Disposition.objects.filter(bank_account_id=bank_account_id, role=Disposition.Role.OWNER)
        .order_by("id")
        .values_list("customer__legal_name", flat=True)
        .first()
        or ""
    )
