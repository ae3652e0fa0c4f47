"""The loans of a customer, as plain values."""

import uuid
from dataclasses import dataclass
from datetime import date

from accounts.models import Customer, Disposition
from loans.models import Loan


@dataclass(frozen=True, slots=True)
class HeldLoan:
    """A loan as its borrower sees it. Amounts are minor units of the currency."""

    public_id: uuid.UUID
    granted_on: date
    amount: int
    monthly_payment: int
    months: int
    currency: str
    state: str
    account_number: str

    @property
    def state_label(self) -> str:
        return str(Loan.State(self.state).label)


def loans_of(customer: Customer) -> list[HeldLoan]:
    """This function will list the loans on accounts a customer owns, newest first, in one query."""
    rows = (
        Loan.objects.filter(
            bank_account__dispositions__customer=customer, bank_account__dispositions__role=Disposition.Role.OWNER
        )
        .order_by("-granted_on", "-id")
        .values_list(
            "public_id",
            "granted_on",
            "amount",
            "monthly_payment",
            "months",
            "currency",
            "state",
            "bank_account__number",
        )
    )
    return [HeldLoan(*row) for row in rows]
