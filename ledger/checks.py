"""The proof of the books: everything derived is computed again from the lines, set by set, and compared.

Each check is one statement that answers only what differs: the subject and a sentence with both figures.
`manage.py check_books` prints them; the tests ask `drift()` after every test that touched the books.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the books and the statement that finds where it is broken."""

    name: str
    promise: str
    sql: str


@dataclass(frozen=True, slots=True)
class Difference:
    check: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.text}"


CHECKS: tuple[Check, ...] = (
    Check(
        "entries",
        "Every entry has exactly the lines it was written with, and they sum to zero in each currency.",
        """
        SELECT 'entry ' || coalesce(e.id, l.entry_id),
               CASE WHEN e.id IS NULL THEN l.n || ' lines belong to no entry'
                    WHEN l.n IS NULL THEN 'it has no lines'
                    WHEN l.n <> e.line_count OR l.lowest <> 1 OR l.highest <> l.n
                    THEN 'written with ' || e.line_count || ' lines, found ' || l.n
                    ELSE 'does not balance: ' || l.off END
          FROM ledger_entry e
          FULL JOIN (SELECT entry_id, sum(n) AS n, min(lowest) AS lowest, max(highest) AS highest,
                            string_agg(currency || ' ' || total, ', ') FILTER (WHERE total <> 0) AS off
                       FROM (SELECT entry_id, currency, count(*) AS n, sum(amount) AS total,
                                    min(position) AS lowest, max(position) AS highest
                               FROM ledger_line GROUP BY entry_id, currency) c
                      GROUP BY entry_id) l ON l.entry_id = e.id
         WHERE e.id IS NULL OR l.n IS NULL OR l.n <> e.line_count OR l.lowest <> 1 OR l.highest <> l.n
            OR l.off IS NOT NULL
        """,
    ),
    Check(
        "running balances",
        "A running account's lines are numbered without a gap, each balance follows from the one before,"
        " and the account stands where its last line left it.",
        """
        SELECT 'account ' || coalesce(a.id, l.account_id),
               CASE WHEN a.id IS NULL THEN l.n || ' lines belong to no account'
                    WHEN l.gap IS NOT NULL THEN 'numbering breaks at line ' || l.gap
                    WHEN l.break IS NOT NULL THEN 'the balance after line ' || l.break || ' does not follow'
                    WHEN a.last_number <> coalesce(l.n, 0)
                    THEN 'last number ' || a.last_number || ', its lines say ' || coalesce(l.n, 0)
                    ELSE 'balance ' || a.balance || ', its lines say ' || coalesce(l.total, 0) END
          FROM (SELECT * FROM ledger_account WHERE running) a
          FULL JOIN (SELECT account_id, count(*) AS n, sum(amount) AS total,
                            min(number) FILTER (WHERE number <> k) AS gap,
                            min(number) FILTER (WHERE balance_after IS DISTINCT FROM so_far) AS break
                       FROM (SELECT account_id, number, amount, balance_after,
                                    row_number() OVER w AS k, sum(amount) OVER w AS so_far
                               FROM ledger_line
                              WHERE NOT EXISTS (SELECT 1 FROM ledger_account i
                                                 WHERE i.id = ledger_line.account_id AND NOT i.running)
                             WINDOW w AS (PARTITION BY account_id ORDER BY number)) x
                      GROUP BY account_id) l ON l.account_id = a.id
         WHERE a.id IS NULL OR l.gap IS NOT NULL OR l.break IS NOT NULL
            OR a.last_number <> coalesce(l.n, 0) OR a.balance <> coalesce(l.total, 0)
        """,
    ),
    Check(
        "roll-ups",
        "An internal account's roll-up is the sum of its lines up to the number it names; its lines carry no balance.",
        """
        SELECT 'account ' || a.id,
               CASE WHEN l.carrying > 0 THEN l.carrying || ' lines carry a balance'
                    ELSE 'rolled up ' || r.balance || ' to line ' || r.number
                         || ', the lines say ' || coalesce(l.total, 0) END
          FROM ledger_account a LEFT JOIN ledger_rollup r ON r.account_id = a.id
         CROSS JOIN LATERAL (SELECT sum(amount) FILTER (WHERE number <= r.number) AS total,
                                    count(balance_after) AS carrying
                               FROM ledger_line WHERE account_id = a.id) l
         WHERE (NOT a.running AND (l.carrying > 0 OR r.balance <> coalesce(l.total, 0)))
            OR (a.running AND r.account_id IS NOT NULL)
        """,
    ),
    Check(
        "currencies",
        "A line is in its account's currency.",
        """
        SELECT 'account ' || a.id, count(*) || ' lines in ' || l.currency || ', the account is kept in ' || a.currency
          FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
         WHERE l.currency <> a.currency GROUP BY a.id, a.currency, l.currency
        """,
    ),
    Check(
        "holds",
        "What an account holds is the sum of its live holds; a captured hold names its entry.",
        """
        SELECT 'account ' || a.id, 'held ' || a.held || ', its live holds say ' || coalesce(h.total, 0)
          FROM ledger_account a
          LEFT JOIN (SELECT account_id, sum(amount) AS total
                       FROM ledger_hold WHERE state = 'live' GROUP BY account_id) h
                 ON h.account_id = a.id
         WHERE a.held <> coalesce(h.total, 0)
        UNION ALL
        SELECT 'hold ' || h.id, 'belongs to no account, or its entry is missing or does not take its money'
          FROM ledger_hold h
         WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = h.account_id)
            OR (h.state = 'captured') IS DISTINCT FROM EXISTS
               (SELECT 1 FROM ledger_line l WHERE l.entry_id = h.entry_id AND l.account_id = h.account_id)
        """,
    ),
    Check(
        "floors",
        "No account is below its floor, and what is held is covered.",
        """
        SELECT 'account ' || id, 'balance ' || balance || ', held ' || held || ', floor ' || floor
          FROM ledger_account WHERE balance - held < floor OR held < 0
            OR (NOT running AND (balance <> 0 OR last_number <> 0))
        """,
    ),
    Check(
        "reversals",
        "A reversal mirrors its entry line by line; an entry is reversed once; a reversal is not reversed.",
        """
        SELECT 'entry ' || r.id,
               CASE WHEN o.id IS NULL THEN 'reverses entry ' || r.reverses_id || ', which is missing'
                    WHEN o.reverses_id IS NOT NULL THEN 'reverses entry ' || o.id || ', itself a reversal'
                    WHEN r.nth > 1 THEN 'reverses entry ' || o.id || ' a second time'
                    ELSE 'does not mirror entry ' || o.id END
          FROM (SELECT id, reverses_id, row_number() OVER (PARTITION BY reverses_id ORDER BY id) AS nth
                  FROM ledger_entry WHERE reverses_id IS NOT NULL) r
          LEFT JOIN ledger_entry o ON o.id = r.reverses_id
         WHERE o.id IS NULL OR o.reverses_id IS NOT NULL OR r.nth > 1
            OR EXISTS (SELECT position, account_id, amount FROM ledger_line WHERE entry_id = r.id
                       EXCEPT SELECT position, account_id, -amount FROM ledger_line WHERE entry_id = o.id)
        """,
    ),
    Check(
        "fingerprints",
        "Each entry and its lines still read as they were written.",
        """
        SELECT 'entry ' || e.id, 'its content is not what was written under the key ' || e.key
          FROM ledger_entry e
          JOIN (SELECT entry_id, array_agg(account_id ORDER BY position) AS accounts,
                       array_agg(amount ORDER BY position) AS amounts,
                       array_agg(narrative::text ORDER BY position) AS texts
                  FROM ledger_line GROUP BY entry_id) l ON l.entry_id = e.id
          LEFT JOIN ledger_hold h ON h.entry_id = e.id
         WHERE e.fingerprint <> ledger_fingerprint(e.kind, e.channel, e.reverses_id, h.id,
                                                   l.accounts, l.amounts, l.texts)
        """,
    ),
    Check(
        "trial balance",
        "In each currency all balances sum to zero.",
        """
        SELECT currency, 'all balances sum to ' || sum(booked)
          FROM ledger_balance GROUP BY currency HAVING sum(booked) <> 0
        """,
    ),
)


def differences(check: Check) -> list[Difference]:
    """This function will run one check and answer what differs."""
    with connection.cursor() as cursor:
        cursor.execute(check.sql)
        return [Difference(check.name, subject, text) for subject, text in cursor.fetchall()]


def run() -> Iterator[tuple[Check, list[Difference]]]:
    """This function will run the checks one after the other, answering each as it ends."""
    for check in CHECKS:
        yield check, differences(check)


def drift() -> list[str]:
    """This function will run all checks and answer every difference as a sentence; an empty list is sound books."""
    return [str(difference) for _, found in run() for difference in found]
