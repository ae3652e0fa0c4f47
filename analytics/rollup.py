"""Rolls the books up into facts, each entry once.

Entries carry the number of the transaction that wrote them (xid). A run looks at the database's snapshot: transactions
below its end that are not running are over, and all they wrote is seen. It takes the entries of the transactions that
ended since the last run: those that began since, and those that were running then. So none that commits late is missed,
none is taken twice, and a long transaction delays nothing but its own entries. Facts and progress are written in one
transaction per step.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from analytics.models import Progress

log = logging.getLogger(__name__)
LOCK = 0x66616374  # "fact": one run at a time
STEP = 50_000  # entries in one transaction

Tell = Callable[[int, int], None]  # number of the entry reached, number of the last one
_LAST_XID = 2**64 - 1

_ADD = """
WITH moved AS (
    SELECT e.business_date, e.channel, e.kind, CASE WHEN l.amount > 0 THEN 'in' ELSE 'out' END AS direction,
           l.currency, coalesce(b.district_id, 0) AS district, count(*) AS movements, sum(abs(l.amount)) AS value
      FROM ledger_entry e
      JOIN ledger_line l ON l.entry_id = e.id
      JOIN accounts_bankaccount b ON b.ledger_account_id = l.account_id
     WHERE e.id > %(after)s AND e.id <= %(upto)s
       AND ((e.xid >= %(low)s::text::xid8 AND e.xid < %(high)s::text::xid8
             AND e.xid <> ALL (%(running)s::text[]::xid8[])) OR e.xid = ANY (%(late)s::text[]::xid8[]))
     GROUP BY 1, 2, 3, 4, 5, 6
), daily AS (
    INSERT INTO analytics_daily AS f
           (business_date, channel, kind, direction, currency, district, movements, value)
    SELECT * FROM moved
    ON CONFLICT (business_date, channel, kind, direction, currency, district)
    DO UPDATE SET movements = f.movements + excluded.movements, value = f.value + excluded.value
)
INSERT INTO analytics_monthly AS f (month, channel, direction, currency, district, movements, value)
SELECT date_trunc('month', business_date)::date, channel, direction, currency, district, sum(movements), sum(value)
  FROM moved GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (month, channel, direction, currency, district)
DO UPDATE SET movements = f.movements + excluded.movements, value = f.value + excluded.value
"""

_HOLDINGS = """
WITH counted AS (
    SELECT day, district, sum(accounts) AS accounts, sum(customers) AS customers FROM (
        SELECT opened_on AS day, coalesce(district_id, 0) AS district, 1 AS accounts, 0 AS customers
          FROM accounts_bankaccount WHERE status = 'open'
        UNION ALL
        SELECT (created_at AT TIME ZONE %(zone)s)::date, coalesce(district_id, 0), 0, 1
          FROM accounts_customer c
         WHERE standing = 'verified'
            OR (standing <> 'closed' AND EXISTS (SELECT 1 FROM accounts_disposition d WHERE d.customer_id = c.id))
    ) AS one GROUP BY day, district
), gone AS (
    DELETE FROM analytics_holding h
     WHERE NOT EXISTS (SELECT 1 FROM counted c WHERE c.day = h.day AND c.district = h.district)
)
INSERT INTO analytics_holding AS h (day, district, accounts, customers)
SELECT day, district, accounts, customers FROM counted
ON CONFLICT (day, district) DO UPDATE SET accounts = excluded.accounts, customers = excluded.customers
 WHERE (h.accounts, h.customers) IS DISTINCT FROM (excluded.accounts, excluded.customers)
