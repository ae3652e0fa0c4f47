"""Reading movements: a page, everything for a file, the latest for home. Plain values, one query each.

A page is found by the account's line numbers, never by counting, so page 1 and page 4,000 cost the same. Every query
names the account first: another account's lines are never looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg import sql

from accounts.statements import blocks, categories, kinds, words
from accounts.statements.blocks import Narrowed
from accounts.statements.filters import Filter
from core import prepared
from core.ui import typed

PAGE = 25
CHUNK = 1_000  # lines fetched at once for a file
UNASKED: Final = Narrowed(0, ())


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


@dataclass(frozen=True, slots=True)
class Totals:
    """What the movements that match come to, in minor units; `through` is the newest one's line number.

    `more`: there are more than were counted, and none of the figures is the whole.
    """

    count: int
    money_in: int
    money_out: int  # without sign
    through: int
    more: bool = False


def _columns() -> sql.SQL:
    return sql.SQL(
        "SELECT line.account_id, line.number, line.amount, line.currency, line.balance_after, line.narrative,"
        f" {kinds.of_line()} AS kind, entry.channel, entry.business_date, entry.booked_at"
    )


def page(
    ledger_account_id: int,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    within: Narrowed | None = UNASKED,
) -> Page:
    """This function will read one page: the newest, or the one just before or just after a line number.

    `within` is what `narrowed` has answered for this search, where it was asked before.
    """
    within = narrowed(ledger_account_id, wanted) if within is UNASKED else within
    rows = _read(ledger_account_id, wanted, before=before, after=after, limit=PAGE + 1, within=within)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if after is not None:
        rows.reverse()
        return Page(rows, has_newer=more, has_older=True)
    return Page(rows, has_newer=before is not None, has_older=more)


def everything(ledger_account_id: int, wanted: Filter, *, before: int | None = None) -> Iterator[Movement]:
    """This function will read all movements that match, newest first, in chunks, so that memory stays bounded.

    `before`: only those before a line number.
    """
    within = narrowed(ledger_account_id, wanted)
    while True:
        rows = _read(ledger_account_id, wanted, before=before, after=None, limit=CHUNK, within=within)
        yield from rows
        if len(rows) < CHUNK:
            return
        before = rows[-1].number


def totals(ledger_account_id: int, wanted: Filter, *, most: int, within: Narrowed | None = UNASKED) -> Totals:
    """This function will add up the movements that match, but no more than `most` of them, in one query."""
    conditions, values = _conditions(wanted)
    within = narrowed(ledger_account_id, wanted) if within is UNASKED else within
    source, more = blocks.source(within)
    statement = sql.SQL(
        "SELECT count(*), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),"
        " coalesce(-sum(amount) FILTER (WHERE amount < 0), 0), coalesce(max(number), 0)"
        " FROM (SELECT line.amount, line.number FROM {source} {entry}"
        " WHERE line.account_id = %(account)s {conditions} ORDER BY line.number DESC LIMIT %(limit)s) matching"
    ).format(
        source=source,
        entry=sql.SQL("JOIN ledger_entry entry ON entry.id = line.entry_id" if _needs_entry(conditions) else ""),
        conditions=sql.SQL(" ").join(sql.SQL("AND " + condition) for condition in conditions),
    )
    ((count, money_in, money_out, through),) = prepared.rows(
        statement, {**values, **more, "account": ledger_account_id, "limit": most + 1}
    )
    return Totals(min(count, most), int(money_in), int(money_out), through, more=count > most)


def narrowed(ledger_account_id: int, wanted: Filter) -> Narrowed | None:
    """This function will ask the blocks of a long history where the words can stand; None where that is anywhere.

    A word that is a kind of movement as well can stand anywhere.
    """
    told = [(_spelt(piece), wanted.sums.get(piece)) for piece in words.pieces(wanted.words) if not kinds.called(piece)]
    return blocks.narrow(ledger_account_id, told) if told else None


def _spelt(piece: str) -> list[str]:
    return list(dict.fromkeys((piece, typed.half_width(piece))))


def _needs_entry(conditions: Sequence[str]) -> bool:
    return any("entry." in condition for condition in conditions)


def chunk_after(ledger_account_id: int, wanted: Filter, *, after: int) -> list[Movement]:
    """This function will read the next movements behind a line number, oldest first, at most a chunk."""
    within = narrowed(ledger_account_id, wanted)
    return _read(ledger_account_id, wanted, before=None, after=after, limit=CHUNK, within=within)


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
    ).format(columns=_columns())
    return [Movement(*row) for row in prepared.rows(statement, {"accounts": list(ledger_account_ids), "limit": limit})]


def _read(
    account: int,
    wanted: Filter,
    *,
    before: int | None,
    after: int | None,
    limit: int,
    within: Narrowed | None,
) -> list[Movement]:
    conditions, values = _conditions(wanted)
    source, more = blocks.source(within)
    if before is not None:
        conditions.append("line.number < %(before)s")
    if after is not None:
        conditions.append("line.number > %(after)s")
    statement = sql.SQL(
        "{columns} FROM {source} JOIN ledger_entry entry ON entry.id = line.entry_id"
        " WHERE line.account_id = %(account)s {conditions} ORDER BY line.number {direction} LIMIT %(limit)s"
    ).format(
        source=source,
        columns=_columns(),
        conditions=sql.SQL(" ").join(sql.SQL("AND " + condition) for condition in conditions),
        direction=sql.SQL("DESC" if after is None else "ASC"),
    )
    values |= {"account": account, "before": before, "after": after, "limit": limit, **more}
    return [Movement(*row) for row in prepared.rows(statement, values)]


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    """Write a filter as SQL conditions of the code's own words, and the values they bind."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for place, piece in enumerate(words.pieces(wanted.words)):
        conditions.append(_piece(piece, f"word{place}", wanted, values))
    if wanted.direction:
        conditions.append("line.amount > 0" if wanted.direction == "in" else "line.amount < 0")
    if wanted.category:
        values["category"] = list(categories.codes(wanted.category))
        other = wanted.category == categories.OTHER
        conditions.append(f"({kinds.of_line()}) {'<> ALL' if other else '= ANY'} (%(category)s)")
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


def _piece(piece: str, name: str, wanted: Filter, values: dict[str, Any]) -> str:
    """One word: it stands in the details, or in the kind's name in the reader's language, or it is the amount."""
    ways = []
    for place, spelt in enumerate(_spelt(piece)):
        ways.append(f"strpos(lower(line.narrative), lower(%({name}_{place})s)) > 0")
        values[f"{name}_{place}"] = spelt
    if codes := kinds.called(piece):  # only then does each line's entry have to be looked at
        ways.append(f"({kinds.of_line()}) = ANY (%({name}_kinds)s)")
        values[f"{name}_kinds"] = codes
    if piece in wanted.sums:
        ways.append(f"abs(line.amount) = %({name}_amount)s")
        values[f"{name}_amount"] = wanted.sums[piece]
    return f"({' OR '.join(ways)})"
