"""What can be known of a payment about to go: the closed vocabulary of the rules, read in one statement.

Every measure is as of the payment's own moment (`at`): what came later does not count, nor does the payment's own row.
So the same text judges a payment as it goes, many that go together, and one replayed months later (`backtest`). Of one
that goes, all that stands of its payer came before it: requests read their clocks before they wait for one another.
Amounts are minor units of the payment's currency, as are the figures they are compared with; a payment abroad counts by
its worth in fen, among the payments in yuan. What is not known is null, and null hits nothing.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import policy, prepared
from ledger.calendar import business_date
from ledger.money import Money
from payments.exchange import arithmetic, rates
from payments.monitoring import rules
from payments.monitoring.conditions import Value

HOME = "CNY"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Unit(StrEnum):
    """What a measure counts in."""

    MONEY = "money"  # minor units of the payment's currency
    COUNT = "count"
    HOURS = "hours"
    MINUTES = "minutes"
    DAYS = "days"
    PERCENT = "percent"
    CLOCK = "clock"  # hour of the day in Shanghai


# Amounts that are a share of the figure of the report of large values, by the key of the share.
SHARES = {
    "monitoring.near_from.cny": "monitoring.split.near_percent",
    "monitoring.part_from.cny": "monitoring.split.part_percent",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be known."""

    label: Promise
    unit: Unit
    sql: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The payment that is measured. `payee` is an account's number here, or bank and number elsewhere."""

    public_id: uuid.UUID
    payer_id: int
    source_id: int
    destination_id: int | None
    payee: str
    payee_since: datetime | None
    amount: int
    currency: str
    at: datetime
    goes: bool = False  # now, under its payer's lock
    place: int = 0  # of a replayed transfer, its row: of what was made together with it, what came before it counts


