"""Accounts and movements for tests. Money appears only through ledger.posting."""

import itertools
from datetime import UTC, date, datetime

from ledger import accounts, posting
from ledger.models import Account
from ledger.posting import Line, Posted

DAY = date(2026, 11, 23)
OPENED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_serial = itertools.count(1)


def key(prefix: str = "test") -> str:
    """A key no other call of this process gives."""
    return f"{prefix}-{next(_serial)}"


def internal(name: str = "cash", *, kind: str = "asset", currency: str = "CNY") -> Account:
    """One of the bank's own accounts: summed, never locked."""
    return accounts.open_account(
        code=f"{name}:{currency}", name=name, kind=kind, currency=currency, running=False, floor=None, now=OPENED
    )


def running(*, amount: int = 0, floor: int | None = 0, currency: str = "CNY", code: str | None = None) -> Account:
    """A customer's account with `amount` minor units paid in over the counter."""
    account = accounts.open_account(
        code=code or key("customer"), name="A customer", kind="liability", currency=currency, running=True, floor=floor,
        now=OPENED,
    )  # fmt: skip
    if amount:
        pay_in(account, amount)
    return account


def pay_in(account: Account, amount: int) -> Posted:
    """Book cash onto an account."""
    cash = internal("cash", currency=account.currency)
    return book((account, amount), (cash, -amount), kind="test.pay_in", channel="counter")


def book(
    *sides: tuple[Account, int],
    key: str | None = None,
    kind: str = "test.transfer",
    channel: str = "online",
    narrative: str = "",
    reverses: int | None = None,
) -> Posted:
    """Book one entry of these sides."""
    return posting.post(
        key=key or globals()["key"](),
        kind=kind,
        channel=channel,
        business_date=DAY,
        lines=[Line(account.pk, amount, narrative) for account, amount in sides],
        reverses=reverses,
    )
