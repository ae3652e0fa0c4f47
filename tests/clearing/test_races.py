"""Real threads with real commits: each payment leaves once or comes back once, each file is taken in once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger import balances
from ledger.models import Entry
from payments.clearing import queries
from payments.clearing.models import InboundFile, Payment
from payments.clearing.paths import Mode
from payments.clearing.refusals import TooLate
from payments.clearing.services import payments as service
from payments.clearing.services import sending, taking
from payments.clearing.states import State
from payments.refusals import InsufficientFunds
from tests.factories import clearing as make
from tests.payments.conftest import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def booked(by: make.Payer) -> int:
    return balances.of([by.source.ledger_account_id])[by.source.ledger_account_id].booked


def test_one_draft_confirmed_by_eight_threads_is_booked_once(now: datetime) -> None:
    by = make.payer(now=now)
    draft = make.drafted(by, 100_00, now=now)
    question = make.approved(by, draft, now)

    def confirm() -> object:
        return service.confirm(customer=by.customer, payment_id=draft.public_id, challenge_id=question, now=now).state

    assert set(together([confirm] * 8)) == {State.ACCEPTED}
    assert (booked(by), queries.in_clearing("CNY"), Entry.objects.filter(kind=service.KIND).count()) == (
        9_900_00, 100_00, 1,
    )  # fmt: skip


def test_eight_payments_never_spend_more_than_there_is(now: datetime) -> None:
    by = make.payer(balance=1_000_00, now=now)
    drafts = [make.drafted(by, 300_00, now=now) for _number in range(8)]
    questions = [make.approved(by, draft, now) for draft in drafts]

    def confirm(number: int) -> object:
        return service.confirm(
            customer=by.customer, payment_id=drafts[number].public_id, challenge_id=questions[number], now=now
        )

    results = together([lambda number=number: confirm(number) for number in range(8)])
    assert sum(isinstance(result, Payment) for result in results) == 3
    assert sum(isinstance(result, InsufficientFunds) for result in results) == 5
    assert (booked(by), queries.in_clearing("CNY")) == (100_00, 900_00)


def test_taking_back_and_sending_at_one_moment_let_one_of_the_two_win(tmp_path: Path, now: datetime) -> None:
    by = make.payer(now=now)
    other = make.OtherSide(tmp_path)
    paid = [make.accepted(by, 100_00, mode=Mode.ORDINARY, now=now) for _number in range(6)]
    due = now + timedelta(hours=2)

    def back(payment: Payment) -> object:
        return service.take_back(customer=by.customer, payment_id=payment.public_id, now=due - timedelta(seconds=1))

    results = together(
        [
            *(lambda payment=payment: back(payment) for payment in paid),
            *[lambda: sending.send_due(gateway=other.gateway, now=due)] * 2,
        ]
    )
    sending.send_due(gateway=other.gateway, now=due)
    states = [State(payment.state) for payment in Payment.objects.order_by("pk")]
    for state, result in zip(states, results, strict=False):
        assert (state is State.REVOKED) == (result is True)
        assert (state is State.SENT) == isinstance(result, TooLate)
    assert {told.reference for told in other.received()} == {
        payment.reference for payment in Payment.objects.filter(state=State.SENT)
    }
    assert len(other.received()) == states.count(State.SENT)
    assert queries.in_clearing("CNY") == queries.in_flight("CNY") == 100_00 * states.count(State.SENT)


def test_one_file_taken_by_six_workers_is_applied_once(tmp_path: Path, now: datetime) -> None:
    make.fund_nostro(now)
    by, other = make.payer(now=now), make.OtherSide(tmp_path)
    payment = make.accepted(by, 100_00, now=now)
    other.round(now)
    other.put(other.status(payment, now=now))
    (incoming,) = other.gateway.collect(most_bytes=1_000_000)

    def take() -> object:
        return taking.take(incoming, now=now)

    results = together([take] * 6)
    assert results.count("taken") == 1
    assert InboundFile.objects.count() == 1
    payment.refresh_from_db()
    assert (payment.state, queries.in_clearing("CNY")) == (State.SETTLED, 0)
