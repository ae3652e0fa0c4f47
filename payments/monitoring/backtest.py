"""What a condition would have found among the payments of a span, each as of the moment it was judged.

The statement that judges a payment as it goes (`measures.read`) measures it here again, so both cannot differ. Nothing
is written: the database itself refuses it while this runs. Labels are what colleagues decided about alerts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from ledger.calendar import business_date
from payments.exchange.refusals import NoRate
from payments.monitoring import conditions, measures
from payments.monitoring.conditions import Value
from payments.monitoring.measures import Subject
from payments.monitoring.models import Alert

EXAMPLES = 10
EVERY = 1_000  # payments between two words of progress

# A payment that was held counts at the moment it was judged, whatever became of it. The payee is who was on the list;
# at another bank, an account is known from the first payment to it.
_PAYMENTS = """
    SELECT t.public_id, t.id, t.payer_id, t.source_id, t.destination_id, b.number,
           CASE WHEN p.confirmed_at <= j.at AND (p.archived_at IS NULL OR p.archived_at > j.at)
                THEN p.confirmed_at END,
           t.amount, t.currency, j.at, coalesce(a.verdict, '')
      FROM payments_transfer t
      JOIN accounts_bankaccount b ON b.id = t.destination_id
      LEFT JOIN payments_payee p ON p.id = t.payee_id
      LEFT JOIN payments_holding h ON h.payment = t.public_id
      LEFT JOIN monitoring_alert a ON a.payment = t.public_id
     CROSS JOIN LATERAL (SELECT coalesce(a.judged_at, h.held_at, t.confirmed_at) AS at) j
     WHERE t.kind = 'customer' AND t.state IN ('confirmed', 'held', 'stopped')
       AND (j.at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT p.public_id, 0, p.payer_id, p.source_id, NULL, p.payee_bank || ' ' || p.payee_number,
           (SELECT min(o.confirmed_at) FROM clearing_payment o
             WHERE o.payer_id = p.payer_id AND o.payee_bank = p.payee_bank AND o.payee_number = p.payee_number
               AND o.confirmed_at < j.at),
           p.amount, p.currency, j.at, coalesce(a.verdict, '')
      FROM clearing_payment p
      LEFT JOIN payments_holding h ON h.payment = p.public_id
      LEFT JOIN monitoring_alert a ON a.payment = p.public_id
     CROSS JOIN LATERAL (SELECT coalesce(a.judged_at, h.held_at, p.confirmed_at) AS at) j
     WHERE p.state NOT IN ('draft', 'void')
       AND (j.at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT x.public_id, 0, x.payer_id, x.source_id, NULL, x.payee_bic || ' ' || x.payee_number,
           l.created_at, x.cny, 'CNY', j.at, coalesce(a.verdict, '')
      FROM crossborder_payment x
      JOIN crossborder_payeeabroad l ON l.id = x.payee_id
      LEFT JOIN monitoring_alert a ON a.payment = x.public_id
     CROSS JOIN LATERAL (SELECT coalesce(a.judged_at, x.confirmed_at) AS at) j
     WHERE x.state NOT IN ('draft', 'void')
       AND (j.at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(since)s AND %(until)s
     ORDER BY at, id
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A payment that the condition is true of, and of what it is true."""

    payment: str
    at: datetime
    amount: int  # minor units
    currency: str
    measured: Mapping[str, Value]


@dataclass(slots=True)
class Report:
    """What was found. Amounts in minor units by currency; `labels` counts (decided, hit) of what people decided."""

    since: date
    until: date
    judged: int = 0
    unmeasured: int = 0  # no rate to compare figures in yuan with
    hits: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    hit_moved: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    labels: Counter[tuple[str, bool]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    @property
    def rate(self) -> float | None:
        """Which share of the payments it is true of, in per cent."""
        return _share(self.hits, self.judged)

    def share_of_amount(self, currency: str) -> float | None:
        """This function will say which share of the money of a currency it is true of, in per cent."""
        return _share(self.hit_moved[currency], self.moved[currency])

    @property
    def precision(self) -> float | None:
        """Of the decided payments it is true of: which share was fraud, in per cent; None without any."""
        fraud, false = self.labels[Alert.Verdict.FRAUD, True], self.labels[Alert.Verdict.FALSE_ALARM, True]
        return _share(fraud, fraud + false)

    @property
    def recall(self) -> float | None:
        """Of the confirmed frauds: which share it is true of, in per cent; None without any."""
        found, missed = self.labels[Alert.Verdict.FRAUD, True], self.labels[Alert.Verdict.FRAUD, False]
        return _share(found, found + missed)


def run(
    condition: Mapping[str, Any], *, since: date, until: date, told: Callable[[int], None] = lambda _: None
) -> Report:
    """This function will replay the payments to others of some business dates, here, elsewhere or abroad.

    `told` hears how many were judged. Raises policy.UnknownPolicy where a figure did not exist on a day.
    """
    report = Report(since, until)
    names = {one["measure"] for one in conditions.comparisons(condition)}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        for subject, verdict in _payments(since, until):
            try:
                values = measures.read(subject).values
                figure = measures.figures_for(subject.currency, on=business_date(subject.at))
            except NoRate:
                report.unmeasured += 1
                continue
            hit = conditions.holds(condition, measured=values, figure=figure)
            _count(report, subject, verdict, hit=hit)
            if hit and len(report.examples) < EXAMPLES:
                report.examples.append(
                    Example(
                        str(subject.public_id), subject.at, subject.amount, subject.currency,
                        {name: values[name] for name in sorted(names)},
                    )
                )  # fmt: skip
            if report.judged % EVERY == 0:
                told(report.judged)
    return report


def _payments(since: date, until: date) -> Iterator[tuple[Subject, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, {"since": since, "until": until})
        rows = cursor.fetchall()
    for public_id, place, payer, source, destination, payee, payee_since, amount, currency, at, verdict in rows:
        yield (
            Subject(
                public_id=public_id, payer_id=payer, source_id=source, destination_id=destination, payee=payee,
                payee_since=payee_since, amount=amount, currency=currency, at=at, place=place,
            ),
            verdict,
        )  # fmt: skip


def _count(report: Report, subject: Subject, verdict: str, *, hit: bool) -> None:
    report.judged += 1
    report.moved[subject.currency] += subject.amount
    if verdict:
        report.labels[verdict, hit] += 1
    if hit:
        report.hits += 1
        report.hit_moved[subject.currency] += subject.amount
        report.days[business_date(subject.at)] += 1


def _share(part: int, whole: int) -> float | None:
    return round(part * 100 / whole, 2) if whole else None
