"""Real threads with real commits: each payment leaves once or comes back once, each file is taken in once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import balances
from ledger.models import Entry
from payments.clearing import queries
from payments.clearing.models import InboundFile, Payment, RepairItem
from payments.clearing.paths import Mode
from payments.clearing.refusals import TooLate
from payments.clearing.services import payments as service
from payments.clearing.services import sending, taking
from payments.clearing.states import State
from payments.models import Holding
from payments.refusals import InsufficientFunds
from payments.services import holding
from payments.watching import Moving, Outcome, Verdict
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


def test_a_file_that_another_worker_took_in_since_one_looked_is_repeated_and_refused_to_nobody(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.fund_nostro(now)
    by, other = make.payer(now=now), make.OtherSide(tmp_path)
    payment = make.accepted(by, 100_00, now=now)
    other.round(now)
    other.put(other.status(payment, now=now))
    (incoming,) = other.gateway.collect(most_bytes=1_000_000)
    looked = taking._repeated

    def meanwhile(*args: Any, **kwargs: Any) -> bool:
        monkeypatch.setattr(taking, "_repeated", looked)
        found = looked(*args, **kwargs)
        assert taking.take(incoming, now=now) == "taken"
        return found

    monkeypatch.setattr(taking, "_repeated", meanwhile)
    assert taking.take(incoming, now=now) == "repeated"
    assert InboundFile.objects.get().deliveries == 2
    assert not RepairItem.objects.exists()


def test_a_held_payment_is_held_once_and_ends_once_however_many_try(now: datetime, settings: Any) -> None:
    settings.MONITOR = f"{__name__}.wants_it_looked_at"
    by = make.payer(now=now)
    draft = make.drafted(by, 100_00, now=now)
    question = make.approved(by, draft, now)

    def confirm() -> object:
        return service.confirm(customer=by.customer, payment_id=draft.public_id, challenge_id=question, now=now).state

    assert set(together([confirm] * 6)) == {State.HELD}
    assert Holding.objects.count() == 1

    def end(act: Any) -> Any:
        return lambda: act(payment_id=draft.public_id, now=now)

    results = together([end(holding.release), end(holding.give_back)] * 3)
    ended = [result for result in results if isinstance(result, holding.Ended)]
    assert [one.repeated for one in ended].count(False) == 1
    assert sum(isinstance(result, holding.AlreadyEnded) for result in results) == 3
    sent = ended[0].sent
    assert {one.sent for one in ended} == {sent}
    assert (booked(by), queries.in_clearing("CNY"), Entry.objects.filter(kind=service.KIND).count()) == (
        (9_900_00, 100_00, 1) if sent else (10_000_00, 0, 0)
    )
    assert balances.of([by.source.ledger_account_id])[by.source.ledger_account_id].held == 0


def wants_it_looked_at(moving: Moving, *, now: datetime) -> Verdict:
    return Verdict(Outcome.REVIEW, now + timedelta(hours=2))
