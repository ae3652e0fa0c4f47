"""Figures of the report of large values, and of the rules by which payments are judged."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction

from core.changes.errors import Refused
from core.outbox import Fact
from core.reviews.models import Case
from ledger.calendar import business_date
from payments.monitoring import conditions, door, figures, handlers, measures, rules, trials
from payments.monitoring.large_values import OVERNIGHT, PATTERN, Item, findings
from payments.monitoring.measures import Subject
from payments.monitoring.models import Alert
from payments.monitoring.pausing import PauseChange
from payments.watching import Moving, Outcome
from tests.factories import changes, monitoring
from tests.house.figures.ground import Ground, Observe, Watch, largest
from tests.monitoring.test_measures import sent


def reported(
    ground: Ground, amounts: list[int], category: str = "cash", currency: str = "CNY", hours: int = 1
) -> set[str]:
    moments = [ground.now - timedelta(hours=hours * number) for number in range(len(amounts))]
    items = [
        Item("someone", "A", category, True, "counter", business_date(at), at, number, amount, currency, amount)
        for number, (at, amount) in enumerate(zip(moments, amounts, strict=True))
    ]
    return {one.basis for one in findings(items, day=ground.today, bounds=figures.bounds(on=ground.today))}


def unreported(category: str, currency: str) -> Observe:
    """The largest sum of a day that is not reported."""
    return lambda ground: largest(lambda amount: not reported(ground, [amount], category, currency))


def least_near(ground: Ground) -> int:
    """The largest amount that does not count as just below, however often it comes."""
    return largest(lambda amount: PATTERN not in reported(ground, [amount] * 20), most=49_999_99)


def least_part(ground: Ground) -> int:
    """The largest amount that does not count as a part, with all but the figure the evening before."""
    return largest(lambda amount: OVERNIGHT not in reported(ground, [amount, 49_999_99], hours=15), most=49_999_99)


def fewest(hours: int) -> Observe:
    """How many movements just below, so many hours apart, are not yet a pattern."""
    return lambda ground: largest(
        lambda number: PATTERN not in reported(ground, [45_000_00] * number, hours=hours), most=40
    )


def turning(key: str) -> Observe:
    """Where the answer of each comparison that names a figure turns, in the rules that are in force."""

    def look(ground: Ground) -> list[int]:
        figure = measures.figures_for("CNY", on=ground.today)
        found = []
        for rule in rules.in_force(on=ground.today):
            for one in conditions.comparisons(rule.condition):
                if one["figure"] == key:

                    def stays(value: int, one: Any = one) -> bool:
                        hit = conditions.holds(one, measured={one["measure"]: value}, figure=figure)
                        return hit is one["op"].startswith("<")

                    found.append(largest(stays))
        assert found, f"no rule in force names {key}"
        return found

    return look


def measured(ground: Ground, name: str, amount: int) -> Any:
    pair = ground.pair
    return measures.read(
        Subject(
            public_id=uuid.uuid4(), payer_id=pair.payer.pk, source_id=pair.source.pk, destination_id=None,
            payee=pair.destination.number, payee_since=None, amount=amount, currency="CNY", at=ground.now,
        )
    ).values[name]  # fmt: skip


def after_a_small_payment(ground: Ground) -> Any:
    pair = ground.pair
    sent(pair.payer, pair.source, pair.destination, 10_00, ground.now - timedelta(minutes=5))
    return measured(ground, "probe_minutes", 100_00)


def after_twelve_payments(ground: Ground) -> Any:
    pair = ground.pair
    for number in range(12):
        sent(pair.payer, pair.source, pair.destination, 1_00, ground.now - timedelta(days=2 + number))
    return measured(ground, "amount_of_usual", 100_00)


def most_points(below: Outcome) -> Observe:
    """The most points of one rule whose payment comes to less than an outcome."""

    def look(ground: Ground) -> int:
        def passes(points: int) -> bool:
            rule = {
                "id": 1, "mode": "live", "outcome": Outcome.ALLOW.value, "points": points,
                "condition": {"measure": "hour", "op": ">=", "figure": "monitoring.night.to_hour"},
            }  # fmt: skip
            return door.weigh([rule], {"hour": 24}, currency="CNY", on=ground.today).outcome < below

        return largest(passes, most=1_000)

    return look


def held_for(outcome: Outcome) -> Observe:
    """How long a payment is held that a live rule hits."""

    def look(ground: Ground) -> Any:
        pair = ground.pair
        moving = Moving(
            kind="customer", public_id=uuid.uuid4(), payer_id=pair.payer.pk, source_id=pair.source.pk,
            destination_id=pair.destination.pk, payee=pair.destination.number, payee_since=None, amount=900_000_00,
            currency="CNY", by_code=True,
        )  # fmt: skip
        rule = rules.newest("F01")
        assert rule is not None
        with transaction.atomic():
            rules.publish(
                code="F01", mode="live", outcome=outcome, points=0, condition=rule.condition,
                counts_from=ground.today, now=ground.now,
            )  # fmt: skip
            return door.judge(moving, now=ground.now).until

    return look


def rule_of_a_case(ground: Ground) -> Any:
    alert = Alert.objects.create(
        kind="customer", payment=uuid.uuid4(), payer=ground.pair.payer, amount=1_00, currency="CNY",
        outcome=Outcome.CASE, points=0, judged_at=ground.now,
    )  # fmt: skip
    handlers.open_case(Fact(1, door.ALERTED, {"alert": str(alert.public_id)}, "", ground.now, ground.now))
    rule = Case.objects.get(subject=handlers.SUBJECT, subject_id=str(alert.public_id)).frozen_rule
    return rule.hours, rule.claim_minutes


def days_tried(ground: Ground) -> int:
    trial = monitoring.drafted(by=changes.staff("risk_officer"), now=ground.now, mode="live")
    return (trial.until - trial.since).days


def days_good(ground: Ground) -> int:
    trial = monitoring.drafted(by=changes.staff("risk_officer"), now=ground.now, mode="live")
    return largest(lambda days: not trials.is_stale(trial, now=ground.now + timedelta(days=days)), most=60)


def days_rested(ground: Ground) -> int:
    alert = monitoring.alerted(now=ground.now)

    def stays(days: int) -> bool:
        try:
            PauseChange().validate(monitoring.pause(alert, days=days, now=ground.now), now=ground.now)
        except Refused:
            return days == 0  # nothing rests that could be ended
        return True

    return largest(stays, most=60)


NAMED = sorted({one["figure"] for rule in rules.starters() for one in conditions.comparisons(rule.condition)})

WATCHED: dict[str, Watch] = {
    **{key: Watch(turning(key)) for key in NAMED},
    "monitoring.usual.least": Watch(after_twelve_payments),
    "monitoring.probe.most.cny": Watch(after_a_small_payment),
    "monitoring.round.unit.cny": Watch(lambda ground: measured(ground, "round_hour", 1_500_00)),
    "monitoring.points.case": Watch(most_points(Outcome.CASE)),
    "monitoring.points.review": Watch(most_points(Outcome.REVIEW)),
    "monitoring.hold.delay_hours": Watch(held_for(Outcome.DELAY)),
    "monitoring.hold.confirm_hours": Watch(held_for(Outcome.CONFIRM)),
    "monitoring.hold.review_hours": Watch(held_for(Outcome.REVIEW)),
    "monitoring.trial.days": Watch(days_tried),
    "monitoring.trial.good_days": Watch(days_good),
    "monitoring.pause.days_most": Watch(days_rested),
    "monitoring.alert.due_hours": Watch(rule_of_a_case),
    "monitoring.alert.claim_minutes": Watch(rule_of_a_case),
    **{
        f"monitoring.large.{category}.{currency}": Watch(unreported(category, currency.upper()))
        for category in ("cash", "domestic", "abroad")
        for currency in ("cny", "usd")
    },
    "monitoring.split.part_percent": Watch(least_part, changed="60"),
    "monitoring.split.near_percent": Watch(least_near, changed="90"),
    "monitoring.split.items_day": Watch(fewest(hours=1), changed="5"),
    "monitoring.split.items_week": Watch(fewest(hours=13), changed="9"),
}
