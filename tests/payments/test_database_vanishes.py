"""The database really goes away at each step of a confirmation: done or not done, and the same form says which."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import StepUp
from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import FactRecord
from ledger import balances, checks
from ledger.models import Entry
from payments.clearing.models import Payment
from payments.clearing.services import payments as bank_payments
from payments.models import Transfer
from payments.requests.models import MoneyRequest
from payments.services import booking, transfers
from tests.factories import clearing, identity
from tests.factories import payments as make
from tests.factories import requests as factory
from tests.payments.conftest import approved, code_now, drafted
from tests.requests.conftest import filled_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
AT_COMMIT, AFTER_COMMIT = "before the commit arrives", "after the commit, before its answer"
_execute, _commit = psycopg.Cursor.execute, psycopg.Connection.commit


@dataclass
class Cut:
    """Where the server ends the connection: before the statement of a number or that holds a text, or at the commit."""

    at: int | str
    seen: int = 0
    done: bool = False

    def is_now(self, sql: str) -> bool:
        self.seen += 1
        there = self.seen == self.at if isinstance(self.at, int) else self.at in sql
        self.done, first = self.done or there, not self.done
        return there and first


def end(pid: int) -> None:
    """What an administrator, a crash or a failover does to a connection; returns when it is gone."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], password=settings["PASSWORD"],
        dbname=settings["NAME"], autocommit=True,
    ) as other:  # fmt: skip
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)


@contextmanager
def cut_off(at: int | str) -> Iterator[Cut]:
    """The connection of this thread is ended at one place; what the code does about it is the code's own."""
    cut, busy = Cut(at), False

    def execute(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        nonlocal busy
        if not busy and cut.is_now(str(query)):
            busy = True
            end(self.connection.info.backend_pid)
            busy = False
        return _execute(self, query, params, **options)

    def commit(self: Any) -> None:
        nonlocal busy
        if busy or at not in {AT_COMMIT, AFTER_COMMIT} or cut.done:
            return _commit(self)
        cut.done, busy, pid = True, True, self.info.backend_pid
        if at == AFTER_COMMIT:
            _commit(self)
        end(pid)
        busy = False
        if at == AFTER_COMMIT:
            raise psycopg.OperationalError("the answer was lost")
        return _commit(self)

    connection.ensure_connection()
    with mock.patch.object(psycopg.Cursor, "execute", execute), mock.patch.object(psycopg.Connection, "commit", commit):
        yield cut
    connection.close()


@dataclass
class Act:
    """One confirmation to be cut: what does it, and what must stand afterwards."""

    key: str  # of the entry
    run: Callable[[], Any]
    question: uuid.UUID
    state: Callable[[], str]

    def booked(self) -> int:
        return Entry.objects.filter(key=self.key).count()

    def facts(self) -> int:
        return FactRecord.objects.filter(payload__icontains=self.key.partition(":")[2]).count()

    def trail(self) -> int:
        return Row.objects.filter(subject__icontains=self.key.partition(":")[2]).count()


def a_transfer(two: make.Pair, now: datetime) -> Act:
    made = drafted(two, 1_00, now)
    question = approved(two.payer, made, now)
    return Act(
        f"transfer:{made}",
        lambda: transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=question, now=now),
        question,
        lambda: Transfer.objects.get(public_id=made).state,
    )


def a_request(two: make.Pair, now: datetime) -> Act:
    request = factory.asked(two.receiver, two.destination, amount=1_00, now=now)
    made = filled_in(request, two.payer, two.source, now)
    question = approved(two.payer, made, now)

    def state() -> str:
        now_is, share = MoneyRequest.objects.get(pk=request.pk), request.shares.get()
        assert (now_is.state == "paid") == (now_is.paid_count == 1) == (share.paid_at is not None)
        transfer = Transfer.objects.get(public_id=made).state
        assert (now_is.state == "paid") == (transfer == "confirmed"), "the request and its money never part"
        return str(transfer)

    return Act(
        f"transfer:{made}",
        lambda: transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=question, now=now),
        question,
        state,
    )


def a_bank_payment(two: make.Pair, now: datetime) -> Act:
    by = clearing.Payer(two.payer, two.source)
    made = clearing.drafted(by, 1_00, now=now)
    question = clearing.approved(by, made, now)
    return Act(
        f"clearing:{made.public_id}",
        lambda: bank_payments.confirm(customer=two.payer, payment_id=made.public_id, challenge_id=question, now=now),
        question,
        lambda: Payment.objects.get(pk=made.pk).state,
    )


