"""When a relationship ends, what was agreed ends with it; what was paid stays."""

from types import SimpleNamespace

import pytest

from payments.schedules.closing import end_schedules
from payments.schedules.models import Schedule
from payments.schedules.rhythm import Unit
from payments.schedules.services import keeping
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = pytest.mark.django_db


def test_everything_ends_with_the_relationship_and_being_told_twice_changes_nothing(now):
    two, other = money.pair(now=now), money.pair(now=now)
    make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    paused = make.agree(two, make.terms(two, unit=Unit.WEEK), now=now)
    keeping.pause(customer=two.payer, schedule_id=paused.public_id, now=now)
    make.agree(other, make.terms(other), now=now)
    fact = SimpleNamespace(payload={"customer": str(two.payer.public_id)}, created_at=now)
    for _time in range(2):
        end_schedules(fact)
    ended = two.payer.schedules.values_list("state", "ended_because", "next_day", "ended_at")
    assert list(ended) == [("ended", "relationship", None, now)] * 2
    assert Schedule.objects.get(payer=other.payer).state == "active"
