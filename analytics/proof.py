"""Are the facts what the books say? Reads everything: for the nightly proof and for tests."""

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True)
class Difference:
    """One business date on which the facts and the books disagree."""

    table: str
    day: date
    channel: str
    direction: str
    currency: str
    facts: tuple[int, int]  # movements, value
    books: tuple[int, int]


_COMPARE = """
WITH books AS (
    SELECT date_trunc(%(unit)s, e.business_date)::date AS day, e.channel,
           CASE WHEN l.amount > 0 THEN 'in' ELSE 'out' END AS direction, l.currency,
           count(*) AS movements, sum(abs(l.amount)) AS value
      FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
      JOIN accounts_bankaccount b ON b.ledger_account_id = l.account_id
     WHERE e.business_date < %(before)s
     GROUP BY 1, 2, 3, 4
), daily AS (
    SELECT date_trunc(%(unit)s, business_date)::date AS day, channel, direction, currency,
           sum(movements) AS movements, sum(value) AS value
      FROM analytics_daily WHERE business_date < %(before)s GROUP BY 1, 2, 3, 4
), monthly AS (
    SELECT month AS day, channel, direction, currency, sum(movements) AS movements, sum(value) AS value
      FROM analytics_monthly WHERE month < %(before)s GROUP BY 1, 2, 3, 4
), facts AS (
    SELECT * FROM daily WHERE %(unit)s = 'day' UNION ALL SELECT * FROM monthly WHERE %(unit)s = 'month'
)
SELECT day, channel, direction, currency,
       coalesce(f.movements, 0)::bigint, coalesce(f.value, 0), coalesce(b.movements, 0)::bigint, coalesce(b.value, 0)
  FROM facts f FULL JOIN books b USING (day, channel, direction, currency)
 WHERE (f.movements, f.value) IS DISTINCT FROM (b.movements, b.value)
 ORDER BY 1, 2, 3, 4 LIMIT 100
"""


def differences(*, before: date) -> list[Difference]:
    """This function will list where the facts of the days before a business date differ from the books, at most 200.

    Days are compared with the daily facts; the months that end before the date, with the monthly ones.
    """
    found = []
    with connection.cursor() as cursor:
        for table, unit, limit in (("daily", "day", before), ("monthly", "month", before.replace(day=1))):
            cursor.execute(_COMPARE, {"unit": unit, "before": limit})
            for day, channel, direction, currency, *figures in cursor.fetchall():
                f_count, f_value, b_count, b_value = (int(figure) for figure in figures)
                found.append(
                    Difference(table, day, channel, direction, currency, (f_count, f_value), (b_count, b_value))
                )
    return found
