"""Accounts that earn interest, and days that end."""

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import BankAccount
from ledger import chart, posting
from products.deposits import accruing, books, days
from products.deposits.models import AccruedDay


def moment(day: date) -> datetime:
    """A quarter past midnight after a day: when its steps are carried out."""
    return datetime.combine(day + timedelta(days=1), time(0, 15), tzinfo=timezone.get_default_timezone())


def begins(day: date, currency: str = "CNY") -> None:
    """Let accounts be counted from the day after one."""
    AccruedDay.objects.create(
        day=day, currency=currency, daily_balances=0, percent=Decimal("0.05"), day_basis=360, owed=0, change=0,
        made_at=moment(day),
    )  # fmt: skip


def book(account: BankAccount, amount: int, day: date, *, now: datetime) -> None:
    """Pay in or out, with a business date of its own."""
    cash = chart.ensure(account.currency, now=now)["cash"]
    posting.post(
        key=f"booked:{uuid.uuid4()}", kind="counter.cash_in", channel="counter", business_date=day,
        lines=[posting.Line(cash, -amount), posting.Line(account.ledger_account_id, amount)],
    )  # fmt: skip


def end(day: date, *accounts: BankAccount) -> int:
    """Carry out what deposits do at the end of a day, for some accounts; answers how many were settled."""
    settled = 0
    for bucket in sorted({account.pk // accruing.BUCKET for account in accounts}):
        with transaction.atomic():
            settled += days.carry_out(bucket=bucket, day=day, now=moment(day))
    for currency in sorted({account.currency for account in accounts}):
        books.accrue(currency=currency, day=day, now=moment(day))
    return settled


def by_hand(account: BankAccount, first: date, last: date) -> int:
    """The sum of daily balances, day by day, as somebody would with paper: nothing shared with the room."""
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.business_date, l.amount FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = %s",
            [account.ledger_account_id],
        )
        lines = cursor.fetchall()
    day = first
    while day <= last:
        total += max(0, sum(amount for booked, amount in lines if booked <= day))
        day += timedelta(days=1)
    return total


def rounded(sum_of_days: int, percent: str = "0.05", basis: int = 360) -> int:
    return int(Fraction(sum_of_days) * Fraction(percent) / 100 / basis + Fraction(1, 2))
