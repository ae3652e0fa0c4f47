"""The desk: what comes to it, with which findings, how many people decide it, and what that brings about."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation

from accounts.inbox.models import Notice
from core import policy
from core.outbox import relay
from core.reviews.errors import CheckFailed, Objection, OwnCase
from core.reviews.models import Case, Check
from core.reviews.services import told
from core.reviews.subject import UnknownPaper
from ledger import balances
from payments.crossborder import queries
from payments.crossborder.services import screening, sending, settling
from payments.crossborder.services.confirming import SUBJECT
from payments.crossborder.states import State
from payments.crossborder.subject import PaymentOnDesk
from tests.factories import crossborder as make
from tests.factories import identity
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _handlers_read_this_clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def decided(case: Case, *people: Any, now: datetime, verdict: str = "approve", **how: Any) -> None:
    for person in people:
        identity.decide_now(case, person, verdict, now=now, **how)
    for _time in range(2):  # the decision, then what it brought about
        relay.drain(now=now)


def outcome(case: Case, name: str) -> Check:
    return case.checks.get(name=name)


def test_documents_bring_a_payment_to_the_desk_and_the_release_sends_it(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any
) -> None:
    gateway = make.gateway(tmp_path, settings)
    payment, case = make.in_review(wang, 60_000_00, now=now)
    assert (payment.state, case.frozen_rule.approvals, case.frozen_rule.band) == (State.REVIEW, 2, "50000.00")
    assert {check.name: check.outcome for check in case.checks.all()} == {
        "watch_list": "pass", "country": "pass", "split": "pass", "ground": "pass", "rules": "pass",
    }  # fmt: skip
    assert sending.run(now=now, gateway=gateway) == 0
    decided(case, make.staff("reviewer"), make.staff("approver"), now=now)
    assert make.again(payment).state == State.READY
    assert sending.run(now=now, gateway=gateway) == 1
    relay.drain(now=now)
    assert make.again(payment).state == State.SENT
    events = set(Notice.objects.filter(user=wang.customer.user).values_list("event", flat=True))
    assert {"crossborder.review", "crossborder.sent"} <= events


def test_a_refusal_gives_everything_back_once_at_the_same_rate_and_says_why_in_both_languages(
    wang: make.Sender, now: datetime
) -> None:
    account = wang.yuan.ledger_account_id
    before = balances.of([account])[account].booked
    payment, case = make.in_review(wang, 60_000_00, now=now)
    assert balances.of([account])[account].booked == before - payment.debit - payment.fee
    decided(case, make.staff("reviewer"), now=now, verdict="decline", reasons=["papers_differ"], note="Another school.")
    assert make.again(payment).state == State.REFUSED
    assert make.again(payment).refusal_reasons == ["papers_differ"]
    assert balances.of([account])[account].booked == before
    for again in (True, False):  # a handler that is called again changes nothing
        assert not settling.settle(payment_id=str(payment.public_id), approved=again, reasons=[], case="1", now=now)
    assert balances.of([account])[account].booked == before
    notice = Notice.objects.get(user=wang.customer.user, event="crossborder.back")
    assert "payee, amount or purpose" in notice.texts["en"]["body"]
    assert notice.texts["zh-hans"]["body"]
    with translation.override("en"):
        assert [reason.code for reason in told(SUBJECT, str(payment.public_id))] == ["papers_differ"]


def test_a_name_like_one_on_the_list_takes_two_people_whatever_the_sum(now: datetime) -> None:
    identity.watch_list("X-7,Anna Schmitt;Anne Schmidt,1961,made up", now=now)
    by = make.sender(now=now)
    payment = make.ready(by, 100_00, now=now)
    assert payment.state == State.REVIEW
    case = Case.objects.get(subject=SUBJECT)
    check = outcome(case, "watch_list")
    assert (check.outcome, check.evidence["hits"][0]["reference"]) == ("warn", "X-7")
    assert "X-7" in check.sentences["en"]
    assert (case.frozen_rule.approvals, case.frozen_rule.why) == (2, ("watch_list",))


def test_watched_countries_and_several_payers_of_one_account_come_to_the_desk(now: datetime) -> None:
    add_figure("crossborder.split_people", "3", type="int", unit="", now=now)
    policy.forget()
    by = [make.sender(now=now, name=name) for name in ("王小明", "李明", "张丽")]
    states = [make.ready(one, 100_00, now=now).state for one in by]
    assert states == [State.READY, State.READY, State.REVIEW]
    assert outcome(Case.objects.get(subject=SUBJECT), "split").evidence["people"] == 3
    add_figure("crossborder.countries_watched", "DE", type="text", unit="", now=now)
    policy.forget()
    watched = make.ready(by[0], 100_00, now=now)
    case = Case.objects.get(subject=SUBJECT, subject_id=str(watched.public_id))
    assert outcome(case, "country").evidence["watched"] == ["DE"]


def test_without_a_list_nobody_is_cleared(wang: make.Sender, now: datetime, monkeypatch: Any) -> None:
    payment = make.accepted(wang, 100_00, now=now)
    monkeypatch.setattr(screening.watchlist, "in_force", lambda: None)
    assert screening.screen(payment_id=payment.public_id, now=now) is State.REVIEW
    case = Case.objects.get(subject=SUBJECT)
    assert outcome(case, "watch_list").outcome == "could_not_run"
    with pytest.raises((CheckFailed, Objection)):
        identity.decide_now(case, make.staff("approver"), now=now)
    assert make.again(payment).state == State.REVIEW


def test_a_newer_list_with_a_name_like_the_payees_stands_against_an_approval(wang: make.Sender, now: datetime) -> None:
    _payment, case = make.in_review(wang, 60_000_00, now=now)
    identity.watch_list("X-9,Anna Schmidt,1961,made up", now=now)
    with pytest.raises(Objection):
        identity.decide_now(case, make.staff("reviewer"), now=now)


def test_nobody_decides_their_own_payment(wang: make.Sender, now: datetime) -> None:
    _payment, case = make.in_review(wang, 60_000_00, now=now)
    user = wang.customer.user
    assert user is not None
    user.is_staff = True
    user.save()
    user.groups.set([identity.Group.objects.get_or_create(name="approver")[0]])
    with pytest.raises(OwnCase):
        identity.decide_now(case, user, now=now)


def test_a_payment_that_was_taken_back_leaves_the_desk(wang: make.Sender, now: datetime) -> None:
    from payments.crossborder.services import confirming  # reason: one test takes a payment back

    payment, case = make.in_review(wang, 60_000_00, source=wang.dollars, now=now)
    assert confirming.take_back(customer=wang.customer, payment_id=payment.public_id, now=now) is True
    case.refresh_from_db()
    assert (case.state, make.again(payment).state) == ("withdrawn", State.REVOKED)
    assert not settling.settle(payment_id=str(payment.public_id), approved=True, reasons=[], case="1", now=now)


@pytest.mark.parametrize("full", [True, False])
def test_the_desk_shows_the_payment_and_covers_it_from_whoever_does_not_hold_it(
    wang: make.Sender, now: datetime, full: bool
) -> None:
    payment, _case = make.in_review(wang, 60_000_00, now=now)
    desk = PaymentOnDesk()
    with translation.override("en"):
        shown = desk.present(str(payment.public_id), full=full)
        text = " ".join(str(value) for section in shown.sections for _label, value in section.rows)
    assert "USD 60,000.00" in text or "60,000.00" in text
    assert ("Tuition, autumn term" in text) is full
    assert ("DE89 3704 0044 0532 0130 00" in text) is full
    assert ("Hauptstr. 5" in text) is full
    (paper,) = shown.papers
    kind, jpeg = desk.paper(str(payment.public_id), paper.name)
    assert (kind, jpeg[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    other = make.sender(now=now, name="李明")
    theirs, _other_case = make.in_review(other, 60_000_00, now=now)
    with pytest.raises(UnknownPaper):
        desk.paper(str(theirs.public_id), paper.name)
    assert queries.pages_of(theirs)
