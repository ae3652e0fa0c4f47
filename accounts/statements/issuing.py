"""Issuing the months that have ended. Set-based; whoever runs it twice finds nothing left to do.

A statement is a range of the account's own line numbers, so that each line stands on exactly one. A line belongs to the
month of its business date; one that was booked after a later month had begun, or after its month was issued, belongs
to the month that was open then. A month without a movement has no statement.
"""

from datetime import date, datetime

from django.db import connection

BUCKET = 500  # accounts a call


def issue(*, bucket: int, through: date, now: datetime) -> int:
    """This function will issue what is missing up to the month of `through`, for one bucket of accounts.

    A bucket is `BUCKET` accounts by their ids. Answers how many statements were issued. Amounts are minor units.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {"low": bucket * BUCKET, "high": (bucket + 1) * BUCKET, "month": through.replace(day=1), "now": now},
        )
        return int(cursor.rowcount)


_ISSUE = """
    INSERT INTO statements_monthlystatement
           (public_id, bank_account_id, month, first_number, last_number, opening, money_in, money_out, closing,
            issued_at)
    SELECT gen_random_uuid(), line.id, line.month, min(line.number), max(line.number),
           (array_agg(line.balance_after - line.amount ORDER BY line.number))[1],
           coalesce(sum(line.amount) FILTER (WHERE line.amount > 0), 0),
           coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0), 0),
           (array_agg(line.balance_after ORDER BY line.number DESC))[1], %(now)s
      FROM (SELECT b.id, l.number, l.amount, l.balance_after,
                   greatest(max(date_trunc('month', l.business_date)::date) OVER (PARTITION BY b.id ORDER BY l.number),
                            (issued.month + interval '1 month')::date) AS month
              FROM accounts_bankaccount b
              LEFT JOIN LATERAL (SELECT s.month, s.last_number FROM statements_monthlystatement s
                                  WHERE s.bank_account_id = b.id ORDER BY s.month DESC LIMIT 1) issued ON true
              JOIN LATERAL (SELECT n.number, n.amount, n.balance_after, e.business_date
                              FROM ledger_line n JOIN ledger_entry e ON e.id = n.entry_id
                             WHERE n.account_id = b.ledger_account_id AND n.number > coalesce(issued.last_number, 0)
                            OFFSET 0) l ON true  -- account by account: a bucket must not read everybody's lines
             WHERE b.id >= %(low)s AND b.id < %(high)s) line
     WHERE line.month <= %(month)s
     GROUP BY line.id, line.month
    ON CONFLICT DO NOTHING
"""


def buckets(*, after: int, most: int) -> list[int]:
    """This function will list up to `most` buckets that hold accounts, behind one of them (-1 for all)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT id / %s FROM accounts_bankaccount WHERE id >= %s ORDER BY 1 LIMIT %s",
            [BUCKET, (after + 1) * BUCKET, most],
        )
        return [row[0] for row in cursor.fetchall()]
