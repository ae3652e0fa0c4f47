"""What a customer's home shows, gathered from the rooms below as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts import queries as holders
from accounts.access.queries import has_factor
from accounts.identity import queries as identity
from accounts.identity.queries import Reminder
from accounts.models import Customer
from accounts.queries import HeldAccount
from accounts.statements import kinds
from accounts.statements import queries as statements
from ledger.calendar import business_date
from ledger.money import Money
from payments import queries as transfers
from payments.schedules import queries as schedules
from payments.schedules.queries import Coming

LATEST = 5
COMING, DAYS_AHEAD = 3, 14


@dataclass(frozen=True, slots=True)
class Latest:
    """One of the last movements, over all accounts. `account` is the holder's own name for it, or its last digits."""

    what: str
    kind: str
    day: date
    money: Money
    account: HeldAccount


@dataclass(frozen=True)
class Home:
    """The three questions: how much have I, what happened last, what do I have to do."""

    totals: Sequence[Money]
    accounts: Sequence[HeldAccount]
    latest: Sequence[Latest]
    held: Sequence[transfers.HeldTransfer]
    coming: Sequence[Coming]
    to_verify: bool
    to_protect: bool
    reminder: Reminder | None

    @property
    def tasks(self) -> int:
        return self.to_verify + self.to_protect


def _home_first(total: tuple[str, int]) -> tuple[bool, str]:
    """The bank's own currency stands on top, the others by their code."""
    return total[0] != "CNY", total[0]


def home(customer: Customer, *, now: datetime) -> Home:
    """This function will gather a customer's home in four queries; one more each when their document is about to
    expire, and when money of theirs is held.

    Currencies are never added together.
    """
    accounts = [account for account in holders.accounts_of(customer) if account.status == "open"]
    by_id = {account.ledger_account_id: account for account in accounts}
    totals: dict[str, int] = {}
    for account in accounts:
        totals[account.currency] = totals.get(account.currency, 0) + account.booked
    movements = statements.latest(list(by_id), LATEST) if by_id else []
    return Home(
        totals=[Money(minor, currency) for currency, minor in sorted(totals.items(), key=_home_first)],
        accounts=accounts,
        latest=[
            Latest(
                what=movement.narrative or kinds.label(movement.kind),
                kind=kinds.label(movement.kind),
                day=movement.business_date,
                money=Money(movement.amount, movement.currency),
                account=by_id[movement.account_id],
            )
            for movement in movements
        ],
        held=transfers.held_of(customer) if any(account.held for account in accounts) else [],
        coming=schedules.coming(customer, today=business_date(now), days=DAYS_AHEAD, most=COMING),
        to_verify=customer.standing != Customer.Standing.VERIFIED,
        to_protect=customer.user is not None and not has_factor(customer.user),
        reminder=identity.reminder(customer, today=business_date(now)),
    )
