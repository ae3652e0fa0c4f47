"""Every handler is called until it has done its work once; who cannot is parked and delays nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core import outbox
from core.audit.models import Row
from core.outbox import backoff, queries, relay, services
from core.outbox.models import Delivery
from tests.outbox import handlers


def record(kind, now, **payload):
    with transaction.atomic():
        return outbox.record(kind=kind, payload=payload, now=now)


def noted(act="test.noted"):
    return Row.objects.filter(act=act).count()


@pytest.mark.django_db
def test_each_handler_is_called_once_and_its_delivery_marked_with_its_effect(board, now):
    fact_id = record("test.twice", now, a=1)
    assert relay.drain(now=now) == 2
    assert (noted(), noted("test.noted_also")) == (1, 1)
    assert Row.objects.filter(subject=f"fact:{fact_id}", after={"a": 1}).exists()
    assert set(Delivery.objects.values_list("state", "attempts", "done_at")) == {("done", 1, now)}
    assert relay.drain(now=now + timedelta(days=1)) == 0
    assert noted() == 1


@pytest.mark.django_db
def test_a_poison_handler_is_parked_after_five_tries_and_its_effects_are_undone(board, now):
    record("test.poison", now)
    at, tries = now, 0
    for _round in range(12):
        tries += relay.drain(now=at)
        at += max(backoff.STEPS)
    delivery = Delivery.objects.get(handler__endswith="poison")
    assert (delivery.state, delivery.attempts) == ("parked", 5)
    assert delivery.last_error == "ValueError: cannot digest this"
    assert tries == 5 + 1
    assert noted("test.poison") == 0  # written before the error in each try, and undone each time
    assert noted() == 1  # the neighbour's delivery of the same fact was done at once


@pytest.mark.django_db
def test_a_failed_try_waits_longer_each_time(board, now):
    record("test.gone", now)
    at, waits = now, []
    for _try in range(4):
        assert relay.drain(now=at) == 1
        due = Delivery.objects.get().next_attempt_at
        waits.append(due - at)
        assert relay.drain(now=due - timedelta(seconds=1)) == 0
        at = due
    assert waits == list(backoff.STEPS)
    assert "nobody_wrote_this" in Delivery.objects.get().last_error


@pytest.mark.django_db
def test_a_try_that_killed_its_worker_counts(board, now):
    """Five claims without an answer are five tries: the sixth parks instead of killing another worker."""
    record("test.noted", now)
    at = now
    for _try in range(5):
        assert relay._claim(now=at, fact_id=None) is not None
        at += max(backoff.STEPS)
    assert relay.drain(now=at) == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, noted()) == ("parked", 5, 0)
    assert delivery.last_error == relay.NOTHING_CAME_BACK


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_many_workers_at_once_do_everything_once(board, now):
    for n in range(40):
        record("test.twice", now, n=n)

    def work():
        try:
            relay.drain(now=now)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (noted(), noted("test.noted_also")) == (40, 40)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_delivery_that_is_being_tried_is_left_alone_however_long_it_takes(board, now, monkeypatch):
    begun, finish = threading.Event(), threading.Event()

    def slow(fact):
        begun.set()
        assert finish.wait(20)
        handlers.note_also(fact)

    monkeypatch.setattr(handlers, "note", slow)
    record("test.noted", now)

    def work():
        try:
            relay.drain(now=now)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(20)
    assert relay.drain(now=now + timedelta(hours=5)) == 0  # long past its next try, but in somebody's hands
    finish.set()
    worker.join()
    assert noted("test.noted_also") == 1
    assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_handler_outside_a_transaction_has_none_and_nobody_else_tries_it_meanwhile(board, now, monkeypatch):
    seen = []

    @outbox.outside_transaction(at_most=timedelta(minutes=1))
    def far(fact):
        seen.append(connection.in_atomic_block)
        seen.append(relay.drain(now=now + timedelta(seconds=59)))

    monkeypatch.setattr(handlers, "note", far)
    record("test.noted", now)
    assert relay.drain(now=now) == 1
    assert seen == [False, 0]
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_the_gauge_tells_the_oldest_wait_and_the_parked_ones(board, now):
    assert queries.health(now=now) == queries.Health(0, 0.0, 0)
    record("test.noted", now - timedelta(seconds=90))
    record("test.twice", now)
    assert queries.health(now=now) == queries.Health(3, 90.0, 0)
    Delivery.objects.filter(fact__kind="test.twice").update(state="parked")
    assert queries.health(now=now) == queries.Health(1, 90.0, 2)


@pytest.mark.django_db
def test_a_handler_knows_the_reference_of_the_request_that_recorded_its_fact(board, now):
    from core.audit.context import Origin, origin

    with origin(Origin(reference="K7QF-3MPD")):
        record("test.noted", now)
    relay.drain(now=now)
    assert Row.objects.get(act="test.noted").reference == "K7QF-3MPD"


@pytest.mark.django_db
def test_only_parked_deliveries_are_tried_again_and_each_leaves_an_audit_row(board, now, clerk):
    record("test.poison", now)
    relay.drain(now=now)
    ids = list(Delivery.objects.values_list("id", flat=True))
    parked = Delivery.objects.get(handler__endswith="poison")
    Delivery.objects.filter(id=parked.id).update(state="parked", attempts=5)
    assert services.try_again(delivery_ids=ids, actor=clerk, now=now) == 1
    assert services.try_again(delivery_ids=ids, actor=clerk, now=now) == 0
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("pending", 0)
    row = Row.objects.get(act="outbox.delivery.tried_again")
    assert (row.actor_id, row.subject, row.before["state"]) == (clerk.pk, f"outbox.delivery:{parked.id}", "parked")
