"""The one writer of the books. Each function is one call of a function in the database (ledger/migrations/sql).

Inside the caller's `atomic()` the booking belongs to the caller's transaction; outside one it is its own.
A refusal raises, and an `atomic` block it passed through is rolled back; see `ledger.database.call`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger import database
from ledger.errors import (
    AccountClosed,
    AlreadyReversed,
    BelowFloor,
    BeyondHold,
    CannotReverse,
    HoldResolved,
    KeyReused,
    LedgerError,
    Malformed,
    Unbalanced,
    UnknownAccount,
    UnknownEntry,
    UnknownHold,
    WrongCurrency,
)
from ledger.money import Money

__all__ = [
    "AccountClosed",
    "AlreadyReversed",
    "BelowFloor",
    "BeyondHold",
    "CannotReverse",
    "Draft",
    "HoldPlaced",
    "HoldResolved",
    "KeyReused",
    "LedgerError",
    "Line",
    "Malformed",
    "Posted",
    "Unbalanced",
    "UnknownAccount",
    "UnknownEntry",
    "UnknownHold",
    "WrongCurrency",
    "capture_hold",
    "expire_holds",
    "place_hold",
    "post",
    "post_many",
    "release_hold",
    "reverse",
]

BIGINT = 2**63


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: signed minor units, credit +, debit −. A currency, when given, must be the account's."""

    account_id: int
    amount: int
    narrative: str = ""
    currency: str = ""

    @classmethod
    def of(cls, account_id: int, money: Money, narrative: str = "") -> "Line":
        """This function will make the line that moves this money and insists on its currency."""
        return cls(account_id, money.minor, narrative, money.currency)


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry of `post_many`."""

    key: str
    kind: str
    channel: str
    business_date: date
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a booking answers: its entry, and whether it was there before (the same key with the same content)."""

    entry_id: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    hold_id: int
    repeated: bool


def post(
    *, key: str, kind: str, channel: str, business_date: date, lines: Sequence[Line], reverses: int | None = None
) -> Posted:
    """This function will book one entry, or answer the one booked before under the same key with the same content.

    The lines are booked in the order given, and no running account may be below its floor after any of them.
    Raises Unbalanced, BelowFloor, WrongCurrency, AccountClosed, UnknownAccount, KeyReused, AlreadyReversed,
    CannotReverse, UnknownEntry, Malformed.
    """
    return _posted(_POST, [key, kind, channel, business_date, *_columns(lines), reverses, None])


def capture_hold(
    *, hold_id: int, key: str, kind: str, channel: str, business_date: date, lines: Sequence[Line]
) -> Posted:
    """This function will resolve a hold by the entry that takes the money; what the entry leaves of it is free again.

    Raises UnknownHold, HoldResolved, BeyondHold and what `post` raises.
    """
    return _posted(_POST, [key, kind, channel, business_date, *_columns(lines), None, hold_id])


def reverse(
    *, entry_id: int, key: str, kind: str, channel: str, business_date: date, narrative: str | None = None
) -> Posted:
    """This function will book the mirror of an entry, once; its lines keep their narratives unless one is given.

    Raises UnknownEntry, AlreadyReversed, CannotReverse (a reversal is not reversed), BelowFloor, AccountClosed,
    KeyReused.
    """
    return _posted(_REVERSE, [entry_id, key, kind, channel, business_date, narrative])


def post_many(entries: Iterable[Draft]) -> list[Posted]:
    """This function will book many entries, all or none, in one set-based call; answers in the order given.

    Thousands of entries a call are well spent; each running account is locked once. Repeats are told apart one by one.
    Raises what `post` raises.
    """
    drafts = list(entries)
    if not drafts:
        return []
    lines = [(number, line) for number, draft in enumerate(drafts, start=1) for line in draft.lines]
    rows = database.call(
        _POST_MANY,
        [
            [draft.key for draft in drafts],
            [draft.kind for draft in drafts],
            [draft.channel for draft in drafts],
            [draft.business_date for draft in drafts],
            _integers(number for number, _ in lines),
            *_columns([line for _, line in lines]),
        ],
    )
    return [Posted(entry_id, repeated) for _, entry_id, repeated in rows]


def place_hold(
    *, key: str, account_id: int, amount: int, reason: str = "", expires_at: datetime | None = None
) -> HoldPlaced:
    """This function will hold an amount (minor units, above zero) on a running account, or answer the hold of this key.

    Raises BelowFloor, AccountClosed, UnknownAccount, KeyReused, Malformed.
    """
    _in_range(amount)
    ((hold_id, repeated),) = database.call(_PLACE_HOLD, [key, account_id, amount, reason, expires_at])
    return HoldPlaced(hold_id, repeated)


def release_hold(*, hold_id: int) -> bool:
    """This function will set held money free; answers True when it had been released before.

    Raises UnknownHold, and HoldResolved when the hold was captured or has expired.
    """
    ((repeated,),) = database.call(_RELEASE_HOLD, [hold_id])
    return bool(repeated)


def expire_holds(*, now: datetime, limit: int = 1000) -> int:
    """This function will set holds free whose time is over by `now`, at most `limit`; answers how many."""
    ((expired,),) = database.call(_EXPIRE_HOLDS, [now, limit])
    return int(expired)


_POST = (
    "SELECT entry_id, repeated FROM ledger_post(%s::text, %s::text, %s::text, %s::date, "
    "%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint, %s::bigint)"
)
_REVERSE = "SELECT entry_id, repeated FROM ledger_reverse(%s::bigint, %s::text, %s::text, %s::text, %s::date, %s::text)"
_POST_MANY = (
    "SELECT ordinal, entry_id, repeated FROM ledger_post_many(%s::text[], %s::text[], %s::text[], %s::date[], "
    "%s::int[], %s::bigint[], %s::bigint[], %s::text[], %s::text[]) ORDER BY ordinal"
)
_PLACE_HOLD = (
    "SELECT hold_id, repeated FROM ledger_place_hold(%s::text, %s::bigint, %s::bigint, %s::text, %s::timestamptz)"
)
_RELEASE_HOLD = "SELECT ledger_release_hold(%s::bigint)"
_EXPIRE_HOLDS = "SELECT ledger_expire_holds(%s::timestamptz, %s::int)"


def _posted(sql: str, params: list[Any]) -> Posted:
    ((entry_id, repeated),) = database.call(sql, params)
    return Posted(entry_id, repeated)


def _columns(lines: Sequence[Line]) -> tuple[str, str, list[str] | None, list[str] | None]:
    """Lines as the arrays the functions take. An array that says nothing is not sent."""
    for line in lines:
        _in_range(line.amount)
    return (
        _integers(line.account_id for line in lines),
        _integers(line.amount for line in lines),
        [line.narrative for line in lines] if any(line.narrative for line in lines) else None,
        [line.currency for line in lines] if any(line.currency for line in lines) else None,
    )


def _integers(values: Iterable[int]) -> str:
    """An array literal: one type of parameter whatever the size of the numbers, so one prepared statement."""
    return "{" + ",".join(map(str, values)) + "}"


def _in_range(amount: int) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Malformed(f"an amount is a whole number of minor units, not {amount!r}")
    if not -BIGINT < amount < BIGINT:
        raise Malformed("the amount is out of range")
