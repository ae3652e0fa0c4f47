"""What has grown on an account, and what was credited before: plain values for its holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import BankAccount
from accounts.queries import HeldAccount
from core.policy import UnknownPolicy
from ledger.calendar import business_date
from ledger.money import Money
from products.deposits import accruing, arithmetic, figures
from products.deposits.models import Settlement


@dataclass(frozen=True, slots=True)
class SoFar:
    """The interest of the running period until yesterday, at today's rate."""

    since: date
    through: date
    until: date
    daily_balances: int
    percent: Decimal
    day_basis: int
    interest: Money

    @property
    def credited_on(self) -> date:
        return arithmetic.credited_on(self.until)

    @property
    def days(self) -> int:
        """The days that are counted."""
        return max(0, (self.through - self.since).days + 1)

    @property
    def total(self) -> Money:
        """The balances at the end of all days that are counted, added up."""
        return Money(self.daily_balances, self.interest.currency)

    @property
    def average(self) -> Money:
        """What stood on the account on an average day."""
        return Money(self.daily_balances // self.days if self.days else 0, self.interest.currency)


@dataclass(frozen=True, slots=True)
class Period:
    """A period whose interest was settled."""

    first_day: date
    last_day: date
    daily_balances: int
    percent: Decimal
    day_basis: int
    interest: Money
    entry_id: int | None

    @property
    def average(self) -> Money:
        """What stood on the account on an average day."""
        return Money(self.daily_balances // ((self.last_day - self.first_day).days + 1), self.interest.currency)


def so_far(account: HeldAccount, *, now: datetime) -> SoFar | None:
    """This function will work out what has grown on an account until yesterday, in one query.

    None for an account that is closed, in a currency without a rate, or before the bank keeps interest here.
    """
    today = business_date(now)
    if account.status != BankAccount.Status.OPEN:
        return None
    try:
        terms = figures.terms(account.currency, on=today)
    except UnknownPolicy:
        return None
    found = accruing.running(account.id, day=today - timedelta(days=1))
    if found is None:
        return None
    interest = arithmetic.interest(found.daily_balances, terms.percent, terms.day_basis)
    return SoFar(
        since=found.since, through=found.through, until=found.until, daily_balances=found.daily_balances,
        percent=terms.percent, day_basis=terms.day_basis, interest=Money(interest, account.currency),
    )  # fmt: skip


def periods(account: HeldAccount) -> Sequence[Period]:
    """This function will list the settled periods of an account, newest first, in one query."""
    rows = Settlement.objects.filter(bank_account_id=account.id).order_by("-last_day")
    return [
        Period(
            row.first_day, row.last_day, row.daily_balances, row.percent, row.day_basis,
            Money(row.interest, account.currency), row.entry_id,
        )
        for row in rows
    ]  # fmt: skip
