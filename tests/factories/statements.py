"""Accounts with movements on them. Money comes from the books' own door alone."""

import uuid
from datetime import date, datetime

from accounts import queries as holders
from accounts.models import BankAccount, Customer
from accounts.services import open_demand_account
from accounts.statements import exporting, filters, searches
from accounts.statements.models import MovementFile
from ledger import accounts as chart
from ledger import posting

CASH = "test:cash"


def reading(account: BankAccount, *, now: datetime, **query: str) -> filters.Reading:
    """A search as it comes from an address."""
    return filters.read({"from": "", **query}, currency=account.currency, today=now.date())


def ask(
    customer: Customer,
    account: BankAccount,
    *,
    now: datetime,
    kind: str = "csv",
    key: uuid.UUID | None = None,
    **query: str,
) -> MovementFile:
    """A file that was asked for and not made yet."""
    held = holders.account_of(customer, account.public_id)
    assert held is not None
    return exporting.ask(
        customer=customer, account=held, kind=kind, reading=reading(account, now=now, **query), key=key or uuid.uuid4(),
        language="en", now=now,
    )  # fmt: skip


def file_of(customer: Customer, account: BankAccount, *, now: datetime) -> MovementFile:
    """A file that can be downloaded, once for each customer."""
    found = customer.movement_files.filter(state="ready").first()
    if found is None:
        found = ask(customer, account, now=now)
        exporting.make(public_id=found.public_id, now=now)
        found.refresh_from_db()
    return found


def search_of(customer: Customer, *, now: datetime) -> searches.Kept:
    """A search under a name; the same one again while it is there."""
    return searches.save(customer=customer, name="Rent", query={"q": "rent", "period": "last_month"}, now=now)


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
