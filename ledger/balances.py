"""Reading the books. A balance or a page of lines costs the same however long the history is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Balance:
    """What is on an account (`booked`), what of it is `held`, and what is left of it (`available`). Minor units."""

    booked: int
    held: int
    available: int
    currency: str
    floor: int | None = None

    @property
    def spendable(self) -> int | None:
        """How much may leave the account before it meets its floor; None when it has none."""
        return None if self.floor is None else self.available - self.floor


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account with what its entry says."""

    number: int
    entry_id: int
    amount: int
    currency: str
    balance_after: int | None
    narrative: str
    kind: str
    channel: str
    business_date: date
    booked_at: datetime
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the trial balance: accounts of one kind in one currency. Minor units, both columns positive."""

    currency: str
    kind: str
    accounts: int
    debit: int
    credit: int


def of(account_ids: Iterable[int]) -> dict[int, Balance]:
    """This function will read the balances of these accounts in one query; unknown ids are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, booked, held, booked - held, currency, floor FROM ledger_balance"
            " WHERE account_id = ANY (%s)",
            [list(account_ids)],
        )
        return {account_id: Balance(*rest) for account_id, *rest in cursor.fetchall()}


def available(account_id: int) -> Money:
    """This function will read what is on one account and not held; raises KeyError for an unknown one."""
    balance = of([account_id])[account_id]
    return Money(balance.available, balance.currency)


def lines(
    account_id: int, *, before: int | None = None, after: int | None = None, limit: int = 25
) -> list[StatementLine]:
    """This function will read one page of an account's lines, newest first.

    `before` and `after` are line numbers, both left out of the page. Give the last line's number of one page as
    `before` of the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.number, l.entry_id, l.amount, l.currency, l.balance_after, l.narrative,"
            "       e.kind, e.channel, e.business_date, e.booked_at, e.reverses_id"
            "  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = %s AND l.number < %s AND l.number > %s ORDER BY l.number DESC LIMIT %s",
            [account_id, 2**63 - 1 if before is None else before, after or 0, limit],
        )
        return [StatementLine(*row) for row in cursor.fetchall()]


def trial() -> list[TrialRow]:
    """This function will draw up the trial balance; in each currency the debits equal the credits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.currency, a.kind, count(*), coalesce(-sum(b.booked) FILTER (WHERE b.booked < 0), 0)::bigint,"
            "       coalesce(sum(b.booked) FILTER (WHERE b.booked > 0), 0)::bigint"
            "  FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return [TrialRow(*row) for row in cursor.fetchall()]
