"""What the monitor answers when a payment is about to go (payments.watching).

One statement measures the payment and brings the rules in force; the rest is arithmetic. What was hit is written down
in the payment's own transaction: it stands exactly when the payment does. Rules in shadow are written down and change
nothing. A bank without a single rule has not set its monitor up: that is a failure, not an answer.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import Customer
from core import outbox, policy
from ledger.calendar import business_date
from payments.monitoring import conditions, measures
from payments.monitoring.conditions import Value
from payments.monitoring.measures import Measured, Subject
from payments.monitoring.models import Alert, Hit, RuleVersion
from payments.monitoring.words import found as in_words
from payments.watching import Found as Told
from payments.watching import Moving, Outcome, Verdict

ALERTED = "monitoring.alerted"
HOURS = {
    Outcome.DELAY: "monitoring.hold.delay_hours",
    Outcome.CONFIRM: "monitoring.hold.confirm_hours",
    Outcome.REVIEW: "monitoring.hold.review_hours",
}


class NoRules(Exception):
    """No rule is known: the monitor was never set up."""


@dataclass(frozen=True, slots=True)
class Found:
    """One rule that is true of a payment."""

    rule: Mapping[str, Any]  # as rules.IN_FORCE writes it
    measured: Mapping[str, Value]

    @property
    def live(self) -> bool:
        """Whether it counts, or is only being watched."""
        return bool(self.rule["mode"] == RuleVersion.Mode.LIVE)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a payment: all that hit, and what the live ones come to."""

    hits: Sequence[Found]
    points: int
    outcome: Outcome


def judge(moving: Moving, *, now: datetime) -> Verdict:
    """This function will judge a payment about to go, inside its transaction, and keep what was hit.

    Raises NoRules, policy.UnknownPolicy, NoRate, and whatever the database raises.
    """
    return _verdicts([moving], [measures.read(_subject(moving, now))], now)[0]


def judge_many(movings: Sequence[Moving], *, now: datetime) -> list[Verdict]:
    """This function will judge payments that are about to go together, in their order, inside their transaction.

    Each counts for those of the same payer behind it. Raises as `judge`.
    """
    measured = measures.read_many([_subject(moving, now) for moving in movings], on=business_date(now))
    return _verdicts(movings, measured, now)


def found(payment: uuid.UUID) -> list[Told]:
    """This function will tell what each rule found of a payment, for the colleague who decides it."""
    hits = Hit.objects.filter(alert__payment=payment).select_related("rule", "alert").order_by("rule__code")
    return [
        Told(
            code=hit.rule.code,
            version=hit.rule.version,
            live=hit.rule.mode == RuleVersion.Mode.LIVE,
            sentence=partial(in_words, hit, hit.alert.currency),
            measured=hit.measured,
        )
        for hit in hits
    ]


def _subject(moving: Moving, now: datetime) -> Subject:
    return Subject(
        public_id=moving.public_id,
        payer_id=moving.payer_id,
        source_id=moving.source_id,
        destination_id=moving.destination_id,
        payee=moving.payee,
        payee_since=moving.payee_since,
        amount=moving.amount,
        currency=moving.currency,
        at=now,
        goes=True,
    )


def _verdicts(movings: Sequence[Moving], measured: Sequence[Measured], now: datetime) -> list[Verdict]:
    on = business_date(now)
    found: list[Judged] = []
    for moving, one in zip(movings, measured, strict=True):
        if not one.rules:
            raise NoRules
        found.append(weigh(one.rules, one.values, currency=moving.currency, on=on))
    hit = [(moving, judged) for moving, judged in zip(movings, found, strict=True) if judged.hits]
    alerts = iter(_keep(hit, now) if hit else [])
    return [_verdict(judged, next(alerts), on, now) if judged.hits else Verdict(Outcome.ALLOW) for judged in found]


def _verdict(judged: Judged, alert: Alert, on: date, now: datetime) -> Verdict:
    until = None
    if judged.outcome in HOURS:
        until = now + timedelta(hours=int(policy.value(HOURS[judged.outcome], on=on)))
    return Verdict(judged.outcome, until, alert.public_id)


def weigh(rules: Sequence[Mapping[str, Any]], values: Mapping[str, Value], *, currency: str, on: date) -> Judged:
    """This function will say which rules are true of what was measured, and what the live ones come to.

    Points of live rules add up: from `monitoring.points.case` on a colleague looks, from `.review` on one decides.
    """
    figure = measures.figures_for(currency, on=on)
    hits = [
        Found(rule, {one["measure"]: values[one["measure"]] for one in conditions.comparisons(rule["condition"])})
        for rule in rules
        if rule["mode"] != RuleVersion.Mode.OFF and conditions.holds(rule["condition"], measured=values, figure=figure)
    ]
    live = [hit.rule for hit in hits if hit.live]
    points = sum(int(rule["points"]) for rule in live)
    outcome = max((Outcome(rule["outcome"]) for rule in live), default=Outcome.ALLOW)
    if points >= int(policy.value("monitoring.points.review", on=on)):
        outcome = max(outcome, Outcome.REVIEW)
    elif points >= int(policy.value("monitoring.points.case", on=on)):
        outcome = max(outcome, Outcome.CASE)
    return Judged(hits, points, outcome)


def _keep(hit: Sequence[tuple[Moving, Judged]], now: datetime) -> list[Alert]:
    """Write down what was hit, and call a colleague where one is to look."""
    alerts = Alert.objects.bulk_create(
        [
            Alert(
                kind=moving.kind,
                payment=moving.public_id,
                payer_id=moving.payer_id,
                amount=moving.amount,
                currency=moving.currency,
                outcome=judged.outcome,
                points=min(judged.points, 32_000),
                judged_at=now,
            )
            for moving, judged in hit
        ]
    )
    Hit.objects.bulk_create(
        [
            Hit(alert=alert, rule_id=found.rule["id"], measured=measures.as_json(found.measured))
            for alert, (_moving, judged) in zip(alerts, hit, strict=True)
            for found in judged.hits
        ]
    )
    desks = {moving.public_id for moving, _judged in hit if moving.own_desk}
    looked_at = [
        alert
        for alert in alerts
        if alert.outcome == Outcome.CASE or (alert.outcome == Outcome.REVIEW and alert.payment not in desks)
    ]
    payers = Customer.objects.in_bulk({alert.payer_id for alert in looked_at}) if looked_at else {}
    facts = [outbox.One({"alert": str(alert.public_id)}, payers[alert.payer_id]) for alert in looked_at]
    outbox.record_many(kind=ALERTED, facts=facts, now=now)
    return alerts
