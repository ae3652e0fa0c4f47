"""For a while after a second step was recovered only small sums leave, whatever the limits say."""

import uuid
from datetime import datetime, timedelta

import pytest

from payments.models import Transfer
from payments.sentences import of_transfer
from payments.services import transfers
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(now: datetime) -> make.Pair:
    return make.pair(now=now, balance=20_000_00)


def careful(two: make.Pair, now: datetime) -> None:
    two.payer.careful_until = now + timedelta(hours=72)
    two.payer.save()


def test_up_to_the_figure_leaves_and_one_fen_more_does_not(rich: make.Pair, now: datetime) -> None:
    careful(rich, now)
    paid(rich, 3_000_00, now)
    with pytest.raises(transfers.SecondStepYoung) as refused:
        drafted(rich, 2_000_01, now)
    assert refused.value.left == 2_000_00
    field, words = of_transfer(refused.value)
    assert field == "amount"
    assert "No money has moved" in words
    paid(rich, 2_000_00, now)
    assert Transfer.objects.filter(state=Transfer.State.CONFIRMED).count() == 2


def test_a_draft_from_before_is_held_back_too(rich: make.Pair, now: datetime) -> None:
    draft = drafted(rich, 6_000_00, now)
    challenge = approved(rich.payer, draft, now)
    careful(rich, now)
    with pytest.raises(transfers.SecondStepYoung):
        transfers.confirm(customer=rich.payer, transfer_id=draft, challenge_id=challenge, now=now)
    assert not Transfer.objects.filter(state=Transfer.State.CONFIRMED).exists()


def test_when_the_time_is_over_the_limits_alone_count(rich: make.Pair, now: datetime) -> None:
    careful(rich, now)
    later = now + timedelta(hours=72, seconds=1)
    transfers.draft(customer=rich.payer, key=uuid.uuid4(), order=make.order(rich, 6_000_00), now=later)
