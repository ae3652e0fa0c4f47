"""Real threads with real commits: money asked back comes back once, whoever says what at the same moment."""

from datetime import datetime
from pathlib import Path

import pytest

from core.outbox import relay
from ledger import balances
from ledger.models import Entry
from payments.clearing.models import Payment
from payments.clearing.states import State as Paid
from payments.models import Transfer
from payments.recalls.models import Dispute, Recall
from payments.recalls.refusals import AlreadyBack, AlreadyOpen, Settled
from payments.recalls.services import giving
from payments.recalls.states import State
from tests.factories import clearing
from tests.factories import payments as money
from tests.factories import recalls as make
from tests.payments.conftest import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def booked(account: object) -> int:
    ledger_id = account.ledger_account_id  # type: ignore[attr-defined]
    return balances.of([ledger_id])[ledger_id].booked


def test_a_payee_who_accepts_eight_times_and_refuses_twice_gives_once_or_not_at_all(now: datetime) -> None:
    two = money.pair(now=now)
    recall = make.asked(two, make.paid(two, 100_00, now=now), now=now)
    questions = [make.question(two.receiver, recall, now) for _time in range(8)]

    def accept(number: int) -> object:
        return giving.accept(
            customer=two.receiver, recall_id=recall.public_id, challenge_id=questions[number], now=now
        ).reference

    def refuse() -> object:
        return giving.refuse(customer=two.receiver, recall_id=recall.public_id, now=now).state

    results = together([*(lambda number=number: accept(number) for number in range(8)), refuse, refuse])
    recall.refresh_from_db()
    given = {result for result in results[:8] if isinstance(result, str)}
    if recall.state == State.RETURNED:
        assert len(given) == 1
        assert (booked(two.source), booked(two.destination)) == (1_000_00, 0)
        assert all(isinstance(result, Settled) for result in results[8:])
    else:
        assert recall.state == State.REFUSED
        assert not given
        assert (booked(two.source), booked(two.destination)) == (900_00, 100_00)
    assert Entry.objects.filter(kind=giving.KIND).count() == len(given)
    assert Transfer.objects.filter(payer=two.receiver).count() == len(given)


def test_asking_while_the_money_returns_by_itself_brings_it_once_and_leaves_nothing_open(
    tmp_path: Path, now: datetime
) -> None:
    clearing.fund_nostro(now)
    by, other = clearing.payer(now=now), clearing.OtherSide(tmp_path)
    payments = [clearing.accepted(by, 100_00, now=now) for _number in range(4)]
    other.round(now)
    for payment in payments:
        other.put(other.returned(payment, now=now))
    asks = [lambda payment=payment: make.asked_bank(by, payment, now=now) for payment in payments]
    results = together([*asks, *asks, lambda: other.round(now)])
    relay.drain(now=now)
    assert all(isinstance(result, Recall | AlreadyBack) for result in results[:-1]), results
    assert set(Payment.objects.values_list("state", flat=True)) == {Paid.RETURNED}
    assert booked(by.source) == 10_000_00
    assert set(Recall.objects.values_list("state", flat=True)) <= {State.RETURNED}


def test_two_forms_about_one_movement_open_one_case(now: datetime) -> None:
    two = money.pair(now=now)
    results = together([lambda: make.disputed(two.payer, two.source, 1, now=now)] * 4)
    assert sum(isinstance(result, Dispute) for result in results) == 1
    assert sum(isinstance(result, AlreadyOpen) for result in results) == 3
