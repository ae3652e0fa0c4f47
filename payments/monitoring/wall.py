"""What the rules found lately, rule by rule: how often, how it was decided, how fast, and how often it was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from payments.monitoring import words
from payments.monitoring.models import Alert, RuleVersion

SPANS = (7, 30, 90)  # days back

_BY_RULE = """
    SELECT r.code,
           count(*) FILTER (WHERE r.mode = 'live'),
           count(*) FILTER (WHERE r.mode = 'shadow'),
           count(h.id) FILTER (WHERE r.mode = 'live'),
           count(*) FILTER (WHERE a.verdict = 'fraud'),
           count(*) FILTER (WHERE a.verdict = 'false'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.decided_at - a.judged_at))
    FROM monitoring_alert a
    JOIN monitoring_hit x ON x.alert_id = a.id
    JOIN monitoring_ruleversion r ON r.id = x.rule_id
    LEFT JOIN payments_holding h ON h.payment = a.payment
    WHERE a.judged_at >= %s
    GROUP BY r.code
"""
# Payments of customers to others of this bank that were confirmed, or held and not sent.
_JUDGED = """
    SELECT m.currency, count(*), sum(m.amount),
           (SELECT coalesce(sum(h.amount), 0) FROM payments_holding h
             WHERE h.kind = 'customer' AND h.held_at >= %(since)s AND h.currency = m.currency)
    FROM (SELECT currency, amount FROM payments_transfer
           WHERE kind = 'customer' AND confirmed_at >= %(since)s AND state = 'confirmed'
           UNION ALL
          SELECT currency, amount FROM payments_holding
           WHERE kind = 'customer' AND held_at >= %(since)s AND state <> 'released') m
    GROUP BY m.currency ORDER BY m.currency
"""
# Those whose rules asked for a colleague, and those that came to the desk because their payer did not let them go.
_ALERTS = """
    SELECT count(*) FILTER (WHERE a.judged_at >= %(since)s), count(*) FILTER (WHERE waits.yes),
           min(a.judged_at) FILTER (WHERE waits.yes)
    FROM monitoring_alert a
    LEFT JOIN payments_holding h ON h.payment = a.payment
    CROSS JOIN LATERAL (
        SELECT a.verdict = '' AND (a.outcome = ANY(%(colleague)s)
                                   OR (h.state = 'given_back' AND h.ended_by = 'customer')) AS yes) waits
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. Hits count payments; `median` is from the payment to the decision."""

    rule: RuleVersion
    live: int = 0
    shadow: int = 0
    held: int = 0
    fraud: int = 0
    false: int = 0
    median: timedelta | None = None

    @property
    def decided(self) -> int:
        """How many of its hits people have decided about."""
        return self.fraud + self.false

    @property
    def shown_median(self) -> str:
        """The time to a decision in words; "" without any."""
        return "" if self.median is None else words.lasting(self.median)

    @property
    def precision(self) -> float | None:
        """Which share of those was fraud, in per cent; None without any."""
        return self.fraud * 100 / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Held:
    """Of the money customers sent to others in one currency, in minor units: how much of it was held on its way."""

    currency: str
    moved: int
    held: int

    @property
    def shown_moved(self) -> str:
        """What was sent, written out."""
        return words.money(self.moved, self.currency)

    @property
    def shown_held(self) -> str:
        """What of it was held, written out."""
        return words.money(self.held, self.currency)

    @property
    def shown_share(self) -> str:
        """Which share that is."""
        return words.percent(self.held * 100 / self.moved)


@dataclass(frozen=True, slots=True)
class Wall:
    """The rules over a span, and what stands around them."""

    days: int
    since: datetime
    rows: Sequence[Row]
    judged: int  # payments
    money: Sequence[Held]
    alerts: int  # of them hit by a rule
    open: int  # alerts that wait on the desk for a decision
    oldest: datetime | None  # of those

    @property
    def rate(self) -> float | None:
        """Which share of the payments was hit, in per cent."""
        return self.alerts * 100 / self.judged if self.judged else None


def of(*, days: int, now: datetime) -> Wall:
    """This function will look back so many days: four questions, however many rules and alerts there are."""
    since = now - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, [since])
        found = {code: rest for code, *rest in cursor.fetchall()}
        cursor.execute(_JUDGED, {"since": since})
        moved = cursor.fetchall()
        cursor.execute(_ALERTS, {"since": since, "colleague": list(Alert.ASK_A_COLLEAGUE)})
        alerts, waiting, oldest = cursor.fetchone()
    versions = RuleVersion.objects.order_by("code", "-version").distinct("code")
    return Wall(
        days=days,
        since=since,
        rows=[_row(rule, found.get(rule.code)) for rule in versions],
        judged=sum(number for _currency, number, _sum, _held in moved),
        money=[Held(currency, int(total), int(held)) for currency, _number, total, held in moved],
        alerts=alerts,
        open=waiting,
        oldest=oldest,
    )


def _row(rule: RuleVersion, found: Sequence[int | float | None] | None) -> Row:
    if found is None:
        return Row(rule)
    live, shadow, held, fraud, false, median = found
    return Row(
        rule, int(live or 0), int(shadow or 0), int(held or 0), int(fraud or 0), int(false or 0),
        None if median is None else timedelta(seconds=float(median)),  # seconds
    )  # fmt: skip