# m: the payment. gone: what its payer sent to others in the ninety days before, or that was held at its moment.
# usual: their 95th percentile. came: what other customers sent to its account within the hour before.
MEASURES: Mapping[str, Measure] = {
    "amount": Measure(_("Amount"), Unit.MONEY, "m.amount"),
    "payee_hours": Measure(
        _("Hours since the payee was put on the list; 0 when not on it"),
        Unit.HOURS,
        "coalesce(extract(epoch FROM m.at - m.payee_since) / 3600, 0)",
    ),
    "device_hours": Measure(
        _("Hours since the newest device of the payer was seen first"),
        Unit.HOURS,
        "(SELECT extract(epoch FROM m.at - max(k.first_seen_at)) / 3600 FROM access_knowndevice k"
        " JOIN accounts_customer c ON c.user_id = k.user_id WHERE c.id = m.payer AND k.first_seen_at <= m.at)",
    ),
    "sent_10_minutes": Measure(
        _("Payments to others within ten minutes, this one included"),
        Unit.COUNT,
        "1 + (SELECT count(*) FROM gone g WHERE g.at > m.at - interval '10 minutes')",
    ),
    "sent_24_hours": Measure(
        _("Payments to others within 24 hours, this one included"),
        Unit.COUNT,
        "1 + (SELECT count(*) FROM gone g WHERE g.at > m.at - interval '24 hours')",
    ),
    "sum_24_hours": Measure(
        _("Sent to others within 24 hours, this payment included"),
        Unit.MONEY,
        "m.amount + (SELECT coalesce(sum(g.amount), 0) FROM gone g WHERE g.at > m.at - interval '24 hours')",
    ),
    "sum_of_usual": Measure(
        _("Sent within 24 hours, as a share of what the payer usually sends at most"),
        Unit.PERCENT,
        "(m.amount + (SELECT coalesce(sum(g.amount), 0) FROM gone g WHERE g.at > m.at - interval '24 hours'))"
        " * 100 / usual.most",
    ),
    "amount_of_usual": Measure(
        _("This payment, as a share of what the payer usually sends at most"),
        Unit.PERCENT,
        "m.amount * 100 / usual.most",
    ),
    "hour": Measure(
        _("Hour of the day"), Unit.CLOCK, "extract(hour FROM m.at AT TIME ZONE 'Asia/Shanghai')"
    ),
    "quiet_days": Measure(
        _("Days since the payer last sent money to others"),
        Unit.DAYS,
        "(m.at AT TIME ZONE 'Asia/Shanghai')::date - greatest("
        "(SELECT max(t.business_date) FROM payments_transfer t WHERE t.payer_id = m.payer AND t.state = 'confirmed'"
        " AND t.kind = 'customer' AND t.confirmed_at < m.at AND t.public_id <> m.self),"
        " (SELECT max(p.business_date) FROM clearing_payment p WHERE p.payer_id = m.payer"
        " AND p.state NOT IN ('draft', 'void') AND p.confirmed_at < m.at AND p.public_id <> m.self),"
        " (SELECT max(x.business_date) FROM crossborder_payment x WHERE x.payer_id = m.payer"
        " AND x.state NOT IN ('draft', 'void') AND x.confirmed_at < m.at AND x.public_id <> m.self))",
    ),
    "probe_minutes": Measure(
        _("Minutes since a very small payment to the same payee"),
        Unit.MINUTES,
        "(SELECT extract(epoch FROM m.at - max(g.at)) / 60 FROM gone g"
        " WHERE g.payee = m.payee AND g.amount <= m.probe_most)",
    ),
    "payers_of_payee": Measure(
        _("Other customers who paid the same account within 24 hours"),
        Unit.COUNT,
        "(SELECT count(DISTINCT t.payer_id) FROM payments_transfer t WHERE t.destination_id = m.destination"
        " AND t.state = 'confirmed' AND t.kind = 'customer' AND t.payer_id <> m.payer"
        " AND t.confirmed_at > m.at - interval '24 hours' AND t.confirmed_at < m.at)",
    ),
    "payers_in": Measure(
        _("Customers who paid into the payer's account within 24 hours"),
        Unit.COUNT,
        "(SELECT count(DISTINCT t.payer_id) FROM payments_transfer t WHERE t.destination_id = m.source"
        " AND t.state = 'confirmed' AND t.kind = 'customer'"
        " AND t.confirmed_at > m.at - interval '24 hours' AND t.confirmed_at < m.at)",
    ),
    "new_payees": Measure(
        _("Payees within 24 hours whom the payer had not paid before, this one included"),
        Unit.COUNT,
        "(SELECT count(DISTINCT n.payee) FROM (SELECT g.payee FROM gone g WHERE g.at > m.at - interval '24 hours'"
        " UNION SELECT m.payee) n WHERE NOT EXISTS (SELECT 1 FROM gone o WHERE o.payee = n.payee"
        " AND o.at <= m.at - interval '24 hours'))",
    ),
    "came_hour": Measure(
        _("Came from other customers into the account within an hour"),
        Unit.MONEY,
        "came.amount",
    ),
    "left_of_came": Measure(
        _("What left within that hour, this payment included, as a share of what came"),
        Unit.PERCENT,
        "(m.amount + (SELECT coalesce(sum(g.amount), 0) FROM gone g WHERE g.source = m.source"
        " AND g.at > m.at - interval '1 hour')) * 100 / came.amount",
    ),
    "rest_of_came": Measure(
        _("What is left on the account, as a share of what came within the hour"),
        Unit.PERCENT,
        "coalesce((SELECT l.balance_after - l.amount - m.amount"
        " FROM (SELECT t.entry_id FROM payments_transfer t WHERE t.public_id = m.self"
        " UNION ALL SELECT p.entry_id FROM clearing_payment p WHERE p.public_id = m.self"
        " UNION ALL SELECT x.entry_id FROM crossborder_payment x WHERE x.public_id = m.self) self JOIN ledger_line l"
        " ON l.entry_id = self.entry_id AND l.account_id = came.ledger_account ORDER BY l.position LIMIT 1),"
        " (SELECT a.balance - m.amount FROM ledger_account a WHERE a.id = came.ledger_account)) * 100 / came.amount",
    ),
    "near_24_hours": Measure(
        _("Payments just below the reporting figure within 24 hours, this one included"),
        Unit.COUNT,
        "(SELECT count(*) FROM (SELECT g.amount FROM gone g WHERE g.at > m.at - interval '24 hours'"
        " UNION ALL SELECT m.amount) n WHERE n.amount >= m.near_from AND n.amount < m.report_from)",
    ),
    "near_7_days": Measure(
        _("Payments just below the reporting figure within seven days, this one included"),
        Unit.COUNT,
        "(SELECT count(*) FROM (SELECT g.amount FROM gone g WHERE g.at > m.at - interval '7 days'"
        " UNION ALL SELECT m.amount) n WHERE n.amount >= m.near_from AND n.amount < m.report_from)",
    ),
    "parts_24_hours": Measure(
        _("Sent within 24 hours in parts of the reporting figure, this one included; 0 when this one is none"),
        Unit.MONEY,
        "(SELECT coalesce(sum(n.amount), 0) FROM (SELECT g.amount FROM gone g WHERE g.at > m.at - interval '24 hours'"
        " UNION ALL SELECT m.amount) n WHERE n.amount >= m.part_from AND n.amount < m.report_from"
        " AND m.amount >= m.part_from AND m.amount < m.report_from)",
    ),
    "round_hour": Measure(
        _("Round amounts within an hour, this one included"),
        Unit.COUNT,
        "(SELECT count(*) FROM (SELECT g.amount FROM gone g WHERE g.at > m.at - interval '1 hour'"
        " UNION ALL SELECT m.amount) n WHERE mod(n.amount, m.round_unit) = 0)",
    ),
    "wrong_codes": Measure(
        _("Wrong codes of the payer within 30 minutes"),
        Unit.COUNT,
        "(SELECT coalesce(sum(CASE WHEN s.verified_at IS NULL THEN s.tries ELSE greatest(s.tries - 1, 0) END), 0)"
        " FROM access_stepup s JOIN accounts_customer c ON c.user_id = s.user_id WHERE c.id = m.payer"
        " AND s.created_at > m.at - interval '30 minutes' AND s.created_at < m.at)",
    ),
}  # fmt: skip

