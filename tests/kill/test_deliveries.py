"""Whatever is killed or stopped, every fact reaches every handler, and its effects in the database happen once."""

import time

import pytest
from django.db import transaction
from django.utils import timezone

from core import outbox
from core.audit.models import Row
from core.outbox.models import Delivery
from tests.kill.support import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def record(kind, **payload):
    with transaction.atomic():
        return outbox.record(kind=kind, payload=payload, now=timezone.now())


def done(fact_id):
    return not Delivery.objects.filter(fact_id=fact_id).exclude(state="done").exists()


def traces(fact_id, act):
    return Row.objects.filter(subject=f"fact:{fact_id}", act=act).count()


def test_what_was_recorded_while_the_broker_was_down_arrives_when_it_is_back(broker, start_workers):
    worker = start_workers()
    first = record("kill.quiet")
    wait_until(lambda: done(first), "the worker is at work")
    broker.stop()
    begin = time.monotonic()
    missed = [record("kill.quiet") for _n in range(20)]
    assert time.monotonic() - begin < 2  # twenty requests in a row felt hardly anything
    time.sleep(3)
    assert not any(done(fact) for fact in missed)
    broker.start()  # empty: whatever was queued in it is lost too
    took = wait_until(lambda: all(done(fact) for fact in missed), "all are delivered")
    assert took < 120
    assert {traces(fact, "kill.noted") for fact in missed} == {1}
    assert worker.child.poll() is None


def test_a_worker_killed_in_the_middle_of_a_handler_leaves_its_effect_once(start_workers, tmp_path):
    begun = tmp_path / "begun"
    worker = start_workers()
    fact = record("kill.slow", begun=str(begun))
    wait_until(begun.exists, "the handler has begun")
    worker.kill()
    assert traces(fact, "kill.slow") == 0  # undone with the transaction
    start_workers()
    wait_until(lambda: done(fact), "the fact is delivered")
    assert (traces(fact, "kill.slow"), traces(fact, "kill.noted")) == (1, 1)
    assert Delivery.objects.get(fact_id=fact, handler__endswith="slow_at_first").attempts == 2


def test_a_handler_that_kills_its_worker_is_parked_after_five_tries_and_others_go_on(start_workers):
    start_workers()
    fact = record("kill.deadly")
    wait_until(
        lambda: Delivery.objects.filter(fact_id=fact, handler__endswith="deadly", state="parked").exists(),
        "the deadly delivery is parked",
    )
    parked = Delivery.objects.get(fact_id=fact, state="parked")
    assert parked.attempts == 5
    assert "stopped in the middle" in parked.last_error
    assert traces(fact, "kill.deadly") == 0
    others = [record("kill.quiet") for _n in range(10)]
    wait_until(lambda: all(done(other) for other in others) and traces(fact, "kill.noted") == 1, "others are delivered")
    assert {traces(other, "kill.noted") for other in others} == {1}
