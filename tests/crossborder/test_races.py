"""Real threads with real commits: one quota, one draft, one end of each payment."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from core import policy
from ledger import balances
from ledger.models import Entry
from payments.clearing.models import InboundFile, RepairItem
from payments.clearing.services import taking
from payments.crossborder import queries
from payments.crossborder.models import Payment
from payments.crossborder.refusals import GroundChanged, TooLate
from payments.crossborder.services import confirming, sending, settling
from payments.crossborder.states import State
from tests.factories import crossborder as make
from tests.factories.policy import add_figure
from tests.payments.conftest import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_twenty_parallel_payments_never_pass_the_quota(now: datetime) -> None:
    add_figure("crossborder.quota_year.usd", "350.00", type="decimal", unit="USD", now=now)
    policy.forget()
    by = make.sender(now=now)
    make.raise_counts(by.customer, now=now)
    found = [make.drafted(by, 100_00, now=now) for _number in range(20)]
    questions = [make.approved(by, draft, now) for draft in found]

    def confirm(number: int) -> object:
        return make.confirm(by, found[number], now, question=questions[number])

    results = together([lambda number=number: confirm(number) for number in range(20)])
    assert sum(isinstance(result, Payment) for result in results) == 3
    assert sum(isinstance(result, GroundChanged) for result in results) == 17
    year = queries.year_of(by.customer, on=now.date())
    assert (year.used, queries.held("USD")) == (300_00, 300_00)


def test_one_draft_confirmed_by_eight_threads_is_booked_once(now: datetime) -> None:
    by = make.sender(now=now)
    draft = make.drafted(by, 1_000_00, now=now)
    question = make.approved(by, draft, now)
    results = together([lambda: make.confirm(by, draft, now, question=question).state] * 8)
    assert set(results) == {State.ACCEPTED}
    assert Entry.objects.filter(kind="crossborder.payment").count() == 1
    assert queries.held("USD") == 1_000_00


def test_taking_back_refusing_releasing_and_sending_at_one_moment_end_a_payment_once(
    now: datetime, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    gateway = make.gateway(tmp_path, settings)
    add_figure("crossborder.countries_watched", "DE", type="text", unit="", now=now)
    policy.forget()
    by = make.sender(now=now)
    paid = [make.ready(by, 100_00, source=by.dollars, now=now) for _number in range(4)]

    def back(payment: Payment) -> object:
        return confirming.take_back(customer=by.customer, payment_id=payment.public_id, now=now)

    def settle(payment: Payment, approved: bool) -> object:
        return settling.settle(
            payment_id=str(payment.public_id), approved=approved, reasons=["not_carried"], case="1", now=now
        )

    together(
        [
            *(lambda payment=payment: back(payment) for payment in paid),
            *(lambda payment=payment: settle(payment, False) for payment in paid),
            *(lambda payment=payment: settle(payment, True) for payment in paid),
            *[lambda: sending.run(now=now, gateway=gateway)] * 2,
        ]
    )
    sending.run(now=now, gateway=gateway)
    states = [payment.state for payment in Payment.objects.order_by("pk")]
    assert set(states) <= {State.SENT, State.REFUSED, State.REVOKED}
    given_back = Payment.objects.filter(reversal__isnull=False)
    assert Entry.objects.filter(kind="crossborder.reversal").count() == given_back.count()
    assert Entry.objects.filter(kind="crossborder.release").count() == states.count(State.SENT)
    assert len(make.sent_files(tmp_path)) == states.count(State.SENT)
    sent = Payment.objects.filter(state=State.SENT)
    ledger_id = by.dollars.ledger_account_id
    left = balances.of([ledger_id])[ledger_id].booked
    assert left == 200_000_00 - sum(payment.amount + payment.fee for payment in sent)
    assert queries.held("USD") == 0


def test_a_payment_is_taken_back_or_too_late_never_both(now: datetime, tmp_path: Path, settings: Any) -> None:
    gateway = make.gateway(tmp_path, settings)
    by = make.sender(now=now)
    paid = [make.ready(by, 100_00, source=by.dollars, now=now) for _number in range(4)]

    def back(payment: Payment) -> object:
        return confirming.take_back(customer=by.customer, payment_id=payment.public_id, now=now)

    results = together(
        [
            *(lambda payment=payment: back(payment) for payment in paid),
            *[lambda: sending.run(now=now, gateway=gateway)] * 2,
        ]
    )
    sending.run(now=now, gateway=gateway)
    for payment, result in zip(paid, results, strict=False):
        state = make.again(payment).state
        assert (state == State.REVOKED) == (result is True)
        assert (state == State.SENT) == isinstance(result, TooLate)


@pytest.mark.parametrize("moment", ["before the booking is kept", "before the file is put away"])
def test_a_worker_killed_while_it_takes_a_return_in_loses_nothing_and_doubles_nothing(
    now: datetime, tmp_path: Path, settings: Any, moment: str
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    policy.forget()
    by = make.sender(now=now)
    side = make.correspondent(tmp_path, settings, now=now)
    payment = make.sent(by, 100_00, side, source=by.dollars, now=now)
    side.put(side.returned(payment, kept=5_00, now=now))
    before = balances.of([by.dollars.ledger_account_id])[by.dollars.ledger_account_id].booked
    connections.close_all()  # the worker makes its own
    worker = os.fork()
    if worker == 0:
        place, name = (
            (taking.audit, "record") if moment.startswith("before the booking") else (type(side.gateway), "done")
        )
        setattr(place, name, lambda *_args, **_kwargs: os.kill(os.getpid(), signal.SIGKILL))
        side.round(now)
        os._exit(0)
    _pid, status = os.waitpid(worker, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    together([lambda: side.round(now)] * 4)  # and four others find the file at one moment
    assert make.again(payment).state == State.RETURNED
    assert balances.of([by.dollars.ledger_account_id])[by.dollars.ledger_account_id].booked == before + 95_00
    assert Entry.objects.filter(kind="crossborder.returned").count() == 1
    assert InboundFile.objects.count() == 1
    assert not RepairItem.objects.exists()
