"""Many at once, with real threads and real commits: money moves once, and never past a balance or a limit."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest

from accounts.access import stepup
from accounts.access.models import StepUp
from core.outbox.models import FactRecord
from ledger import balances
from ledger.models import Entry
from payments.models import Holding, Transfer
from payments.services import holding, transfers
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def confirmations(two: make.Pair, ids: list[uuid.UUID], now: datetime) -> list[object]:
    ready = [(transfer_id, approved(two.payer, transfer_id, now)) for transfer_id in ids]
    return together(
        [
            partial(transfers.confirm, customer=two.payer, transfer_id=transfer_id, challenge_id=challenge, now=now)
            for transfer_id, challenge in ready
        ]
    )


def done(results: list[object]) -> int:
    return sum(isinstance(result, transfers.Confirmed) and not result.repeated for result in results)


def test_one_draft_confirmed_fifty_times_at_once_is_one_entry_and_one_receipt(now: datetime) -> None:
    two = make.pair(now=now)
    transfer_id = drafted(two, 100_00, now)
    challenge = approved(two.payer, transfer_id, now)
    results = together(
        [partial(transfers.confirm, customer=two.payer, transfer_id=transfer_id, challenge_id=challenge, now=now)] * 50
    )
    assert {result.transfer_id for result in results} == {transfer_id}
    assert done(results) == 1
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1
    assert FactRecord.objects.filter(kind=transfers.CONFIRMED).count() == 1
    assert balances.available(two.source.ledger_account_id).minor == 900_00


def test_twenty_transfers_at_once_stay_within_the_daily_limit(now: datetime) -> None:
    two = make.pair(balance=500_000_00, now=now)
    results = confirmations(two, [drafted(two, 20_000_00, now) for _ in range(20)], now)
    assert done(results) == 2  # 50,000 a day: a third 20,000 would pass it
    assert sum(isinstance(result, transfers.LimitReached) for result in results) == 18
    assert balances.available(two.destination.ledger_account_id).minor == 40_000_00


def test_two_tabs_cannot_spend_one_balance_twice_and_the_loser_hears_what_is_left(now: datetime) -> None:
    two = make.pair(balance=1_000_00, now=now)
    results = confirmations(two, [drafted(two, 700_00, now), drafted(two, 600_00, now)], now)
    assert done(results) == 1
    (refused,) = [result for result in results if isinstance(result, transfers.InsufficientFunds)]
    assert refused.available == balances.available(two.source.ledger_account_id).minor
    assert refused.available in {300_00, 400_00}


def test_two_customers_paying_each_other_at_once_never_lock_each_other_out(now: datetime) -> None:
    two = make.pair(balance=1_000_00, now=now)
    make.pay_in(two.destination, 1_000_00, now=now)
    back = make.Pair(
        two.receiver, two.destination, make.payee(two.receiver, two.source, now=now), two.payer, two.source
    )
    acts = []
    for pair in (two, back):
        for _ in range(10):
            transfer_id = drafted(pair, 10_00, now)
            challenge = approved(pair.payer, transfer_id, now)
            acts.append(
                partial(
                    transfers.confirm, customer=pair.payer, transfer_id=transfer_id, challenge_id=challenge, now=now
                )
            )
    results = together(acts)
    assert done(results) == 20, [result for result in results if isinstance(result, Exception)]
    assert balances.available(two.source.ledger_account_id).minor == 1_000_00


def test_one_form_sent_twenty_times_at_once_is_one_draft(now: datetime) -> None:
    two, key = make.pair(now=now), uuid.uuid4()
    results = together(
        [partial(transfers.draft, customer=two.payer, key=key, order=make.order(two, 5_00), now=now)] * 20
    )
    assert {result.transfer_id for result in results if isinstance(result, transfers.Drafted)} == {
        Transfer.objects.get().public_id
    }
    assert all(isinstance(result, transfers.Drafted) for result in results), results


def test_a_held_transfer_is_ended_once_whoever_comes_at_the_same_moment(now: datetime) -> None:
    """Release, give back, its payer's stop and answer and the end of its time at once: one wins, money in one place."""
    two = make.pair(now=now)
    held = make.held(two, 100_00, now=now)
    assert two.payer.user is not None
    question = stepup.start(user=two.payer.user, operation=holding.OPERATION, payload=holding.approves(held), now=now)
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    one = {"payment_id": held.payment, "now": now}
    results = together(
        [
            partial(holding.release, **one),
            partial(holding.give_back, **one),
            partial(holding.stop, customer=two.payer, **one),
            partial(holding.answer, customer=two.payer, challenge_id=question.id, **one),
            partial(holding.work, now=now + timedelta(hours=3)),
        ]
        * 2
    )
    ended = [result for result in results if isinstance(result, holding.Ended) and not result.repeated]
    assert len(ended) + sum(result for result in results if isinstance(result, int)) == 1, results
    left = [balances.available(one.ledger_account_id).minor for one in (two.source, two.destination)]
    assert left in ([900_00, 100_00], [1_000_00, 0])
    assert Entry.objects.filter(kind=transfers.KIND).count() == int(left[1] > 0)
    state = Holding.objects.get().state
    assert state == (Holding.State.RELEASED if left[1] else Holding.State.GIVEN_BACK)
