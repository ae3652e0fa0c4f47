"""What follows from a decision happens exactly once, whatever breaks in between."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from accounts import inbox
from accounts.identity import handlers
from accounts.identity.models import Verification
from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer, Disposition, User
from core.audit.models import Row
from core.outbox import Fact, relay
from core.outbox.models import Delivery, FactRecord
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Decision
from ledger.models import Account
from tests import addresses
from tests.factories import identity as make
from tests.factories import outbox

NOTHING = {"accounts": 0, "dispositions": 0, "ledger": 0, "notices": 0, "approved": 0, "audit": 0}
ONCE = {"accounts": 1, "dispositions": 1, "ledger": 1, "notices": 1, "approved": 1, "audit": 1}


def what_stands() -> dict[str, int]:
    return {
        "accounts": BankAccount.objects.count(),
        "dispositions": Disposition.objects.count(),
        "ledger": Account.objects.filter(code__startswith="deposit:").count(),
        "notices": Notice.objects.filter(event="identity.approved").count(),
        "approved": Verification.objects.filter(state="approved").count(),
        "audit": Row.objects.filter(act="identity.approved").count(),
    }


def decided_fact() -> Fact:
    record = FactRecord.objects.get(kind=desk.DECIDED)
    return outbox.newest(desk.DECIDED, now=record.created_at)


@pytest.mark.django_db
def test_an_approval_verifies_opens_the_account_and_tells(
    customer: Customer, reviewer: User, on_desk: Any, now: datetime
) -> None:
    make.decide_now(on_desk(customer), reviewer, now=now)
    assert what_stands() == NOTHING
    relay.drain(now=now)
    assert what_stands() == ONCE
    customer.refresh_from_db()
    assert (customer.standing, customer.legal_name, customer.sex) == ("verified", make.PERSON.name, "f")
    assert customer.born_on == make.PERSON.born_on
    account = BankAccount.objects.get()
    assert (account.currency, account.product) == ("CNY", "demand")
    notice = Notice.objects.get(event="identity.approved")
    assert notice.user == customer.user
    assert notice.texts["zh-hans"]["title"]
    assert notice.texts["en"]["title"] == "Your identity is verified and your account is open"
    assert account.number[-4:] in notice.texts["en"]["body"]
    assert make.PERSON.number not in str(notice.texts)


@pytest.mark.django_db
def test_a_refusal_says_why_and_what_to_do_in_both_languages(
    customer: Customer, reviewer: User, on_desk: Any, now: datetime
) -> None:
    make.decide_now(on_desk(customer), reviewer, "decline", reasons=["photo_unreadable", "details_differ"], now=now)
    relay.drain(now=now)
    customer.refresh_from_db()
    assert customer.standing == "new"
    assert what_stands() == NOTHING
    notice = Notice.objects.get(event="identity.declined")
    assert set(notice.texts) == {"zh-hans", "en"}
    body = notice.texts["en"]["body"]
    assert "could not be read" in body
    assert "daylight" in body
    assert "Compare name, number and dates" in body
    assert "The number cannot be read." not in str(notice.texts)  # the note is for colleagues


@pytest.mark.django_db
@pytest.mark.parametrize("verdict", ["approve", "decline"])
def test_the_handler_may_be_called_any_number_of_times(
    verdict: str, customer: Customer, reviewer: User, on_desk: Any, now: datetime
) -> None:
    make.decide_now(on_desk(customer), reviewer, verdict, now=now)
    for _time in range(3):
        handlers.settle(decided_fact())
    relay.drain(now=now)
    assert what_stands() == (ONCE if verdict == "approve" else NOTHING)
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_a_decision_on_another_kind_of_matter_is_left_to_its_room(now: datetime) -> None:
    payload = {"subject": "weather", "subject_id": "1", "verdict": "approve"}
    handlers.settle(Fact(1, desk.DECIDED, payload, "", now, now))
    assert what_stands() == NOTHING


@pytest.mark.django_db(transaction=True)
def test_a_failure_at_any_statement_leaves_nothing_and_the_next_try_everything(
    customer: Customer, reviewer: User, on_desk: Any, now: datetime
) -> None:
    """Break the handler at its first statement, its second, and so on, until it comes through."""
    make.decide_now(on_desk(customer), reviewer, now=now)
    due = now
    for broken_at in itertools.count(1):
        counted = iter(range(1, 10_000))

        def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if next(counted) == broken_at:  # noqa: B023 - called inside this turn of the loop
                raise ConnectionError("broken on purpose")
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail):
                handlers.settle(decided_fact_of(due))
        except ConnectionError:
            assert what_stands() == NOTHING, f"statement {broken_at} left something behind"
            continue
        break
    assert broken_at > 15
    assert what_stands() == ONCE
    relay.drain(now=due)
    assert what_stands() == ONCE


def decided_fact_of(_due: datetime) -> Fact:
    """Read the fact before the statements are counted."""
    return _FACT[0] if _FACT else _FACT.append(decided_fact()) or _FACT[0]


_FACT: list[Fact] = []


@pytest.fixture(autouse=True)
def forget_the_fact() -> Iterator[None]:
    yield
    _FACT.clear()


@pytest.mark.django_db(transaction=True)
def test_when_telling_fails_the_account_is_not_opened_either(
    customer: Customer, reviewer: User, on_desk: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.decide_now(on_desk(customer), reviewer, now=now)
    real = inbox.send
    monkeypatch.setattr(inbox, "send", lambda **_: (_ for _ in ()).throw(RuntimeError("no messages today")))
    relay.deliver_due(now=now)
    assert what_stands() == NOTHING
    monkeypatch.setattr(inbox, "send", real)
    relay.drain(now=now + timedelta(hours=1))
    assert what_stands() == ONCE


WORKER = """
import os, sys, time
import django
django.setup()
from accounts import inbox
from accounts.identity import handlers
from core.outbox import relay
from django.utils import timezone
step = sys.argv[1]
def stop(*args, **kwargs):
    print("here", flush=True)
    time.sleep(60)
