"""The sums of daily balances, carried from day to day, some accounts at a time, in one statement each.

The balance of a day is what the books hold with its business date or an earlier one; below zero it counts as nothing. A
line that is booked later with the date of a period that is settled counts from the first day of the running one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from products.deposits import figures

BUCKET = 1_000  # accounts by their ids that are carried on in one transaction
_LOCK = 7_301  # first key of the advisory locks of this room; the second is the bucket


@dataclass(frozen=True, slots=True)
class Running:
    """The running period of one account as of a day."""

    since: date
    until: date
    through: date
    daily_balances: int


def buckets(*, after: int, most: int, day: date) -> list[int]:
    """This function will list buckets of accounts that were open by a day, behind one of them (-1 for all)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT id / %s FROM accounts_bankaccount WHERE id >= %s AND opened_on <= %s ORDER BY 1 LIMIT %s",
            [BUCKET, (after + 1) * BUCKET, day, most],
        )
        return [row[0] for row in cursor.fetchall()]


def lock(account_id: int) -> None:
    """This function will keep everybody else from carrying on an account's bucket until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, account_id // BUCKET])


def advance(*, low: int, high: int, day: date) -> None:
    """This function will count the days up to one that are not in the sums yet; `lock` comes first."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, _values(low, high, day))


def running(bank_account_id: int, *, day: date) -> Running | None:
    """This function will work out one account's sum as of a day, without writing it down; None while nothing counts."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, _values(bank_account_id, bank_account_id + 1, day))
        row = cursor.fetchone()
    return Running(*row) if row else None


def _values(low: int, high: int, day: date) -> dict[str, Any]:
    return {
        "low": low, "high": high, "day": day,
        "currencies": figures.currencies(on=day), "settles_on": figures.settles_on(on=day),
    }  # fmt: skip


# An account's first day is the day it was opened, or the first one this room counts in its currency (`books.begin`), if
# that is later: what came before was settled elsewhere.
_CARRIED = """
    WITH begun AS (
        SELECT b.id, b.currency, b.ledger_account_id AS account, a.balance, a.last_number, s.through,
               coalesce(s.daily_balances, 0) AS daily_balances, coalesce(s.after_number, 0) AS after_number,
               coalesce(s.since, new.day) AS since, coalesce(s.through + 1, new.day) AS first, s.until
          FROM accounts_bankaccount b
          JOIN ledger_account a ON a.id = b.ledger_account_id
          LEFT JOIN deposits_accrual s ON s.bank_account_id = b.id
                AND s.bank_account_id >= %(low)s AND s.bank_account_id < %(high)s  -- said again: it is not inferred
         CROSS JOIN LATERAL (
               SELECT greatest(b.opened_on, kept.first) AS day
                 FROM (SELECT min(d.day) + 1 AS first
                         FROM deposits_accruedday d WHERE d.currency = b.currency) kept
                WHERE kept.first IS NOT NULL) new
         WHERE b.id >= %(low)s AND b.id < %(high)s AND b.status = 'open' AND b.product = 'demand'
           AND b.currency = ANY (%(currencies)s)
    ), ending AS (
        SELECT begun.*, coalesce(begun.until, CASE WHEN end_of.quarter >= begun.since THEN end_of.quarter
                                                   ELSE (end_of.quarter + interval '3 months')::date END) AS ends
          FROM begun
         CROSS JOIN LATERAL (SELECT (date_trunc('quarter', begun.since) + interval '2 months')::date
                                    + %(settles_on)s - 1 AS quarter) end_of
    ), due AS MATERIALIZED (
        SELECT ending.*, least(%(day)s::date, ends) AS last FROM ending
    ), booked AS (
        SELECT due.id, l.business_date AS day, sum(l.amount)::bigint AS net, min(l.number) AS number
          FROM due
          JOIN LATERAL (SELECT n.number, n.amount,  -- each line's entry by its key: a join would read all entries
                               (SELECT e.business_date FROM ledger_entry e WHERE e.id = n.entry_id) AS business_date
                          FROM ledger_line n
                         WHERE n.account_id = due.account AND n.number > due.after_number OFFSET 0) l ON true
         WHERE l.business_date > due.first
         GROUP BY 1, 2
    ), days AS (
        SELECT id, first AS day, 0::bigint AS net, NULL::bigint AS number FROM due
        UNION ALL SELECT id, day, net, number FROM booked
    ), told AS (
        SELECT id, day, number, lead(day) OVER (PARTITION BY id ORDER BY day) AS next,
               coalesce(sum(net) OVER (PARTITION BY id ORDER BY day DESC
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS later
          FROM days
    ), carried AS (
        SELECT due.id, due.since, due.ends, due.first, due.last,
               due.daily_balances + coalesce(
                   sum(greatest(due.balance - told.later, 0) * (least(told.next, due.last + 1) - told.day))
                   FILTER (WHERE told.day <= due.last), 0)::bigint AS daily_balances,
               coalesce(min(told.number) FILTER (WHERE told.day > due.last) - 1, due.last_number) AS after_number
          FROM due JOIN told ON told.id = due.id
         GROUP BY due.id, due.since, due.ends, due.first, due.last, due.daily_balances, due.last_number
    )
"""
_ADVANCE = f"""
    {_CARRIED}
    INSERT INTO deposits_accrual (bank_account_id, since, until, through, daily_balances, after_number)
    SELECT id, since, ends, last, daily_balances, after_number FROM carried WHERE first <= last
    ON CONFLICT (bank_account_id) DO UPDATE
       SET through = EXCLUDED.through, daily_balances = EXCLUDED.daily_balances, after_number = EXCLUDED.after_number
"""  # noqa: S608 - built of the code's own words
_READ = f"{_CARRIED} SELECT since, ends, greatest(last, first - 1), daily_balances FROM carried"  # noqa: S608
