"""Settling the interest of a period: worked out at the rate of its settlement day, credited the next day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from accounts.models import BankAccount, Customer
from core import audit
from ledger import balances, chart, posting
from ledger import calendar as bank_calendar
from products.deposits import accruing, arithmetic, figures
from products.deposits.kinds import CREDITED
from products.deposits.models import Accrual, Settlement


class NothingToPayOut(Exception):
    """No interest has grown on the account that could be credited. Nothing has changed."""


class NotEmpty(Exception):
    """There is money on the account; its interest comes with the quarter. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class Due:
    """An account whose period has ended, with its sum of daily balances."""

    bank_account_id: int
    ledger_account_id: int
    currency: str
    since: date
    until: date
    daily_balances: int


def due(*, low: int, high: int, day: date) -> list[Due]:
    """This function will list the accounts of a bucket whose settlement day is counted and has come by a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.bank_account_id, b.ledger_account_id, b.currency, s.since, s.until, s.daily_balances
              FROM deposits_accrual s JOIN accounts_bankaccount b ON b.id = s.bank_account_id
             WHERE s.bank_account_id >= %(low)s AND s.bank_account_id < %(high)s AND s.through = s.until
               AND s.until <= %(day)s AND b.id >= %(low)s AND b.id < %(high)s AND b.status = 'open'
             ORDER BY s.bank_account_id
            """,
            {"low": low, "high": high, "day": day},
        )
        return [Due(*row) for row in cursor.fetchall()]


def settle(periods: Sequence[Due], *, business_date: date, now: datetime) -> None:
    """This function will credit the interest of periods that have ended and begin the next ones, all or none.

    The rate is that of each settlement day; what is credited counts for the day after `business_date`. Inside a
    transaction that holds `accruing.lock`. Raises core.policy.UnknownPolicy, what posting raises.
    """
    made = [_worked_out(one, Settlement.Reason.QUARTER, rate_day=one.until, now=now) for one in periods]
    _book(periods, made, business_date=arithmetic.credited_on(business_date), now=now)


def pay_out(*, customer: Customer, account_id: uuid.UUID, now: datetime) -> int:
    """This function will credit what has grown on an empty account, before it is closed, at the rate of the day.

    Answers the interest in minor units. A second call finds nothing. Raises NotEmpty, NothingToPayOut, and
    BankAccount.DoesNotExist for an account that is closed or not the customer's own.
    """
    today = bank_calendar.business_date(now)
    yesterday = today - timedelta(days=1)
    with transaction.atomic(durable=True):
        account = BankAccount.objects.get(
            public_id=account_id, status=BankAccount.Status.OPEN,
            dispositions__customer=customer, dispositions__role="owner",
        )  # fmt: skip
        accruing.lock(account.pk)
        accruing.advance(low=account.pk, high=account.pk + 1, day=yesterday)
        row = Accrual.objects.filter(bank_account=account).first()
        if row is None or row.through < row.since:
            raise NothingToPayOut
        if balances.of([account.ledger_account_id])[account.ledger_account_id].booked != 0:
            raise NotEmpty
        period = Due(
            account.pk, account.ledger_account_id, account.currency, row.since, row.through, row.daily_balances
        )
        made = _worked_out(period, Settlement.Reason.CLOSING, rate_day=today, now=now)
        if not made.interest:
            raise NothingToPayOut
        _book([period], [made], business_date=today, now=now)
        audit.record(
            act="deposits.interest_paid_out",
            subject=account,
            actor=customer.user,
            after={"interest": made.interest, "last_day": made.last_day, "entry": made.entry_id},
            now=now,
        )
    return int(made.interest)


def _worked_out(period: Due, reason: Settlement.Reason, *, rate_day: date, now: datetime) -> Settlement:
    terms = figures.terms(period.currency, on=rate_day)
    return Settlement(
        bank_account_id=period.bank_account_id, reason=reason, first_day=period.since, last_day=period.until,
        daily_balances=period.daily_balances, percent=terms.percent, day_basis=terms.day_basis, rate_day=rate_day,
        interest=arithmetic.interest(period.daily_balances, terms.percent, terms.day_basis), settled_at=now,
    )  # fmt: skip


def _book(periods: Sequence[Due], made: Sequence[Settlement], *, business_date: date, now: datetime) -> None:
    """Book what is above zero, keep every settlement, and let each account's next period begin."""
    payable = {currency: chart.own("interest-payable", currency, now=now) for currency in {p.currency for p in periods}}
    paid = [(period, row) for period, row in zip(periods, made, strict=True) if row.interest]
    posted = posting.post_many(
        posting.Draft(
            key=f"interest:{row.bank_account_id}:{row.last_day:%Y-%m-%d}",
            kind=CREDITED,
            channel="system",
            business_date=business_date,
            lines=[
                posting.Line(payable[period.currency], -row.interest, "", period.currency),
                posting.Line(
                    period.ledger_account_id, row.interest, f"{row.first_day} – {row.last_day}", period.currency
                ),
            ],
        )
        for period, row in paid
    )
    for (_period, row), entry in zip(paid, posted, strict=True):
        row.entry_id = entry.entry_id
    Settlement.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE deposits_accrual
               SET since = next.since, through = next.since - 1, until = next.until, daily_balances = 0
              FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS next (id, since, until)
             WHERE bank_account_id = next.id
            """,
            _next([row.bank_account_id for row in made], [row.last_day for row in made]),
        )


def _next(ids: list[int], last_days: list[date]) -> list[list[int] | list[date]]:
    firsts = [day + timedelta(days=1) for day in last_days]
    ends = {day: arithmetic.settlement_day(day, figures.settles_on(on=day)) for day in set(firsts)}
    return [ids, firsts, [ends[day] for day in firsts]]
