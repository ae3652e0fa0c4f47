"""The steps of the business day that belong to deposits."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.runs import Step
from ledger.steps import closing
from products.deposits import accruing, books, days


def _buckets(day: date, after: str, most: int) -> Sequence[str]:
    return [f"{bucket:012d}" for bucket in accruing.buckets(after=int(after or -1), most=most, day=day)]


def _count(day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT id / %s) FROM accounts_bankaccount WHERE opened_on <= %s", [accruing.BUCKET, day]
        )
        return int(cursor.fetchone()[0])


def _carry(key: str, day: date, now: datetime) -> str:
    return "settled" if days.carry_out(bucket=int(key), day=day, now=now) else "counted"


def _currencies(_day: date, after: str, most: int) -> Sequence[str]:
    return [currency for currency in books.currencies() if currency > after][:most]


def _accrue(key: str, day: date, now: datetime) -> str:
    return books.accrue(currency=key, day=day, now=now)


INTEREST = Step(
    name="deposits.interest",
    label=_("Interest on demand accounts"),
    starts=closing,
    items=_buckets,
    count=_count,
    do=_carry,
    outcomes={"counted": pgettext_lazy("interest", "counted"), "settled": pgettext_lazy("interest", "credited")},
    advice=_(
        "Look whether the rate of the settlement day is in the policy table, then carry it out again. What is missing "
        "is made up for: no day is counted twice, none is left out."
    ),
)
OWED = Step(
    name="deposits.owed",
    label=_("Interest owed to customers"),
    starts=closing,
    items=_currencies,
    do=_accrue,
    outcomes={
        books.BOOKED: _("booked"),
        books.UNCHANGED: _("nothing to book"),
        books.NO_RATE: _("no rate is laid down"),
    },
)
