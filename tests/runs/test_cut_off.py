"""The cut-off waits for what began while the date lasted."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.runs import NotYet
from ledger import steps
from ledger.calendar import business_date
from tests.factories import ledger as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_a_booking_under_way_at_midnight_is_waited_for(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(steps, "PATIENCE", 0.5)
    writing, go_on = Event(), Event()

    def book() -> None:
        try:
            with transaction.atomic():
                make.running(amount=10_00)
                writing.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = Thread(target=book)
    thread.start()
    try:
        assert writing.wait(20)
        with pytest.raises(NotYet):
            steps.cut_off("all", business_date(now), now)
    finally:
        go_on.set()
        thread.join()
    assert steps.cut_off("all", business_date(now), now) == "cut off"
