"""What the bank owes its customers in interest that is not credited yet, brought into the books each evening.

`interest-payable` is what all running periods come to at the day's rate; the difference to the day before is the
day's expense (`interest-paid`). Each evening brings it to what it should be, so a new rate and what rounding left over
from a settlement are in the next day's figure.
"""

from datetime import date, datetime

from django.db import connection, transaction

from core.policy import UnknownPolicy
from ledger import balances, chart, posting
from products.deposits import arithmetic, figures
from products.deposits.kinds import ACCRUED
from products.deposits.models import AccruedDay

BOOKED, UNCHANGED, NO_RATE = "booked", "unchanged", "no rate"


def currencies() -> list[str]:
    """This function will list the currencies in which accounts are open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT currency FROM accounts_bankaccount WHERE status = 'open' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def begin(*, after: date, now: datetime) -> None:
    """This function will let interest be counted from the day after one, in every currency that has a rate then.

    The evening of `after` stands in the list of days with nothing owed. The first day that is carried out begins by
    itself; a bank that takes over in the middle of a period says so before. What has begun stays as it is.
    """
    begun = set(AccruedDay.objects.values_list("currency", flat=True).distinct())
    for currency in figures.currencies(on=after):
        if currency in begun:
            continue
        terms = figures.terms(currency, on=after)
        AccruedDay.objects.get_or_create(
            day=after,
            currency=currency,
            defaults={
                "daily_balances": 0, "percent": terms.percent, "day_basis": terms.day_basis, "owed": 0, "change": 0,
                "made_at": now,
            },
        )  # fmt: skip


def accrue(*, currency: str, day: date, now: datetime) -> str:
    """This function will bring what is owed in a currency to what all running periods come to, once for each day.

    Answers `booked`, `unchanged`, or `no rate` where none was ever laid down for the currency: then nothing is owed,
    and none is guessed.
    """
    try:
        terms = figures.terms(currency, on=day)
    except UnknownPolicy:
        return NO_RATE
    with transaction.atomic():
        before = AccruedDay.objects.filter(currency=currency, day=day).first()
        if before is not None:
            return BOOKED if before.entry_id is not None else UNCHANGED
        total = _total(currency)
        owed = arithmetic.interest(total, terms.percent, terms.day_basis)
        payable = chart.own("interest-payable", currency, now=now)
        change = owed - balances.of([payable])[payable].booked
        entry_id = _book(currency, day, change, payable, now) if change else None
        AccruedDay.objects.create(
            day=day, currency=currency, daily_balances=total, percent=terms.percent, day_basis=terms.day_basis,
            owed=owed, change=change, entry_id=entry_id, made_at=now,
        )  # fmt: skip
    return BOOKED if entry_id is not None else UNCHANGED


def _total(currency: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(s.daily_balances), 0)
              FROM deposits_accrual s JOIN accounts_bankaccount b ON b.id = s.bank_account_id
             WHERE b.currency = %s AND b.status = 'open'
            """,
            [currency],
        )
        return int(cursor.fetchone()[0])


def _book(currency: str, day: date, change: int, payable: int, now: datetime) -> int:
    posted = posting.post(
        key=f"interest-accrual:{currency}:{day:%Y-%m-%d}",
        kind=ACCRUED,
        channel="system",
        business_date=day,
        lines=[
            posting.Line(chart.own("interest-paid", currency, now=now), -change, f"{day}", currency),
            posting.Line(payable, change, f"{day}", currency),
        ],
    )
    return posted.entry_id
