"""An alert on the desk: once, with what the rules found; what people decide ends what is held, once."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from core.audit.models import Row
from core.outbox import Fact, relay
from core.reviews.models import Case
from core.reviews.subject import subject_of
from ledger import balances
from payments.models import Holding, Transfer
from payments.monitoring import handlers
from payments.monitoring.models import Alert
from payments.services import holding
from payments.watching import Outcome
from tests.factories import payments as money
from tests.monitoring.test_door import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(now: datetime) -> Alert:
    """A payment to a payee known for a month that a live rule wants a colleague to decide on."""
    publish("F01", now, outcome=Outcome.REVIEW, condition={
        "measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny",
    })  # fmt: skip
    two = money.pair(balance=50_000_00, now=now)
    from tests.monitoring.test_door import door, moving

    made = money.held(two, 12_000_00, waits=Outcome.REVIEW, now=now)
    with transaction.atomic():
        door.judge(moving(two, 12_000_00, None), now=now)
    Alert.objects.update(payment=made.payment)
    relay.drain(now=now)
    return Alert.objects.get()


def decided(alert: Alert, verdict: str, now: datetime, reasons: tuple[str, ...] = ()) -> Fact:
    case = Case.objects.get(subject="alert")
    return Fact(
        1, "reviews.decided", {
            "case": case.number, "subject": "alert", "subject_id": str(alert.public_id), "verdict": verdict,
            "reasons": list(reasons),
        }, "", now, now,
    )  # fmt: skip


def left(alert: Alert) -> tuple[int, int | None]:
    ledger = Transfer.objects.get(public_id=alert.payment).source.ledger_account_id
    found = balances.of([ledger])[ledger]
    return found.booked, found.spendable


def test_an_alert_is_one_case_that_says_in_both_languages_what_was_found(alert: Alert, now: datetime) -> None:
    case = Case.objects.get(subject="alert")
    handlers.open_case(Fact(1, "monitoring.alerted", {"alert": str(alert.public_id)}, "", now, now))
    assert Case.objects.filter(subject="alert").count() == 1
    check = case.checks.get()
    assert (check.name, check.outcome) == ("F01", "warn")
    assert "¥12,000.00" in check.sentences["zh-hans"]
    assert "¥12,000.00" in check.sentences["en"]
    assert check.sentences["zh-hans"] != check.sentences["en"]
    for language in ("zh-hans", "en"):
        with translation.override(language):
            shown = subject_of("alert").present(str(alert.public_id), full=True)
            assert [len(section.rows) > 0 for section in shown.sections] == [True] * 4
            covered = subject_of("alert").present(str(alert.public_id), full=False)
            assert "李明" not in str(covered.sections)
            assert "李明" in str(shown.sections)
            assert "10:00" in str(shown.sections), "moments are Shanghai's"


def test_a_false_alarm_lets_what_is_held_go_once(alert: Alert, now: datetime) -> None:
    before = left(alert)
    for _ in range(2):
        handlers.settle(decided(alert, "approve", now))
    alert.refresh_from_db()
    assert alert.verdict == Alert.Verdict.FALSE_ALARM
    assert Transfer.objects.get(public_id=alert.payment).state == Transfer.State.CONFIRMED
    assert left(alert) == (before[0] - 12_000_00, before[1])
    assert Row.objects.filter(act="monitoring.decided").count() == 1


def test_a_suspicion_that_stands_gives_back_what_is_held_and_a_later_word_changes_nothing(
    alert: Alert, now: datetime
) -> None:
    before = left(alert)
    handlers.settle(decided(alert, "decline", now, ("deceived",)))
    handlers.settle(decided(alert, "approve", now))
    alert.refresh_from_db()
    assert alert.verdict == Alert.Verdict.FRAUD
    assert Holding.objects.get().state == Holding.State.GIVEN_BACK
    assert left(alert) == (before[0], (before[1] or 0) + 12_000_00)
    assert subject_of("alert").objection(str(alert.public_id), now=now)


def test_what_was_given_back_meanwhile_is_only_judged(alert: Alert, now: datetime) -> None:
    holding.give_back(payment_id=alert.payment, now=now)
    handlers.settle(decided(alert, "approve", now))
    alert.refresh_from_db()
    assert alert.verdict == Alert.Verdict.FALSE_ALARM
    assert Transfer.objects.get(public_id=alert.payment).state == Transfer.State.STOPPED


def test_what_its_payer_stopped_comes_to_the_desk_and_what_time_ended_does_not(now: datetime, settings: Any) -> None:
    two = money.pair(balance=50_000_00, now=now)
    made = money.held(two, 500_00, now=now)
    Alert.objects.create(
        kind="customer", payment=made.payment, payer=two.payer, amount=500_00, currency="CNY",
        outcome=Outcome.CONFIRM, points=0, judged_at=now,
    )  # fmt: skip
    for by, cases in (("time", 0), ("customer", 1), ("customer", 1)):
        payload = {"transfer": str(made.payment), "by": by}
        handlers.stopped(Fact(1, "payments.transfer_given_back", payload, "", now, now))
        assert Case.objects.filter(subject="alert").count() == cases
