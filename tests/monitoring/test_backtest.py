"""A back-test says what a rule would have found, with the very statement that judges payments as they go."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import InternalError

from ledger.calendar import business_date
from payments.monitoring import backtest, door, measures, rules
from payments.monitoring.models import Alert, Hit, RuleVersion
from payments.watching import Moving
from tests.factories import payments as money
from tests.monitoring.test_measures import sent

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def history(now: datetime) -> list[str]:
    """Twelve payments of two people, one with a new payee, judged as they went; the payments' public ids."""
    people = [money.pair(balance=500_000_00, now=now - 40 * DAY) for _ in range(2)]
    people[1].payee.confirmed_at = now - 120 * MINUTE
    people[1].payee.save(update_fields=["confirmed_at"])
    moments = [now - 30 * MINUTE + number * MINUTE for number in range(12)]
    paid = []
    for number, at in enumerate(moments):
        pair = people[number // 6]
        amount = (1_000_00, 12_000_00, 30_000_00, 5_00)[number % 4]
        booked = sent(pair.payer, pair.source, pair.destination, amount, at, payee=pair.payee)
        assert pair.payee.confirmed_at is not None
        with transaction.atomic():
            door.judge(
                Moving(
                    kind="customer", public_id=booked.public_id, payer_id=pair.payer.pk, source_id=pair.source.pk,
                    destination_id=pair.destination.pk, payee=pair.destination.number,
                    payee_since=pair.payee.confirmed_at, amount=amount, currency="CNY", by_code=True,
                ),
                now=at,
            )  # fmt: skip
        paid.append(str(booked.public_id))
    return paid


def replayed(condition: Mapping[str, Any], now: datetime) -> backtest.Report:
    return backtest.run(condition, since=business_date(now), until=business_date(now))


def decide(payment: str, verdict: str, now: datetime) -> None:
    Alert.objects.filter(payment=payment).update(verdict=verdict, decided_at=now)


def hits_of(code: str) -> dict[str, Any]:
    """What was written down about a rule as the payments went: payment -> what was measured."""
    return {str(hit.alert.payment): hit.measured for hit in Hit.objects.filter(rule__code=code).select_related("alert")}


def test_replaying_what_was_judged_as_it_went_finds_the_same_hits_of_the_same_measures(
    history: list[str], now: datetime
) -> None:
    seen: dict[str, int] = {}
    for rule in RuleVersion.objects.all():
        live = hits_of(rule.code)
        report = replayed(rule.condition, now)
        assert (report.judged, report.unmeasured) == (len(history), 0)
        assert {one.payment: measures.as_json(one.measured) for one in report.examples} == live, rule.code
        seen |= {rule.code: report.hits} if report.hits else {}
    assert seen == {"F01": 3, "F04": 2, "F11": 2, "F19": 1}


def test_a_report_counts_payments_money_and_days_and_holds_them_against_what_people_decided(
    history: list[str], now: datetime
) -> None:
    condition = {"measure": "amount", "op": ">=", "figure": "monitoring.night.amount.cny"}  # 10,000.00
    big = [paid for number, paid in enumerate(history) if number % 4 in {1, 2}]
    for number, paid in enumerate(history):
        Alert.objects.get_or_create(
            payment=paid,
            defaults={
                "kind": "customer", "payer_id": money.customer(now=now).pk, "amount": 1, "currency": "CNY",
                "outcome": 0, "points": 0, "judged_at": now - 30 * MINUTE + number * MINUTE,
            },
        )  # fmt: skip
    decide(big[0], "fraud", now)
    decide(big[1], "false", now)
    decide(big[2], "false", now)
    decide(next(paid for paid in history if paid not in big), "fraud", now)
    report = replayed(condition, now)
    assert (report.judged, report.hits, report.rate) == (12, 6, 50.0)
    assert report.hit_moved["CNY"] == 126_000_00
    assert report.moved["CNY"] == 129_015_00
    assert dict(report.days) == {business_date(now): 6}
    assert (report.precision, report.recall) == (33.33, 50.0)
    assert replayed({"not": condition}, now).hits == 6
    assert backtest.run(condition, since=business_date(now) - 9 * DAY, until=business_date(now) - DAY).judged == 0


def test_without_payments_and_decisions_nothing_is_claimed(now: datetime) -> None:
    report = replayed({"measure": "amount", "op": ">=", "figure": "monitoring.night.amount.cny"}, now)
    assert (report.rate, report.precision, report.recall, report.share_of_amount("CNY")) == (None, None, None, None)


def test_the_database_refuses_whatever_a_back_test_would_write(
    history: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(_: int) -> None:
        Alert.objects.update(points=99)

    monkeypatch.setattr(backtest, "EVERY", 1)
    with pytest.raises(InternalError, match="read-only"):
        backtest.run(rules.starters()[0].condition, since=business_date(now), until=business_date(now), told=write)
    assert not Alert.objects.filter(points=99).exists()


def test_the_command_prints_a_rule_or_a_draft_and_refuses_what_is_neither(
    history: list[str], now: datetime, tmp_path: Path
) -> None:
    span = ["--from", str(business_date(now)), "--to", str(business_date(now))]
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps({"measure": "amount", "op": ">=", "figure": "monitoring.night.amount.cny"}))
    printed = StringIO()
    call_command("back_test", "--draft", str(draft), *span, stdout=printed, stderr=StringIO())
    text = printed.getvalue()
    assert "50.00 % of the payments" in text
    assert "126,000.00 CNY of 129,015.00 CNY" in text
    assert f"{business_date(now)}            6" in text
    assert history[1] in text
    printed = StringIO()
    call_command("back_test", "--rule", "F01", "--number", "1", *span, stdout=printed)
    assert printed.getvalue().startswith("F01 v1, business dates")
    bad: Any
    for bad in ({"measure": "password", "op": ">", "figure": "x"}, "DROP TABLE", {"all": []}):
        draft.write_text(json.dumps(bad))
        with pytest.raises(CommandError, match="cannot be tested"):
            call_command("back_test", "--draft", str(draft), *span)
    draft.write_text("[" * 100_000)
    with pytest.raises(CommandError, match="cannot be tested"):
        call_command("back_test", "--draft", str(draft), *span)
    with pytest.raises(CommandError, match="no such rule"):
        call_command("back_test", "--rule", "F99", *span)
