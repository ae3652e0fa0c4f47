"""Opening, limiting and closing accounts in the chart of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger import database
from ledger.errors import AccountClosed, AccountNotEmpty, BelowFloor, CodeTaken, LedgerError, Malformed, UnknownAccount
from ledger.models import Account
from ledger.money import exponent

__all__ = [
    "AccountClosed",
    "AccountNotEmpty",
    "BelowFloor",
    "CodeTaken",
    "LedgerError",
    "Malformed",
    "NewAccount",
    "UnknownAccount",
    "close_account",
    "open_account",
    "open_accounts",
    "set_floor",
]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open. `floor` in minor units: 0 for no overdraft, None for no floor (internal accounts: always)."""

    code: str
    name: str
    kind: str
    currency: str
    running: bool
    floor: int | None = None


def open_account(
    *, code: str, name: str, kind: str, currency: str, running: bool, floor: int | None, now: datetime
) -> Account:
    """This function will open an account, or answer the one that has this code and the same nature.

    `kind` is one of Account.Kind; `floor` in minor units, None for none. An account that is there keeps its name and
    floor. Raises CodeTaken (same code, other kind, currency or way of keeping the balance), Malformed, UnknownCurrency.
    """
    new = NewAccount(code, name, kind, currency, running, floor)
    return Account.objects.get(pk=open_accounts([new], now=now)[code])


def open_accounts(accounts: Sequence[NewAccount], *, now: datetime) -> dict[str, int]:
    """This function will open many accounts in one call and answer their ids by code; repeats as `open_account` does.

    Raises CodeTaken, Malformed, UnknownCurrency.
    """
    for currency in {account.currency for account in accounts}:
        exponent(currency)
    rows = database.call(
        "SELECT code, account_id FROM ledger_open_accounts"
        "(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::timestamptz)",
        [
            [account.code for account in accounts],
            [account.name for account in accounts],
            [account.kind for account in accounts],
            [account.currency for account in accounts],
            [account.running for account in accounts],
            "{" + ",".join("NULL" if account.floor is None else str(account.floor) for account in accounts) + "}",
            now,
        ],
    )
    return dict(rows)


def set_floor(*, account_id: int, floor: int | None) -> None:
    """This function will set the lowest balance allowed on a running account, in minor units; None allows any.

    Raises BelowFloor when the account is already below it, UnknownAccount, Malformed for an internal account.
    """
    database.call("SELECT ledger_set_floor(%s::bigint, %s::bigint)", [account_id, floor])


def close_account(*, account_id: int) -> None:
    """This function will close an empty account, so that nothing is booked on it again; closing twice changes nothing.

    Raises AccountNotEmpty, UnknownAccount.
    """
    database.call("SELECT ledger_close_account(%s::bigint)", [account_id])
