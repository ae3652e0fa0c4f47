"""Reading movements: a page, everything for a file, the latest for home. Plain values, one query each.

A page is found by the account's line numbers, never by counting, so page 1 and page 4,000 cost the same. Every query
names the account first: another account's lines are never looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import sql

from accounts.statements import kinds
from accounts.statements.filters import Filter
from core import prepared

PAGE = 25
CHUNK = 1_000  # lines fetched at once for a file


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of an account. Amounts are minor units of the currency."""

    account_id: int  # in the books
    number: int
    amount: int
    currency: str
    balance_after: int
    narrative: str
    kind: str
    channel: str
    business_date: date
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of movements, newest first, and whether there are newer and older ones that match."""

    movements: Sequence[Movement]
    has_newer: bool
    has_older: bool


_COLUMNS = """
    SELECT line.account_id, line.number, line.amount, line.currency, line.balance_after, line.narrative,
           entry.kind, entry.channel, entry.business_date, entry.booked_at
"""


def page(ledger_account_id: int, wanted: Filter, *, before: int | None = None, after: int | None = None) -> Page:
    """This function will read one page: the newest, or the one just before or just after a line number."""
    rows = _read(ledger_account_id, wanted, before=before, after=after, limit=PAGE + 1)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if after is not None:
        rows.reverse()
        return Page(rows, has_newer=more, has_older=True)
    return Page(rows, has_newer=before is not None, has_older=more)


def everything(ledger_account_id: int, wanted: Filter) -> Iterator[Movement]:
    """This function will read all movements that match, newest first, in chunks, so that memory stays bounded."""
    before: int | None = None
    while True:
        rows = _read(ledger_account_id, wanted, before=before, after=None, limit=CHUNK)
        yield from rows
        if len(rows) < CHUNK:
            return
        before = rows[-1].number


def chunk_after(ledger_account_id: int, wanted: Filter, *, after: int) -> list[Movement]:
    """This function will read the next movements behind a line number, oldest first, at most a chunk."""
    return _read(ledger_account_id, wanted, before=None, after=after, limit=CHUNK)


def latest(ledger_account_ids: Sequence[int], limit: int) -> list[Movement]:
    """This function will read the latest movements on some accounts together, newest first, in one query."""
    statement = sql.SQL(
        """
        SELECT latest.* FROM unnest(%(accounts)s::bigint[]) AS mine (account_id)
         CROSS JOIN LATERAL ({columns} FROM ledger_line line JOIN ledger_entry entry ON entry.id = line.entry_id
                              WHERE line.account_id = mine.account_id
                              ORDER BY line.number DESC LIMIT %(limit)s) AS latest
         ORDER BY latest.business_date DESC, latest.booked_at DESC, latest.account_id, latest.number DESC
         LIMIT %(limit)s
        """
    ).format(columns=sql.SQL(_COLUMNS))
    return [Movement(*row) for row in prepared.rows(statement, {"accounts": list(ledger_account_ids), "limit": limit})]


def _read(account: int, wanted: Filter, *, before: int | None, after: int | None, limit: int) -> list[Movement]:
    conditions, values = _conditions(wanted)
    if before is not None:
        conditions.append("line.number < %(before)s")
    if after is not None:
        conditions.append("line.number > %(after)s")
    statement = sql.SQL(
        "{columns} FROM ledger_line line JOIN ledger_entry entry ON entry.id = line.entry_id"
        " WHERE line.account_id = %(account)s {conditions} ORDER BY line.number {direction} LIMIT %(limit)s"
    ).format(
        columns=sql.SQL(_COLUMNS),
        conditions=sql.SQL(" ").join(sql.SQL("AND " + condition) for condition in conditions),
        direction=sql.SQL("DESC" if after is None else "ASC"),
    )
    values |= {"account": account, "before": before, "after": after, "limit": limit}
    return [Movement(*row) for row in prepared.rows(statement, values)]


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    """Write a filter as SQL conditions of the code's own words, and the values they bind."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if wanted.words:
        found = "strpos(lower(line.narrative), lower(%(words)s)) > 0"
        values["words"] = wanted.words
        if codes := kinds.called(wanted.words):  # only then does each line's entry have to be looked at
            found = f"({found} OR entry.kind = ANY (%(kinds)s))"
            values["kinds"] = codes
        conditions.append(found)
    if wanted.direction:
        conditions.append("line.amount > 0" if wanted.direction == "in" else "line.amount < 0")
    if wanted.least is not None:
        conditions.append("abs(line.amount) >= %(least)s")
        values["least"] = wanted.least
    if wanted.most is not None:
        conditions.append("abs(line.amount) <= %(most)s")
        values["most"] = wanted.most
    if wanted.first is not None:
        conditions.append("entry.business_date >= %(first)s")
        values["first"] = wanted.first
    if wanted.last is not None:
        conditions.append("entry.business_date <= %(last)s")
        values["last"] = wanted.last
    return conditions, values
