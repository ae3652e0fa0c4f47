"""The desk's figures for those who lead it: what waits, how long it takes, why it is declined, who decides how much.

Five questions to the database whatever the number of cases; no name of a customer in any of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

MOST = 100  # rows of one table


@dataclass(frozen=True)
class Standing:
    """What waits of one kind at this moment."""

    subject: str
    waiting: int
    asked: int
    overdue: int
    oldest: datetime | None


@dataclass(frozen=True)
class Turnround:
    """What was closed of one kind in the period; working seconds without pauses."""

    subject: str
    approved: int
    declined: int
    withdrawn: int
    expired: int
    in_time: int
    median: Decimal | None
    slowest_tenth: Decimal | None  # nine of ten were faster

    @property
    def decided(self) -> int:
        return self.approved + self.declined


@dataclass(frozen=True)
class Figures:
    """Everything the statistics page shows."""

    standing: list[Standing]
    turnround: list[Turnround]
    reasons: list[tuple[str, str, int]]  # subject, reason, how often
    people: list[tuple[str, int, int]]  # who, approvals, refusals
    days: list[tuple[date, int, int]]  # day, approved, declined


def figures(*, kinds: list[str], days: int, now: datetime, zone: str) -> Figures:
    """This function will gather the figures of these kinds of cases over the last `days` days."""
    how = {"kinds": kinds, "since": now - timedelta(days=days), "now": now, "most": MOST, "zone": zone}
    return Figures(
        standing=[Standing(*row) for row in _rows(_STANDING, how)],
        turnround=[Turnround(*row) for row in _rows(_TURNROUND, how)],
        reasons=[(row[0], row[1], row[2]) for row in _rows(_REASONS, how)],
        people=[(row[0], row[1], row[2]) for row in _rows(_PEOPLE, how)],
        days=[(row[0], row[1], row[2]) for row in _rows(_DAYS, how)],
    )


def _rows(sql: str, how: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, how)
        return list(cursor.fetchall())


_STANDING = """
    SELECT subject, count(*) FILTER (WHERE state <> 'asked'), count(*) FILTER (WHERE state = 'asked'),
           count(*) FILTER (WHERE state <> 'asked' AND due_at <= %(now)s), min(opened_at)
      FROM reviews_case WHERE closed_at IS NULL AND subject = ANY(%(kinds)s)
     GROUP BY subject ORDER BY subject LIMIT %(most)s
"""
_TURNROUND = """
    SELECT subject, count(*) FILTER (WHERE state = 'approved'), count(*) FILTER (WHERE state = 'declined'),
           count(*) FILTER (WHERE state = 'withdrawn'), count(*) FILTER (WHERE state = 'expired'),
           count(*) FILTER (WHERE state IN ('approved', 'declined') AND closed_at <= due_at),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY worked_seconds)
               FILTER (WHERE state IN ('approved', 'declined'))::numeric,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY worked_seconds)
               FILTER (WHERE state IN ('approved', 'declined'))::numeric
      FROM reviews_case WHERE closed_at >= %(since)s AND subject = ANY(%(kinds)s)
     GROUP BY subject ORDER BY subject LIMIT %(most)s
"""
_REASONS = """
    SELECT c.subject, reason, count(*)
      FROM reviews_decision d JOIN reviews_case c ON c.id = d.case_id, unnest(d.reasons) AS reason
     WHERE d.verdict = 'decline' AND d.decided_at >= %(since)s AND c.subject = ANY(%(kinds)s)
     GROUP BY c.subject, reason ORDER BY count(*) DESC, c.subject, reason LIMIT %(most)s
"""
_PEOPLE = """
    SELECT d.reviewer_id, count(*) FILTER (WHERE d.verdict = 'approve'), count(*) FILTER (WHERE d.verdict = 'decline')
      FROM reviews_decision d JOIN reviews_case c ON c.id = d.case_id
     WHERE d.decided_at >= %(since)s AND c.subject = ANY(%(kinds)s)
     GROUP BY d.reviewer_id ORDER BY count(*) DESC, d.reviewer_id LIMIT %(most)s
"""
_DAYS = """
    SELECT day::date, count(c.id) FILTER (WHERE c.state = 'approved'), count(c.id) FILTER (WHERE c.state = 'declined')
      FROM generate_series((%(since)s AT TIME ZONE %(zone)s)::date, (%(now)s AT TIME ZONE %(zone)s)::date,
                           interval '1 day') AS day
      LEFT JOIN reviews_case c ON (c.closed_at AT TIME ZONE %(zone)s)::date = day::date
           AND c.closed_at >= %(since)s AND c.subject = ANY(%(kinds)s)
     GROUP BY day ORDER BY day LIMIT %(most)s
"""
