"""Accounts with movements on them. Money comes from the books' own door alone."""

from datetime import date, datetime

from accounts.models import BankAccount, Customer
from accounts.services import open_demand_account
from ledger import accounts as chart
from ledger import posting

CASH = "test:cash"


def account(customer: Customer, *, now: datetime, currency: str = "CNY", key: str = "one") -> BankAccount:
    """An empty demand account."""
    return open_demand_account(customer=customer, currency=currency, key=f"{customer.pk}:{key}", now=now)


def cash(currency: str, now: datetime) -> int:
    """The internal account on the other side."""
    return chart.open_account(
        code=f"{CASH}:{currency}", name="Cash", kind="asset", currency=currency, running=False, floor=None, now=now
    ).pk


def move(
    bank_account: BankAccount,
    amounts: list[int],
    *,
    now: datetime,
    narratives: list[str] | None = None,
    days: list[date] | None = None,
    kind: str = "history.cash_deposit",
    key: str = "m",
) -> None:
    """Book movements, in order, in one call. Amounts are minor units."""
    other = cash(bank_account.currency, now)
    texts = narratives or [f"row {number}" for number in range(len(amounts))]
    posting.post_many(
        posting.Draft(
            key=f"{key}:{bank_account.pk}:{number}",
            kind=kind,
            channel="counter",
            business_date=days[number] if days else now.date(),
            lines=[
                posting.Line(bank_account.ledger_account_id, amount, texts[number]),
                posting.Line(other, -amount),
            ],
        )
        for number, amount in enumerate(amounts)
    )
