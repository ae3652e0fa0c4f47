"""What payments tests share: step-ups answered rightly, and races with real commits."""

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from accounts.access import stepup
from accounts.access.codes import code_at
from accounts.access.models import StepUp
from accounts.models import Customer
from core import policy
from payments import queries
from payments.services import transfers
from tests.factories import payments as make


@pytest.fixture(autouse=True)
def _figures_of_the_file() -> Iterator[None]:
    """A figure that one test adds is not remembered by the next."""
    policy.forget()
    yield
    policy.forget()


@pytest.fixture
def two(db: None, now: datetime) -> make.Pair:
    """Wang, who has 1,000 yuan, and Li, whom Wang may pay."""
    return make.pair(now=now)


def approved(customer: Customer, transfer_id: uuid.UUID, now: datetime, session: str = "") -> uuid.UUID:
    """Put the question for a draft and mark it as answered rightly, as `stepup.answer` does."""
    record = queries.transfer_of(customer, transfer_id)
    assert record is not None
    assert customer.user is not None
    challenge = stepup.start(
        user=customer.user, operation=transfers.OPERATION, payload=transfers.shown(record), session=session, now=now
    )
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    return challenge.id


def drafted(two: make.Pair, amount: int, now: datetime, *, memo: str = "", key: uuid.UUID | None = None) -> uuid.UUID:
    return transfers.draft(
        customer=two.payer, key=key or uuid.uuid4(), order=make.order(two, amount, memo=memo), now=now
    ).transfer_id


def paid(two: make.Pair, amount: int, now: datetime, *, memo: str = "") -> uuid.UUID:
    """Draft, approve and confirm."""
    transfer_id = drafted(two, amount, now, memo=memo)
    transfers.confirm(
        customer=two.payer, transfer_id=transfer_id, challenge_id=approved(two.payer, transfer_id, now), now=now
    )
    return transfer_id


def code_now(now: datetime) -> str:
    return code_at(secret=make.SECRET, moment=now)


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every act in a thread of its own, let go at one moment; each answers its result or what it raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=20)
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
