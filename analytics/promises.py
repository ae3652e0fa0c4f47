"""What was promised about payments, held against what happened: one question for all ways (PAY-1).

- within the bank: by `promised_by` of the transfer, ten seconds after it was confirmed; what happened is when the books
  took the entry;
- on a date: on the business date that was agreed; what happened is the business date of the transfer. A date that was
  not paid because the account was short or a limit stood against it follows the rule that was agreed, and counts as
  neither; a date that nobody has carried out is broken;
- to another bank: by `promised_by`, which the check page showed; what happened is when it settled there. What came back
  counts as neither; what is under way past its promise is broken;
- abroad: by `promised_on`, a day; what happened is the day on which the payee's bank said that it has arrived. Judged
  as to another bank, from when it left.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from ledger.calendar import business_date


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one way: how many promises were kept and how many were not."""

    way: str
    kept: int
    broken: int

    @property
    def share(self) -> str:
        """Of those that can be judged, in per cent with two places, never rounded up to a whole; "" without any."""
        total = self.kept + self.broken
        return f"{self.kept * 10_000 // total // 100}.{self.kept * 10_000 // total % 100:02d}" if total else ""


_COUNTED = """
      WITH dates AS (
    SELECT o.day, coalesce(t.business_date, p.business_date) AS business_date
      FROM schedules_occurrence o
           LEFT JOIN payments_transfer t ON t.id = o.transfer_id
           LEFT JOIN clearing_payment p ON p.id = o.payment_id
     WHERE o.day BETWEEN %(since)s AND %(until)s
           )
    SELECT 'within the bank', count(*) FILTER (WHERE e.booked_at <= t.promised_by),
           count(*) FILTER (WHERE e.booked_at > t.promised_by)
      FROM payments_transfer t JOIN ledger_entry e ON e.id = t.entry_id
     WHERE t.state = 'confirmed' AND t.promised_by IS NOT NULL AND t.business_date BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'on a date',
           (SELECT count(*) FROM dates WHERE business_date = day),
           (SELECT count(*) FROM dates WHERE business_date <> day)
           + (SELECT count(*) FROM schedules_schedule s
               WHERE s.state = 'active' AND s.next_day BETWEEN %(since)s AND %(until)s AND s.next_day < %(today)s)
    UNION ALL
    SELECT 'to another bank', count(*) FILTER (WHERE p.settled_at <= p.promised_by),
           count(*) FILTER (WHERE p.settled_at > p.promised_by
                               OR p.settled_at IS NULL AND p.promised_by < %(now)s)
      FROM clearing_payment p
     WHERE p.state IN ('accepted', 'sent', 'checking', 'settled') AND p.business_date BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'abroad', count(*) FILTER (WHERE (a.arrived_at AT TIME ZONE %(zone)s)::date <= a.promised_on),
           count(*) FILTER (WHERE (a.arrived_at AT TIME ZONE %(zone)s)::date > a.promised_on
                               OR a.arrived_at IS NULL AND a.promised_on < %(today)s)
      FROM crossborder_payment a
     WHERE a.state IN ('sent', 'arrived') AND a.business_date BETWEEN %(since)s AND %(until)s
"""


def kept(*, since: date, until: date, now: datetime) -> list[Kept]:
    """This function will count the promises kept and broken on these business dates, both included, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTED,
            {
                "since": since, "until": until, "today": business_date(now), "now": now, "zone": settings.TIME_ZONE,
            },
        )  # fmt: skip
        return [Kept(*row) for row in cursor.fetchall()]