@pytest.mark.parametrize("kind", [a_transfer, a_request, a_bank_payment])
def test_cut_anywhere_it_is_done_or_not_and_the_next_try_does_it_once(
    kind: Callable[[make.Pair, datetime], Act], now: datetime
) -> None:
    """After each cut: no entry, no fact, no trail, the draft and the answered code as they were."""
    two = make.pair(balance=1_000_00, now=now)
    steps, done = 0, False
    while not done:
        steps += 1
        act = kind(two, now)
        with cut_off(at=steps) as cut:
            try:
                act.run()
            except (OperationalError, InterfaceError):
                assert cut.done, "the connection was lost at another place than where it was cut"
        done = not cut.done
        if not done:
            assert (act.state(), act.booked(), act.facts(), act.trail()) == ("draft", 0, 0, 0), f"at step {steps}"
            assert StepUp.objects.get(public_id=act.question).used_at is None
            act.run()
        assert (act.booked(), act.state() == "draft") == (1, False)
    assert steps > 3, "a confirmation reads, books and tells: nothing was cut"
    for at in (AT_COMMIT, AFTER_COMMIT):
        cut_at_the_commit(kind(two, now), at)
    left = balances.of([two.source.ledger_account_id])[two.source.ledger_account_id].booked
    assert left == 1_000_00 - (steps + 2) * 1_00
    assert checks.drift() == []


def cut_at_the_commit(act: Act, at: str) -> None:
    """The one moment at which nobody can know: the answer is lost, and asking again gives the truth."""
    with cut_off(at=at) as cut, pytest.raises((OperationalError, InterfaceError)):
        act.run()
    assert cut.done
    moved = at == AFTER_COMMIT
    assert (act.booked(), act.state() != "draft", act.facts() > 0) == (int(moved), moved, moved)
    act.run()
    act.run()
    assert act.booked() == 1


def test_the_page_says_that_the_bank_is_away_and_the_next_look_says_what_happened() -> None:
    for at in ("SET state = 'confirmed'", AFTER_COMMIT):
        look_after(at)


def look_after(at: str) -> None:
    now, before = timezone.now(), Entry.objects.filter(kind=transfers.KIND).count()
    two = make.pair(now=now)
    make.enrol(two.payer)
    assert two.payer.user is not None
    browser = identity.enter(Client(raise_request_exception=False, headers={"accept-language": "en"}), two.payer.user)
    check = reverse("transfer_check", args=[drafted(two, 1_00, now)])
    (question,) = re.findall(r'name="stepup-challenge" value="([0-9a-f-]{36})"', browser.get(check).content.decode())
    real = booking.book

    def cut_from_here(*args: Any, **kwargs: Any) -> Any:
        """What came before, the sign-in and the code, stands by itself: the connection is cut from here on."""
        cutting.__enter__()
        return real(*args, **kwargs)

    cutting = cut_off(at=at)
    with mock.patch.object(booking, "book", cut_from_here):
        answer = browser.post(check, {"stepup-challenge": question, "stepup-code": code_now(timezone.now())})
    cutting.__exit__(None, None, None)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    moved = at == AFTER_COMMIT
    assert Entry.objects.filter(kind=transfers.KIND).count() == before + int(moved)
    look = browser.get(check)
    if moved:
        assert look["Location"].startswith("/receipts/")
        assert two.payer.transfers.get().reference in browser.get(look["Location"]).content.decode()
    else:
        assert look.status_code == 200
        assert "Nothing has moved yet" in look.content.decode()


def test_mail_and_broker_away_the_money_stands_and_the_message_follows(now: datetime, settings: Any) -> None:
    """What is told about a transfer is none of its conditions: it waits, and comes once they are back."""
    from accounts.inbox.models import Notice

    two = make.pair(now=now)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # nobody listens there
    act = a_transfer(two, now)
    act.run()
    assert act.booked() == 1
    with mock.patch("accounts.inbox.send", side_effect=ConnectionRefusedError("no way out")):
        relay.drain(now=now)
    assert not Notice.objects.exists()
    relay.drain(now=timezone.now().replace(year=2027))
    assert set(Notice.objects.values_list("event", flat=True)) == {"payments.sent", "payments.received"}
    assert act.booked() == 1
