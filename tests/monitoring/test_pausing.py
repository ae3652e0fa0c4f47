"""A rule that was wrong about a customer rests for them, for a time, once two people agree; for nobody else."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.changes import errors, kinds
from core.changes.models import Change
from payments.monitoring import door, pausing
from payments.monitoring.models import Alert, Pause
from payments.watching import Outcome
from tests.factories import changes as make
from tests.factories import identity as people
from tests.factories import monitoring as drafts
from tests.factories import payments as money
from tests.monitoring.test_door import judged, moving, publish

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def risk(db: None) -> User:
    return make.staff("risk_officer")


@pytest.fixture
def approver(db: None) -> User:
    return make.staff("approver")


def pair_of(alert: Alert) -> money.Pair:
    """The people of an alert's payment, as the factory made them."""
    payee = alert.payer.payees.select_related("bank_account").get()
    source = alert.payer.dispositions.get().bank_account
    receiver = payee.bank_account.dispositions.get().customer
    return money.Pair(alert.payer, source, payee, receiver, payee.bank_account)


def outcome(alert: Alert, now: datetime) -> Outcome:
    return judged(pair_of(alert), now).outcome


def agreed(wish: dict[str, str], risk: User, now: datetime) -> None:
    """Carried out as a change that was agreed to at a moment; the way there is the last test's."""
    with transaction.atomic():
        kind = kinds.kind_of(pausing.KIND)
        kind.validate(wish, now=now)
        kind.apply(wish, key=f"change:{uuid.uuid4()}", actor=risk, now=now)


def refused(wish: dict[str, Any], now: datetime) -> str:
    with pytest.raises(errors.Refused) as found:
        kinds.kind_of(pausing.KIND).validate(wish, now=now)
    return str(found.value)


def test_a_rule_rests_for_one_customer_until_its_day_and_for_nobody_else(risk: User, now: datetime) -> None:
    alert, other = drafts.alerted(now=now), drafts.alerted(now=now)
    assert outcome(alert, now) == Outcome.CASE
    agreed(drafts.pause(alert, now=now), risk, now)
    before = Alert.objects.count()
    assert outcome(alert, now + HOUR) == Outcome.ALLOW
    assert Alert.objects.count() == before, "nothing is noticed of what rests"
    assert outcome(other, now + HOUR) == Outcome.CASE
    publish("F01", now, outcome=Outcome.REVIEW)
    assert outcome(alert, now + HOUR) == Outcome.ALLOW, "a newer version rests too"
    end = Pause.objects.get().until
    assert end == datetime.fromisoformat("2026-11-30T00:00:00+08:00")
    assert outcome(alert, end - timedelta(microseconds=1)) == Outcome.ALLOW
    assert outcome(alert, end) == Outcome.REVIEW


def test_every_other_rule_counts_on_and_the_payments_of_a_day_are_judged_alike(risk: User, now: datetime) -> None:
    alert, other = drafts.alerted(now=now), drafts.alerted(now=now)
    agreed(drafts.pause(alert, now=now), risk, now)
    movings = [moving(pair_of(one), 20_000_00, now) for one in (alert, other)]
    with transaction.atomic():
        assert [one.outcome for one in door.judge_many(movings, now=now + HOUR)] == [Outcome.ALLOW, Outcome.CASE]
    large = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}
    publish("F12", now, outcome=Outcome.REVIEW, condition=large)
    assert outcome(alert, now + HOUR) == Outcome.REVIEW


def test_it_is_shortened_lengthened_and_ended_by_the_same_two_people(risk: User, now: datetime) -> None:
    alert = drafts.alerted(now=now)
    agreed(drafts.pause(alert, now=now), risk, now)
    assert "rests until this day already" in refused(drafts.pause(alert, now=now), now + HOUR)
    agreed(drafts.pause(alert, days=20, now=now), risk, now + DAY)
    assert [one.until > now + 10 * DAY for one in Pause.objects.order_by("pk")] == [False, True]
    assert outcome(alert, now + 10 * DAY) == Outcome.ALLOW
    agreed(drafts.pause(alert, days=0, now=now + 2 * DAY), risk, now + 2 * DAY)
    assert outcome(alert, now + 2 * DAY + HOUR) == Outcome.CASE
    assert Pause.objects.count() == 2


def test_only_a_false_alarm_of_a_rule_that_hit_live_lets_it_rest_and_not_for_long(risk: User, now: datetime) -> None:
    alert = drafts.alerted(now=now)
    for verdict in (Alert.Verdict.OPEN, Alert.Verdict.FRAUD):
        undecided = drafts.alerted(now=now, verdict=verdict)
        assert "Nobody has decided yet" in refused(drafts.pause(undecided, now=now), now)
    assert "did not stop" in refused(drafts.pause(alert, code="F04", now=now), now)
    assert "lies in the past" in refused(drafts.pause(alert, days=-1, now=now), now)
    assert "counts today already" in refused(drafts.pause(alert, days=0, now=now), now)
    assert "30 days at most" in refused(drafts.pause(alert, days=31, now=now), now)
    kinds.kind_of(pausing.KIND).validate(drafts.pause(alert, days=30, now=now), now=now)
    for nobody in ("", "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert "no such alert" in refused({**drafts.pause(alert, now=now), "alert": nobody}, now)
    assert not Pause.objects.exists()


def test_a_pause_that_stood_is_never_rewritten_but_for_its_end(risk: User, now: datetime) -> None:
    agreed(drafts.pause(drafts.alerted(now=now), now=now), risk, now)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Pause.objects.update(code="F12")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Pause.objects.all().delete()


def test_the_way_there_is_on_the_alert_that_was_wrong_and_for_those_who_may_ask(
    risk: User, approver: User, client: Client
) -> None:
    real = timezone.now()
    alert = drafts.alerted(now=real)
    page = reverse("admin:monitoring_alert_change", args=[alert.pk])
    ask = f"{reverse('admin:changes_ask', args=[pausing.KIND])}?alert={alert.public_id}"
    people.enter(client, make.staff("auditor"))
    assert ask not in client.get(page).content.decode()
    people.enter(client, risk)
    assert ask in client.get(page).content.decode()
    form = client.get(ask).content.decode()
    assert "F01 · " in form
    wish = {**drafts.pause(alert, now=real), "reason": "The customer buys a flat and pays in parts"}
    look = client.post(ask, {**wish, "step": "look"}).content.decode()
    assert "hit 1 payment of this customer" in look
    client.post(ask, {**wish, "step": "ask"})
    change = Change.objects.get()
    assert outcome(alert, timezone.now()) == Outcome.CASE, "one person alone changes nothing"
    make.decide(change, approver, now=timezone.now())
    assert make.settle(change, now=timezone.now()).state == Change.State.APPLIED
    assert outcome(alert, timezone.now()) == Outcome.ALLOW
    assert "F01 until" in client.get(page).content.decode()
    Alert.objects.filter(pk=alert.pk).update(verdict="fraud")
    assert ask not in client.get(page).content.decode()
