"""A fact stands exactly when the transaction stands that made it true."""

import pytest
from django.db import transaction

from core import audit, outbox
from core.audit.models import Row
from core.outbox import doorbell
from core.outbox.models import Delivery, FactRecord


@pytest.mark.django_db
def test_a_fact_gets_one_delivery_per_handler_in_one_round_trip(board, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        fact_id = outbox.record(kind="test.twice", payload={"a": 1}, owner="x:1", now=now)
    fact = FactRecord.objects.get(id=fact_id)
    assert (fact.kind, fact.payload, fact.owner, fact.created_at) == ("test.twice", {"a": 1}, "x:1", now)
    assert sorted(fact.deliveries.values_list("handler", flat=True)) == sorted(board["test.twice"])
    assert set(fact.deliveries.values_list("state", "attempts")) == {(Delivery.State.PENDING, 0)}


@pytest.mark.django_db
def test_a_fact_and_the_trails_row_about_it_go_in_one_round_trip(board, now, django_assert_num_queries):
    act = audit.Act(act="test.act", subject="x:1", actor="system: test", before={"a": 0}, after={"a": 1}, reason="why")
    with django_assert_num_queries(1):
        fact_id = outbox.record(kind="test.twice", payload={}, act=act, now=now)
    audit.record(
        act="test.act", subject="x:1", actor="system: test", before={"a": 0}, after={"a": 1}, reason="why", now=now
    )
    alone, together = Row.objects.order_by("-id").values(
        "act", "subject", "actor_label", "before", "after", "reason", "acted_at"
    )[:2]
    assert together == alone
    assert FactRecord.objects.get(id=fact_id).deliveries.count() == len(board["test.twice"])


@pytest.mark.django_db(transaction=True)
def test_a_change_and_its_fact_go_in_one_round_trip_and_stand_or_fall_together(
    board, now, django_assert_num_queries, monkeypatch
):
    """What makes the fact true is in its statement; where it finds nothing, nothing of the transaction stays."""
    monkeypatch.setattr(doorbell, "ring", lambda _fact: True)
    act = audit.Act(act="test.act", subject="x:1", actor="system: test")
    first = outbox.Change("UPDATE outbox_fact SET owner = 'changed' WHERE owner = %s RETURNING id", ["x:1"])
    with transaction.atomic():
        before = outbox.record(kind="test.noted", payload={}, owner="x:1", now=now)
        with django_assert_num_queries(1):
            outbox.record(kind="test.twice", payload={}, act=act, change=first, now=now)
    assert FactRecord.objects.get(id=before).owner == "changed"
    there = (FactRecord.objects.count(), Delivery.objects.count(), Row.objects.count())

    def again_and_go_on():
        with transaction.atomic(), pytest.raises(outbox.NothingChanged):
            outbox.record(kind="test.twice", payload={}, act=act, change=first, now=now)

    again_and_go_on()
    assert (FactRecord.objects.count(), Delivery.objects.count(), Row.objects.count()) == there


@pytest.mark.django_db
def test_a_kind_that_is_not_on_the_board_is_an_error_and_leaves_nothing(board, now):
    with pytest.raises(outbox.UnknownKind):
        outbox.record(kind="test.misspelt", payload={}, now=now)
    assert not FactRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused(board, now):
    with pytest.raises(outbox.NotInTransaction):
        outbox.record(kind="test.noted", payload={}, now=now)
    assert not FactRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_fact_is_gone_and_never_rung_for(board, now, monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(doorbell, "ring", rung.append)

    class Changed(Exception):
        pass

    def change_of_mind():
        with transaction.atomic():
            outbox.record(kind="test.noted", payload={}, now=now)
            raise Changed

    with pytest.raises(Changed):
        change_of_mind()
    assert not FactRecord.objects.exists()
    assert rung == []
    with transaction.atomic():
        fact_id = outbox.record(kind="test.noted", payload={}, now=now)
        assert rung == []
    assert rung == [fact_id]


@pytest.mark.django_db
def test_a_fact_remembers_the_request_it_came_from(board, now):
    from core.audit.context import Origin, origin

    with origin(Origin(reference="K7QF-3MPD")):
        fact_id = outbox.record(kind="test.noted", payload={}, now=now)
    assert FactRecord.objects.get(id=fact_id).reference == "K7QF-3MPD"