if step == "before the account":
    handlers.open_demand_account = stop
elif step == "before the message":
    inbox.send = stop
elif step == "before the mark":
    real = handlers.settle
    def settle(fact):
        real(fact)
        stop()
    handlers.settle = settle
elif step == "before the commit":
    relay._mark_done = stop
relay.drain(now=timezone.now())
print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["before the account", "before the message", "before the mark", "before the commit"])
def test_a_killed_worker_leaves_nothing_and_the_next_one_does_it_once(
    step: str, customer: Customer, reviewer: User, on_desk: Any, now: datetime, photo_folder: Path
) -> None:
    make.decide_now(on_desk(customer), reviewer, now=now)
    Delivery.objects.update(next_attempt_at=datetime.fromtimestamp(0, tz=now.tzinfo))  # due by the real clock too
    first = _start(step)
    assert first.stdout is not None
    assert first.stdout.readline().strip() == b"here"
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert what_stands() == NOTHING
    Delivery.objects.update(next_attempt_at=datetime.fromtimestamp(0, tz=now.tzinfo))  # the pause is over
    second = _start("nothing")
    out, _err = second.communicate(timeout=60)
    assert out.strip() == b"done"
    assert what_stands() == ONCE


def _start(step: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATABASE_URL": addresses.of_test_database(),
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, step], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE
    )


def together(*acts: Any) -> list[Any]:
    """Run acts at the same moment, each in its own thread and connection; give what each answered or raised."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Any) -> None:
        try:
            barrier.wait()
            answers[place] = act()
        except Exception as error:  # noqa: BLE001 - the answer of this thread
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_claim_at_once_and_one_has_it(customer: Customer, on_desk: Any, now: datetime) -> None:
    case = on_desk(customer)
    people = [make.make_staff(f"r{n}@bank.example", "reviewer") for n in range(4)]
    answers = together(*[lambda u=u: desk.claim(public_id=case.public_id, user=u, now=now) for u in people])
    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert sum(isinstance(answer, errors.HeldByAnother) for answer in answers) == 3
    assert case.events.filter(kind="claimed").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_double_click_decides_once(customer: Customer, reviewer: User, on_desk: Any, now: datetime) -> None:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    digest = desk.seen(case, checks=list(case.checks.all()))
    act = lambda: desk.decide(  # noqa: E731
        public_id=case.public_id, user=reviewer, verdict="approve", digest=digest, now=now
    )
    answers = together(act, act, act)
    assert sorted(answer.repeated for answer in answers) == [False, True, True]
    assert Decision.objects.count() == 1
    assert FactRecord.objects.filter(kind=desk.DECIDED).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_number_are_approved_at_once_and_one_is(on_desk: Any, now: datetime) -> None:
    one, two = [on_desk(make.make_customer(f"{n}@example.com", now=now)) for n in range(2)]
    people = [make.make_staff(f"a{n}@bank.example", "reviewer", "approver") for n in range(3)]
    make.decide_now(two, people[2], now=now)  # the second case takes two pairs of eyes
    acts = []
    for case, user in ((one, people[0]), (two, people[1])):
        desk.claim(public_id=case.public_id, user=user, now=now)
        digest = desk.seen(case, checks=list(case.checks.all()))
        acts.append(
            lambda case=case, user=user, digest=digest: desk.decide(
                public_id=case.public_id, user=user, verdict="approve", digest=digest, now=now
            )
        )
    answers = together(*acts)
    assert sum(isinstance(answer, desk.Decided) for answer in answers) == 1
    assert sum(isinstance(answer, errors.Objection) for answer in answers) == 1
    relay.drain(now=now)
    assert what_stands() == ONCE
    assert not Delivery.objects.filter(state="parked").exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_settle_one_decision_once(customer: Customer, reviewer: User, on_desk: Any, now: datetime) -> None:
    make.decide_now(on_desk(customer), reviewer, now=now)
    fact = decided_fact()
    answers = together(*[lambda: handlers.settle(fact)] * 3, lambda: relay.drain(now=now))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert what_stands() == ONCE
