"""What the monitor answers, and what it writes down with the payment."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from core.outbox.models import FactRecord
from payments import watching
from payments.monitoring import door, rules
from payments.monitoring.models import Alert, RuleVersion
from payments.watching import Moving, Outcome, Verdict
from tests.factories import payments as money
from tests.monitoring.test_measures import sent

pytestmark = pytest.mark.django_db


def moving(two: money.Pair, amount: int, since: datetime | None) -> Moving:
    return Moving(
        kind="customer", public_id=uuid.uuid4(), payer_id=two.payer.pk, source_id=two.source.pk,
        destination_id=two.destination.pk, payee=two.destination.number, payee_since=since, amount=amount,
        currency="CNY", by_code=True,
    )  # fmt: skip


def publish(code: str, now: datetime, **changed: Any) -> RuleVersion:
    found = rules.newest(code)
    assert found is not None
    given: dict[str, Any] = {
        "mode": "live", "outcome": Outcome(found.outcome), "points": found.points, "condition": found.condition,
        "counts_from": now.date(),
    }  # fmt: skip
    return rules.publish(code=code, now=now, **given | changed)


def judged(two: money.Pair, now: datetime, amount: int = 20_000_00, hours: int = 2) -> Verdict:
    with transaction.atomic():
        return door.judge(moving(two, amount, now - timedelta(hours=hours)), now=now)


@pytest.fixture
def two(now: datetime) -> money.Pair:
    return money.pair(balance=1_000_000_00, now=now)


def test_a_rule_in_shadow_is_written_down_and_changes_nothing(two: money.Pair, now: datetime) -> None:
    verdict = judged(two, now)
    assert (verdict.outcome, verdict.until) == (Outcome.ALLOW, None)
    alert = Alert.objects.get(public_id=verdict.alert)
    hit = alert.hits.get()
    assert (str(hit.rule), hit.rule.mode, alert.outcome, alert.points) == ("F01 v1", "shadow", Outcome.ALLOW, 0)
    assert hit.measured == {"payee_hours": 2, "amount": 20_000_00}
    assert not FactRecord.objects.filter(kind=door.ALERTED).exists()


def test_what_no_rule_is_true_of_goes_in_one_question_and_leaves_nothing(
    two: money.Pair, now: datetime, unhurried: None
) -> None:
    judged(two, now, amount=5_00, hours=100)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        verdict = door.judge(moving(two, 5_00, now - timedelta(days=9)), now=now)
    assert len(asked) == 1
    assert verdict == Verdict(Outcome.ALLOW)
    assert not Alert.objects.exists()


def test_of_live_rules_the_sternest_counts_until_its_hour(two: money.Pair, now: datetime) -> None:
    publish("F01", now)
    verdict = judged(two, now)
    assert (verdict.outcome, verdict.until) == (Outcome.CONFIRM, now + timedelta(hours=24))
    publish("F12", now, condition={"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"})
    verdict = judged(two, now)
    assert (verdict.outcome, verdict.until) == (Outcome.REVIEW, now + timedelta(hours=48))
    alert = Alert.objects.get(public_id=verdict.alert)
    assert {str(hit.rule) for hit in alert.hits.all()} == {"F01 v2", "F12 v2"}
    assert FactRecord.objects.filter(kind=door.ALERTED, payload={"alert": str(alert.public_id)}).count() == 1


def test_points_of_live_rules_add_up_to_a_case_and_to_a_hold(two: money.Pair, now: datetime) -> None:
    for code in ("F10A", "F10B", "F10C"):
        publish(code, now)
    outcomes = []
    for days in (89, 90, 180, 365):
        point = transaction.savepoint()
        sent(two.payer, two.source, two.destination, 5_00, now - timedelta(days=days))
        outcomes.append(judged(two, now, amount=5_000_00, hours=999).outcome)
        transaction.savepoint_rollback(point)
    assert outcomes == [Outcome.ALLOW, Outcome.ALLOW, Outcome.CASE, Outcome.REVIEW]


def test_a_version_counts_from_its_day_on_and_the_one_before_until_then(two: money.Pair, now: datetime) -> None:
    publish("F01", now, counts_from=(now + timedelta(days=1)).date())
    assert judged(two, now).outcome == Outcome.ALLOW
    assert judged(two, now + timedelta(days=1), hours=2).outcome == Outcome.CONFIRM
    publish("F01", now, mode="off", counts_from=(now + timedelta(days=1)).date())  # the way back is one more version
    assert judged(two, now + timedelta(days=1), hours=2) == Verdict(Outcome.ALLOW)
    assert list(RuleVersion.objects.filter(code="F01").order_by("version").values_list("mode", flat=True)) == [
        "shadow", "live", "off",
    ]  # fmt: skip


def test_a_bank_without_rules_and_a_rule_that_cannot_be_read_give_no_verdict(two: money.Pair, now: datetime) -> None:
    publish("F01", now, condition={"measure": "no such measure", "op": ">", "figure": "monitoring.pace.day"})
    with pytest.raises(watching.MonitorFailed):
        watching.judge(moving(two, 5_00, now), now=now)
    for code in {one.code for one in rules.starters()}:
        publish(code, now, mode="off")
    with pytest.raises(watching.MonitorFailed):
        watching.judge(moving(two, 5_00, now), now=now)
    assert not Alert.objects.exists()


def test_a_version_that_counted_is_never_rewritten(now: datetime) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        RuleVersion.objects.filter(code="F01").update(mode="off")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        RuleVersion.objects.filter(code="F01").delete()
    assert rules.load(now=now) == 0