# `given`: the payment, a row of what `Subject` says and the figures it is compared with. `earlier`: what more its payer
# sends to others in the same breath, before it.
_MEASURED = f"""
      WITH m AS ({{given}}), gone AS MATERIALIZED (
    SELECT t.confirmed_at AS at, t.amount, t.source_id AS source, b.number AS payee
      FROM m JOIN payments_transfer t ON t.payer_id = m.payer AND t.state = 'confirmed' AND t.kind = 'customer'
                                     AND t.business_date >= m.first_day AND t.currency = m.currency
                                     AND t.confirmed_at > m.at - interval '90 days'
                                     AND (t.confirmed_at, t.id) < (m.before, m.place) AND t.public_id <> m.self
             JOIN accounts_bankaccount b ON b.id = t.destination_id
     UNION ALL
    SELECT p.confirmed_at, p.amount, p.source_id, p.payee_bank || ' ' || p.payee_number
      FROM m JOIN clearing_payment p ON p.payer_id = m.payer AND p.state NOT IN ('draft', 'void')
                                    AND p.business_date >= m.first_day AND p.currency = m.currency
                                    AND p.confirmed_at > m.at - interval '90 days' AND p.confirmed_at < m.before
                                    AND p.public_id <> m.self
     UNION ALL
    SELECT x.confirmed_at, x.cny, x.source_id, x.payee_bic || ' ' || x.payee_number
      FROM m JOIN crossborder_payment x ON x.payer_id = m.payer AND x.state NOT IN ('draft', 'void')
                                       AND x.business_date >= m.first_day AND m.currency = '{HOME}'
                                       AND x.confirmed_at > m.at - interval '90 days' AND x.confirmed_at < m.before
                                       AND x.public_id <> m.self
     UNION ALL
    SELECT h.held_at, h.amount, coalesce(t.source_id, p.source_id),
           coalesce(b.number, p.payee_bank || ' ' || p.payee_number)
      FROM m JOIN payments_holding h ON h.payer_id = m.payer AND h.currency = m.currency
                                    AND h.held_at > m.at - interval '90 days' AND h.held_at <= m.before
                                    AND (h.ended_at IS NULL OR h.ended_at >= m.at) AND h.payment <> m.self
             LEFT JOIN payments_transfer t ON t.public_id = h.payment
             LEFT JOIN accounts_bankaccount b ON b.id = t.destination_id
             LEFT JOIN clearing_payment p ON p.public_id = h.payment
     WHERE (h.held_at, coalesce(t.id, 0)) < (m.before, m.place)
           {{earlier}}
           ), usual AS (
    SELECT CASE WHEN count(g.amount) >= min(m.usual_least)
                THEN percentile_disc(0.95) WITHIN GROUP (ORDER BY g.amount) END AS most
      FROM m LEFT JOIN gone g ON true
           ), came AS (
    SELECT b.ledger_account_id AS ledger_account,
           (SELECT sum(t.amount) FROM payments_transfer t
             WHERE t.destination_id = m.source AND t.state = 'confirmed' AND t.kind = 'customer'
               AND t.currency = m.currency
               AND t.confirmed_at > m.at - interval '1 hour' AND t.confirmed_at < m.at) AS amount
      FROM m JOIN accounts_bankaccount b ON b.id = m.source
           )
    SELECT {", ".join(measure.sql for measure in MEASURES.values())}{{rules}}
      FROM m CROSS JOIN usual CROSS JOIN came
"""  # noqa: S608 - our own words
_ONE = _MEASURED.format(
    given="""
    SELECT %s::uuid AS self, %s::bigint AS payer, %s::bigint AS source, %s::bigint AS destination, %s::text AS payee,
           %s::timestamptz AS payee_since, %s::bigint AS amount, %s::text AS currency, %s::timestamptz AS at,
           %s::bigint AS probe_most, %s::bigint AS near_from, %s::bigint AS part_from, %s::bigint AS report_from,
           %s::bigint AS round_unit,
           %s::bigint AS place, %s::timestamptz AS before, %s::int AS usual_least, %s::date AS first_day""",
    earlier="",
    rules=f", ({rules.in_force_for('m')})",
)
_EACH = _MEASURED.format(
    given="SELECT a.*, %s::int AS usual_least, %s::date AS first_day",
    earlier="""UNION ALL
    SELECT m.at, e.amount, e.source, e.payee
      FROM m JOIN earlier e ON e.payer = m.payer AND e.currency = m.currency AND e.turn < m.turn""",
    rules="",
)
_MANY = f"""
      WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[],
                         %s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::bigint[],
                         %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
           WITH ORDINALITY AS a (self, payer, source, destination, payee, payee_since, amount, currency, at,
                                 probe_most, near_from, part_from, report_from, round_unit, place, before, turn)
           ), earlier AS MATERIALIZED (
    SELECT a.* FROM asked a JOIN (SELECT payer FROM asked GROUP BY payer HAVING count(*) > 1) p USING (payer)
           )
    SELECT measured.*, ({rules.in_force_for("a")}) FROM asked a CROSS JOIN LATERAL ({_EACH}) measured ORDER BY a.turn
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a payment, and the versions of the rules in force, as JSON keeps them."""

    values: Mapping[str, Value]
    rules: Sequence[Mapping[str, Any]]


