"""Real threads and real commits: whoever comes second finds what the first has left."""

from datetime import datetime
from functools import partial

import pytest

from ledger import balances
from payments.models import Transfer
from payments.refusals import RequestOver
from payments.requests.models import MoneyRequest
from payments.requests.refusals import HasEnded
from payments.requests.services import keeping
from payments.services import transfers
from tests.factories import payments as make
from tests.factories import requests as factory
from tests.payments.conftest import approved, together
from tests.requests.conftest import filled_in, two_people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def booked(account: object) -> int:
    ledger_id = account.ledger_account_id  # type: ignore[attr-defined]
    return balances.of([ledger_id])[ledger_id].booked


def test_six_payers_and_one_who_presses_twice_pay_three_parts(now: datetime) -> None:
    people = two_people(now)
    request = factory.asked(people.asker, people.to, people=3, now=now)
    acts = []
    for number in range(6):
        payer = make.customer(f"张{number}", now=now)
        mine = filled_in(request, payer, make.account(payer, balance=500_00, now=now), now)
        for _ in range(2 if number == 0 else 1):
            question = approved(payer, mine, now)
            acts.append(partial(transfers.confirm, customer=payer, transfer_id=mine, challenge_id=question, now=now))
    results = together(acts)
    done = {one.transfer_id for one in results if isinstance(one, transfers.Confirmed)}
    refused = [one for one in results if not isinstance(one, transfers.Confirmed)]
    assert len(done) == 3
    assert {type(one) for one in refused} == {RequestOver}
    request.refresh_from_db()
    assert (request.state, request.paid_count, request.paid_total) == ("paid", 3, 3 * 88_00)
    assert booked(people.to) == 3 * 88_00
    assert request.shares.filter(paid_at__isnull=False).count() == 3


def test_cancelled_and_paid_at_once_has_one_winner_and_both_see_it(now: datetime) -> None:
    """Ten rounds: either the money moved and the request is paid, or it did not and the request is cancelled."""
    people = two_people(now)
    winners = set()
    for _ in range(10):
        request = factory.asked(people.asker, people.to, amount=1_00, now=now)
        mine = filled_in(request, people.payer, people.source, now)
        question, before = approved(people.payer, mine, now), booked(people.to)
        pay, cancel = together(
            [
                partial(transfers.confirm, customer=people.payer, transfer_id=mine, challenge_id=question, now=now),
                partial(keeping.cancel, customer=people.asker, request_id=request.public_id, now=now),
            ]
        )
        request.refresh_from_db()
        moved = booked(people.to) - before
        if isinstance(pay, transfers.Confirmed):
            assert (request.state, moved) == ("paid", 1_00)
            assert isinstance(cancel, HasEnded)
        else:
            assert isinstance(pay, RequestOver)
            assert (request.state, request.paid_count, moved, cancel) == ("cancelled", 0, 0, True)
        winners.add(request.state)
    assert winners <= {"paid", "cancelled"}
    assert MoneyRequest.objects.filter(state="open").count() == 0
    assert Transfer.objects.filter(state="confirmed").count() * 1_00 == booked(people.to)
