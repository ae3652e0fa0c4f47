"""A small bank with two districts, whose accounts are paid into from the bank's own cash."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import count

import pytest

from accounts.models import BankAccount, Customer, District
from ledger import accounts as chart
from ledger import posting


class Bank:
    """Opens accounts and books movements on them, through the doors everybody uses."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.numbers = count(1)
        self.districts = [
            District.objects.create(code=code, name=name) for code, name in (("A", "Alba"), ("B", "Brno"))
        ]
        self.cash = {currency: self._own(f"cash.{currency}", currency) for currency in ("CNY", "JPY")}

    def _own(self, code: str, currency: str) -> int:
        return chart.open_account(
            code=code, name=code, kind="asset", currency=currency, running=False, floor=None, now=self.now
        ).pk

    def account(
        self, *, district: int | None = 0, currency: str = "CNY", opened_on: date = date(2026, 1, 5)
    ) -> BankAccount:
        number = next(self.numbers)
        books = chart.open_account(
            code=f"deposit:{number}", name="Demand account", kind="liability", currency=currency, running=True,
            floor=None, now=self.now,
        )  # fmt: skip
        return BankAccount.objects.create(
            ledger_account_id=books.pk, number=f"62220000{number}", currency=currency, opened_on=opened_on,
            district=None if district is None else self.districts[district],
        )  # fmt: skip

    def customer(self, *, district: int = 0, **more: object) -> Customer:
        return Customer.objects.create(
            legal_name=f"Person {next(self.numbers)}", district=self.districts[district],
            **{"standing": "verified", "created_at": self.now, **more},
        )  # fmt: skip

    def move(
        self, account: BankAccount, amount: int, day: date, *, channel: str = "counter", kind: str = "test.cash"
    ) -> int:
        """Book minor units into (+) or out of (−) an account."""
        return posting.post(
            key=f"m{next(self.numbers)}", kind=kind, channel=channel, business_date=day,
            lines=[
                posting.Line(account.ledger_account_id, amount), posting.Line(self.cash[account.currency], -amount)
            ],
        ).entry_id  # fmt: skip


@pytest.fixture
def open_bank(now: datetime) -> Callable[[], Bank]:
    return lambda: Bank(now)