def read(subject: Subject) -> Measured:
    """This function will measure a payment as of its moment, with the rules in force on its day, in one round trip.

    Raises policy.UnknownPolicy, and NoRate where the payment's currency has no rate to compare figures in yuan with.
    """
    on = business_date(subject.at)
    row = prepared.rows(_ONE, [*_given(subject, on), *_span(on), on])[0]
    return _measured(row)


def read_many(subjects: Sequence[Subject], *, on: date) -> list[Measured]:
    """This function will measure payments that go together on a business date, in one round trip, in their order.

    Each counts for those of the same payer behind it, as if it had gone a moment before. Raises as `read`.
    """
    if not subjects:
        return []
    columns = [list(column) for column in zip(*(_given(subject, on) for subject in subjects), strict=True)]
    with connection.cursor() as cursor:  # planned anew for each: a plan from when a table was empty would be kept
        cursor.execute(_MANY, [*columns, on, *_span(on)])
        return [_measured(row) for row in cursor.fetchall()]


def _given(subject: Subject, on: date) -> list[Any]:
    figure = figures_for(subject.currency, on=on)
    return [
        subject.public_id, subject.payer_id, subject.source_id, subject.destination_id, subject.payee,
        subject.payee_since, subject.amount, subject.currency, subject.at, figure("monitoring.probe.most.cny"),
        figure("monitoring.near_from.cny"), figure("monitoring.part_from.cny"), figure("monitoring.large.domestic.cny"),
        figure("monitoring.round.unit.cny"), subject.place, NEVER if subject.goes else subject.at,
    ]  # fmt: skip


def _span(on: date) -> list[Any]:
    """How many payments make a habit, and the first business date that can hold one of the last ninety days."""
    return [int(policy.value("monitoring.usual.least", on=on)), on - timedelta(days=92)]


def _measured(row: Sequence[Any]) -> Measured:
    return Measured({name: _plain(value) for name, value in zip(MEASURES, row, strict=False)}, row[-1] or [])


def figures_for(currency: str, *, on: date) -> Callable[[str], Value]:
    """This function will give a reader of figures for payments in a currency: sums in yuan become its minor units.

    A sum is a figure whose key ends with ".cny". The reader raises policy.UnknownPolicy; this function NoRate.
    """
    per_euro = rates.fixing(currency, HOME, on=on).per_euro if currency != HOME else None

    def figure(key: str) -> Value:
        if key in SHARES:
            return _share(figure, SHARES[key], on)
        found = policy.value(key, on=on)
        if not key.endswith(".cny"):
            return found if isinstance(found, (int, Decimal)) else None
        money = Money.of(str(found), HOME)
        return (money if per_euro is None else arithmetic.worth(money, currency, per_euro)).minor

    return figure


def _share(figure: Callable[[str], Value], percent: str, on: date) -> int:
    """From which amount on a payment is just below what is reported, or a part of it."""
    bound = figure("monitoring.large.domestic.cny")
    assert isinstance(bound, int)  # noqa: S101 - a sum in minor units
    return bound * int(policy.value(percent, on=on)) // 100


def _plain(value: Any) -> Value:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def as_json(measured: Mapping[str, Value]) -> dict[str, Any]:
    """This function will write measures as they are kept with a hit: sums and counts whole, the rest rounded."""
    return {
        name: value if value is None or isinstance(value, int) else float(round(value, 2))  # a score: money is an int
        for name, value in measured.items()
    }
