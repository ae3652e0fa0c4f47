"""A gateway that is not whole is refused at the deploy; without one nothing new is sent."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from payments.clearing import gateway
from payments.clearing.checks import gateway_is_whole
from payments.clearing.services import rounds
from tests.factories import clearing as make


def found(settings: Any, **changes: Any) -> list[str | None]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return [remark.id for remark in gateway_is_whole(None)]


def test_a_whole_gateway_leaves_no_remark_and_each_gap_leaves_its_own(settings: Any, tmp_path: Path) -> None:
    assert found(settings) == []
    assert found(settings, CLEARING_KEY_OUT="short") == ["clearing.E001"]
    assert found(settings, CLEARING_KEY_OUT="k" * 40, CLEARING_KEY_IN="k" * 40) == ["clearing.E002"]
    assert found(settings, CLEARING_KEY_IN="i" * 40, CLEARING_OWN_CODE="999290000011") == ["clearing.E003"]
    absent = tmp_path / "absent.csv"
    assert found(settings, CLEARING_OWN_CODE="999290000012", CLEARING_BANKS=absent) == ["clearing.E004"]
    assert found(settings, CLEARING_GATEWAY="", CLEARING_KEY_OUT="") == []


@pytest.mark.django_db
def test_without_a_gateway_what_is_due_waits(settings: Any, now: datetime) -> None:
    payment = make.accepted(make.payer(now=now), 100_00, now=now)
    settings.CLEARING_GATEWAY = ""
    assert gateway.chosen() is None
    assert rounds.run(now=now) is None
    payment.refresh_from_db()
    assert payment.state == "accepted"