"""


@dataclass
class _Run:
    """A row of analytics_progress."""

    horizon: int = 0
    running: list[int] = field(default_factory=list)
    target: int | None = None
    target_running: list[int] = field(default_factory=list)
    entry: int = 0
    last_entry: int = 0
    foreign_entry: int = 0

    @property
    def late(self) -> list[int]:
        """Transactions that were running at the last horizon and are over now."""
        return sorted(set(self.running) - set(self.target_running))


def _quiet(_done: int, _all: int) -> None:
    return None


class RestoredElsewhere(RuntimeError):
    """The server counts its transactions lower than the last run did: the database was restored from a dump."""


def roll_up(*, now: datetime, tell: Tell = _quiet) -> int:
    """This function will bring the facts up to the books and answer how many entry numbers it went through.

    It commits step by step and may be killed anywhere: the next run goes on. Answers 0 when another run is at work.
    """
    done, went_on = 0, True
    try:
        while went_on:
            with transaction.atomic():
                if not _alone():
                    return done
                count, went_on = _step(now=now, tell=tell)
            done += count
    except RestoredElsewhere:
        log.warning("the database was restored from a dump, whose transaction numbers mean nothing here: counting anew")
        return rebuild(now=now, tell=tell)
    with transaction.atomic():
        count_holdings()
    return done


def rebuild(*, now: datetime, tell: Tell = _quiet) -> int:
    """This function will count everything anew in one transaction; readers see the old facts until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for statement in (
            "DELETE FROM analytics_daily",
            "DELETE FROM analytics_monthly",
            "DELETE FROM analytics_holding",
            "DELETE FROM analytics_progress",
        ):
            cursor.execute(statement)
        # Transactions that this server has not begun yet belong to another server's life: their entries came with a
        # dump, are all there, and have lower numbers than anything booked since.
        cursor.execute(
            "SELECT coalesce(max(id), 0) FROM ledger_entry WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())"
        )
        foreign = int(cursor.fetchone()[0])
        horizon, running = _snapshot()
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
        last = int(cursor.fetchone()[0])
        for begin, end, high, still in ((0, foreign, _LAST_XID, []), (foreign, last, horizon, running)):
            for after in range(begin, end, STEP):
                upto = min(after + STEP, end)
                _add(after=after, upto=upto, low=0, high=high, running=still, late=[])
                tell(upto, last)
        _save(_Run(horizon, running, None, [], last, last, foreign), now=now)
        count_holdings()
    return last


def count_holdings() -> None:
    """This function will count accounts and customers by day and district, and write what has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, {"zone": settings.TIME_ZONE})


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _step(*, now: datetime, tell: Tell) -> tuple[int, bool]:
    """Roll up some entries of the present run, beginning one when there is none; says whether more are left."""
    run = _progress()
    target = run.target if run.target is not None else _begin(run)
    if target is None:
        _save(run, now=now)
        return 0, False
    upto = min(run.entry + STEP, run.last_entry)
    _add(after=run.entry, upto=upto, low=run.horizon, high=target, running=run.target_running, late=run.late)
    count = upto - run.entry
    run.entry, run.target = upto, target
    tell(run.entry, run.last_entry)
    if run.entry >= run.last_entry:
        _finish(run, target)
    _save(run, now=now)
    return count, run.target is not None


def _begin(run: _Run) -> int | None:
    """Begin a new run and answer its target; None when no entry has come since the last one."""
    target, run.target_running = _snapshot()
    if target < run.horizon:
        raise RestoredElsewhere
    with connection.cursor() as cursor:
        # Asked after the snapshot, so that what ended before it is seen. The casts are those of the index, and OFFSET 0
        # keeps the planner from walking the whole primary key for a smallest number that is not there.
        cursor.execute(
            """
            SELECT min(id), max(id) FROM (
                SELECT id FROM ledger_entry
                 WHERE id > %(foreign)s
                   AND (((xid::text)::bigint >= %(horizon)s AND (xid::text)::bigint < %(target)s
                         AND (xid::text)::bigint <> ALL (%(running)s::bigint[]))
                        OR (xid::text)::bigint = ANY (%(late)s::bigint[]))
                OFFSET 0
            ) AS found
            """,
            {
                "foreign": run.foreign_entry,
                "horizon": run.horizon,
                "target": target,
                "running": run.target_running,
                "late": run.late,
            },
        )
        first, last = cursor.fetchone()
    if first is None:
        _finish(run, target)
        return None
    run.entry, run.last_entry = first - 1, last
    return target


def _finish(run: _Run, target: int) -> None:
    run.horizon, run.running = target, run.target_running
    run.target, run.target_running = None, []


def _snapshot() -> tuple[int, list[int]]:
    """Answer the first transaction number not yet given, and those below it that are still running."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_snapshot_xmax(s)::text::bigint, ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) AS x)
              FROM pg_current_snapshot() AS s
            """
        )
        end, running = cursor.fetchone()
    return int(end), list(running)


def _add(*, after: int, upto: int, low: int, high: int, running: list[int], late: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            {
                "after": after,
                "upto": upto,
                "low": low,
                "high": high,
                "running": [str(xid) for xid in running],
                "late": [str(xid) for xid in late],
            },
        )


def _progress() -> _Run:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT horizon, running, target, target_running, entry, last_entry, foreign_entry
              FROM analytics_progress WHERE id = 1 FOR UPDATE
            """
        )
        row = cursor.fetchone()
    return _Run(*row) if row else _Run()


def _save(run: _Run, *, now: datetime) -> None:
    Progress.objects.update_or_create(id=1, defaults={**asdict(run), "rolled_at": now})
