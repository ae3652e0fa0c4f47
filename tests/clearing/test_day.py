"""The business day sees to it that next-day payments leave, whoever runs the rounds with the gateway."""

from datetime import datetime, timedelta

import pytest

from core.runs import engine
from core.runs.models import Item, Run
from payments.clearing import gateway
from payments.clearing.models import Payment
from payments.clearing.paths import Mode
from tests.factories import clearing as make


def test_what_is_to_leave_on_the_next_day_leaves_at_its_hour_once_and_a_gateway_that_fails_is_tried_again(
    wang: make.Payer, other: make.OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = make.accepted(wang, 100_00, mode=Mode.NEXT_DAY, now=now)
    Run.objects.create(name="end_of_day", day=now.date(), state="done", started_at=now, finished_at=now)
    monkeypatch.setattr(gateway, "chosen", lambda: other.gateway)
    nine = (now + timedelta(days=1)).replace(hour=9, minute=0)

    def day(at: datetime) -> Payment:
        engine.catch_up(name="end_of_day", clock=lambda: at)
        return Payment.objects.get(pk=payment.pk)

    assert day(nine - timedelta(minutes=1)).state == "accepted"
    with monkeypatch.context() as patch:
        patch.setattr(gateway.FileGateway, "send", lambda *_given, **_named: (_ for _ in ()).throw(OSError("full")))
        assert day(nine).state == "accepted"
    failed = Item.objects.get(step__name="clearing.matured")
    assert (failed.state, failed.error) == ("failed", "OSError: full")
    assert day(nine + timedelta(minutes=1)).state == "sent"
    day(nine + timedelta(minutes=2))
    assert Item.objects.get(step__name="clearing.matured").outcome == "sent"
    assert len(list(other.folder.rglob("pacs008-*.xml"))) == 1
