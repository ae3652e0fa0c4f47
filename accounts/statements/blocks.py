"""Where in a long history a word can stand: an index of blocks of lines, by letters and by pairs of letters.

Every run of `SIZE` lines of a long account has one row: the letters of its details, each two that follow one another,
and its amounts. A word can only stand in blocks that hold all its pairs, so a search reads those and what is newer than
the last block. Chinese has no spaces between words: pairs of letters need none, and they find words of two characters,
which the groups of three of pg_trgm do not. No extension is needed, and a booking pays nothing for it: the blocks are
made when a business date closes.

It only ever leaves lines out that cannot match. A word that stands nearly everywhere is read without it: the newest
page is full soon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from psycopg import sql

from core import prepared

SIZE: Final = 256  # lines of a block
FROM: Final = 20_000  # lines from which on an account has blocks; fewer are read in a few milliseconds
AT_ONCE: Final = 40  # blocks made in one statement
FEW: Final = 200  # blocks that are read by themselves; beyond, the word is a common one

# A letter's number, and each letter's with the next one's; 2097152 is 2^21, more than there are characters.
_GRAMS = """(
    SELECT coalesce(array_agg(DISTINCT gram), '{{}}')
      FROM (SELECT ascii(letter)::bigint AS one, lead(ascii(letter)::bigint) OVER (ORDER BY place) AS two
              FROM unnest(string_to_array(lower({text}), NULL)) WITH ORDINALITY AS letters (letter, place)) pairs
     CROSS JOIN LATERAL (VALUES (one), (one * 2097152 + two)) AS grams (gram)
     WHERE gram IS NOT NULL)"""
# An amount stands among them as a negative number.
_MAKE = f"""
    INSERT INTO statements_searchblock (account_id, block, grams)
    SELECT %(account)s, lines.block, {_GRAMS.format(text="lines.text")} || lines.amounts
      FROM (SELECT ((number - 1) / %(size)s)::int AS block, string_agg(narrative, chr(10)) AS text,
                   array_agg(DISTINCT -abs(amount)) AS amounts
              FROM ledger_line
             WHERE account_id = %(account)s AND number > %(first)s * %(size)s AND number <= %(last)s * %(size)s
             GROUP BY 1) lines
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - built of the code's own words
_DUE = """
    SELECT a.id FROM ledger_account a
     WHERE a.running AND a.last_number >= %(from)s AND a.id > %(after)s
       AND a.last_number / %(size)s
           > coalesce((SELECT max(b.block) + 1 FROM statements_searchblock b WHERE b.account_id = a.id), 0)
     ORDER BY a.id LIMIT %(most)s
"""
_STATE = """
    SELECT coalesce((SELECT max(block) + 1 FROM statements_searchblock WHERE account_id = %(account)s), 0),
           (SELECT last_number / %(size)s FROM ledger_account WHERE id = %(account)s)
"""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The lines a search has to read: those of some blocks, and all behind the line `through`."""

    through: int
    firsts: Sequence[int]  # the first line of each block


def narrow(ledger_account_id: int, words: Sequence[tuple[Sequence[str], int | None]]) -> Narrowed | None:
    """This function will say which lines can hold every word; None where all have to be read.

    A word comes as the ways it is spelt, and the amount it may be instead.
    """
    values: dict[str, Any] = {"account": ledger_account_id, "few": FEW + 1}
    conditions = [sql.SQL("AND ") + _holds(f"w{place}", *word, values) for place, word in enumerate(words)]
    statement = sql.SQL(
        "SELECT coalesce((SELECT max(block) + 1 FROM statements_searchblock WHERE account_id = %(account)s), 0),"
        " ARRAY(SELECT block FROM statements_searchblock WHERE account_id = %(account)s {conditions} LIMIT %(few)s)"
    ).format(conditions=sql.SQL(" ").join(conditions))
    ((made, found),) = prepared.rows(statement, values)
    if not made or len(found) > FEW:
        return None
    return Narrowed(through=made * SIZE, firsts=[block * SIZE + 1 for block in sorted(found)])


def _holds(name: str, spelt: Sequence[str], amount: int | None, values: dict[str, Any]) -> sql.Composable:
    ways = []
    for place, text in enumerate(spelt):
        ways.append(f"grams @> {_GRAMS.format(text=f'%({name}_{place})s::text')}")
        values[f"{name}_{place}"] = text
    if amount is not None:
        ways.append(f"grams @> ARRAY[%({name}_amount)s::bigint]")
        values[f"{name}_amount"] = -amount
    return sql.SQL(f"({' OR '.join(ways)})")  # the code's own words


def source(within: Narrowed | None) -> tuple[sql.Composable, Mapping[str, Any]]:
    """This function will give what a search reads instead of the whole account, as SQL named `line`, and its values."""
    if within is None:
        return sql.SQL("ledger_line line"), {}
    return sql.SQL(
        "(SELECT l.* FROM ledger_line l WHERE l.account_id = %(account)s AND l.number > %(through)s"
        " UNION ALL SELECT l.* FROM unnest(%(firsts)s::bigint[]) AS block (first)"
        " CROSS JOIN LATERAL (SELECT * FROM ledger_line WHERE account_id = %(account)s"
        " AND number BETWEEN block.first AND block.first + %(size)s - 1) l) line"
    ), {"through": within.through, "firsts": list(within.firsts), "size": SIZE}


def due(_day: date, after: str, most: int) -> Sequence[str]:
    """This function will list the accounts whose newest whole blocks are missing."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"from": FROM, "after": int(after or 0), "most": most, "size": SIZE})
        return [f"{row[0]:015d}" for row in cursor.fetchall()]


def make(key: str, _day: date, _now: datetime) -> str:
    """This function will make the missing blocks of an account, some in each transaction of its own. Twice is once."""
    account = int(key)
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"account": account, "size": SIZE})
        first, last = cursor.fetchone()
        while first < last:
            until = min(first + AT_ONCE, last)
            cursor.execute(_MAKE, {"account": account, "size": SIZE, "first": first, "last": until})
            first = until
    return "made"
