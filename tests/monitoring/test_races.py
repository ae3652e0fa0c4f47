"""Many at once, with real threads and real commits: no rule of pace is passed by coming at the same moment."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from ledger import balances
from payments.models import Holding, Transfer
from payments.monitoring import door, rules
from payments.monitoring.models import Alert, Hit
from payments.services import transfers
from payments.watching import Outcome
from tests.factories import payments as make
from tests.factories.monitoring import live
from tests.monitoring.test_door import moving
from tests.payments.conftest import approved, drafted, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
LATE, MOMENT = timedelta(milliseconds=700), timedelta(microseconds=1)


def test_twenty_transfers_at_once_cannot_each_be_the_fifth(now: datetime) -> None:
    """Five in ten minutes go. Requests read their clocks before they wait: who comes first may bear the latest time."""
    live("F04", now=now, outcome=Outcome.REVIEW)
    two = make.pair(balance=1_000_00, now=now)
    ids = [drafted(two, 10_00, now) for _ in range(20)]
    ready = [(one, approved(two.payer, one, now), now + LATE - MOMENT * (at // 2)) for at, one in enumerate(ids)]
    results = together(
        [
            partial(transfers.confirm, customer=two.payer, transfer_id=one, challenge_id=challenge, now=at)
            for one, challenge, at in ready
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert Counter(Transfer.objects.values_list("state", flat=True)) == {"confirmed": 5, "held": 15}
    assert Holding.objects.filter(ended_at=None).count() == 15
    assert balances.available(two.destination.ledger_account_id).minor == 50_00
    seen = sorted(Hit.objects.filter(rule__code="F04").values_list("measured__sent_10_minutes", flat=True))
    assert seen == list(range(6, 21)), "each saw every one before it"


def test_a_payment_is_judged_by_one_whole_version_of_the_set(now: datetime) -> None:
    """Two rules change in one transaction, over and over, while payments are judged: never one without the other."""
    two = make.pair(now=now)
    same = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}

    def change(number: int) -> None:
        with transaction.atomic():
            for code in ("F01", "F12"):  # in one order, as their locks are taken
                rules.publish(
                    code=code, mode="live", outcome=Outcome.CASE, points=number, condition=same,
                    counts_from=now.date(), now=now,
                )  # fmt: skip

    def judge() -> None:
        with transaction.atomic():
            door.judge(moving(two, 20_000_00, now - timedelta(days=9)), now=now)

    change(1)
    acts: list[Any] = [partial(change, number) for number in range(2, 7)] + [judge] * 15
    assert [result for result in together(acts) if result] == []
    judge()
    assert Alert.objects.count() == 16
    for alert in Alert.objects.all():
        hits = alert.hits.filter(rule__code__in=("F01", "F12")).values_list("rule__points", "rule__version")
        assert len(hits) == 2
        assert len(set(hits)) == 1, "both of the same change"
