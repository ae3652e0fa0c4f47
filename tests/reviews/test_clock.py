"""The clock of a case: it stands still only while the customer is asked, warns, is overdue, and some cases expire."""

import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from accounts.inbox.models import Notice
from accounts.models import User
from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Escalation
from core.reviews.tasks import sweep
from tests.factories import identity as make
from tests.factories.policy import add_figure
from tests.factories.reviews import World, open_matter

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def answer(case: Case, *, now: datetime, **answers: str) -> None:
    with transaction.atomic():
        actor = case.opened_by or case.questions.latest("id").asked_by
        desk.answer_information(subject="matter", subject_id=case.subject_id, actor=actor, answers=answers, now=now)


def asked_case(reviewer: User, now: datetime, **how: Any) -> Case:
    case = open_matter(now=now, opened_by=make.make_user("asks@example.com"), **how)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    desk.ask(public_id=case.public_id, user=reviewer, codes=["why"], now=now)
    case.refresh_from_db()
    return case


def test_the_time_runs_on_working_days_only(matters: World) -> None:
    before_the_holiday = at("2026-09-30T10:00")
    case = open_matter(now=before_the_holiday, hours=24)
    assert case.due_at == at("2026-10-08T10:00")
    assert case.warn_at == at("2026-10-08T05:12")  # four fifths: 19 h 12 min, 14 of them before the holiday


def test_a_narrower_desk_is_a_figure_away(matters: World, now: datetime) -> None:
    add_figure("review.desk_opens_hour", "9", now=now)
    add_figure("review.desk_closes_hour", "17", now=now)
    assert open_matter(now=now, hours=10).due_at == at("2026-11-24T12:00")


def test_a_plain_clock_is_still_possible(matters: World) -> None:
    assert open_matter(now=at("2026-11-27T10:00"), hours=24, working=False).due_at == at("2026-11-28T10:00")


@pytest.mark.parametrize(
    ("asked", "answered", "due"),
    [
        # 24 hours from Monday 10:00 on; asked on Monday at noon, when 22 hours are left
        ("2026-11-23T12:00", "2026-11-23T13:00", "2026-11-24T11:00"),
        ("2026-11-23T12:00", "2026-11-27T20:00", "2026-11-30T18:00"),  # over a weekend
        ("2026-11-23T12:00", "2026-11-28T20:00", "2026-11-30T22:00"),  # answered on Saturday: runs again on Monday
        ("2026-11-25T12:00", "2026-11-27T12:00", "2026-11-24T10:00"),  # already overdue: a question mends nothing
    ],
)
def test_a_question_stops_the_clock_and_an_answer_starts_it(
    asked: str, answered: str, due: str, matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now, opened_by=make.make_user("asks@example.com"))
    desk.claim(public_id=case.public_id, user=reviewer, now=at(asked))
    desk.ask(public_id=case.public_id, user=reviewer, codes=["why"], now=at(asked))
    answer(case, now=at(answered), why="Because.")
    case.refresh_from_db()
    assert case.due_at == at(due)
    assert (case.state, case.assignee) == ("open", reviewer)


def test_what_is_due_with_a_day_is_due_with_a_day_after_a_question_too(
    matters: World, reviewer: User, now: datetime
) -> None:
    """Days are promised, and a pause of some hours does not make an odd minute of them."""
    case = open_matter(now=now, hours=48, opened_by=make.make_user("asks@example.com"))
    assert case.due_at == at("2026-11-25T23:59")
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    desk.ask(public_id=case.public_id, user=reviewer, codes=["why"], now=now)
    answer(case, now=at("2026-11-23T14:07"), why="Because.")
    case.refresh_from_db()
    assert case.due_at == at("2026-11-26T23:59")


@pytest.mark.parametrize("wait", ["release", "claim", "nothing"])
def test_nothing_else_stops_the_clock(wait: str, matters: World, reviewer: User, now: datetime) -> None:
    case = open_matter(now=now)
    if wait != "nothing":
        desk.claim(public_id=case.public_id, user=reviewer, now=now)
    if wait == "release":
        desk.release(public_id=case.public_id, user=reviewer, now=now + timedelta(days=3))
    case.refresh_from_db()
    assert case.due_at == now + timedelta(hours=24)


def test_the_working_time_a_case_took_leaves_out_its_pauses(matters: World, reviewer: User, now: datetime) -> None:
    case = asked_case(reviewer, now + timedelta(hours=2))
    answer(case, now=now + timedelta(hours=5), why="Because.")
    decided = make.decide_now(case, reviewer, now=now + timedelta(hours=6))
    assert decided.case.worked_seconds == 3600


def raised() -> list[tuple[int, list[int]]]:
    return list(Escalation.objects.order_by("level").values_list("level", "told"))


def test_a_warning_and_an_overdue_case_are_raised_exactly_once_each(
    matters: World, reviewer: User, lead: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    assert desk.escalate(now=now + timedelta(hours=19)) == 0
    for hours in (19.2, 19.5, 23.9):
        desk.escalate(now=now + timedelta(hours=hours))
    assert raised() == [(80, [reviewer.pk])]  # whoever has it
    for hours in (24, 30, 90):
        desk.escalate(now=now + timedelta(hours=hours))
    assert raised() == [(80, [reviewer.pk]), (100, sorted([reviewer.pk, lead.pk]))]
    relay.drain(now=now + timedelta(hours=90))
    told = Notice.objects.filter(event="desk.escalated").values_list("user", "key")
    assert sorted(told) == sorted(
        [
            (reviewer.pk, f"desk.escalated:{case.public_id}:80"),
            (reviewer.pk, f"desk.escalated:{case.public_id}:100"),
            (lead.pk, f"desk.escalated:{case.public_id}:100"),
        ]
    )
    assert Row.objects.filter(act="reviews.escalated").count() == 2
    assert list(case.events.values_list("kind", flat=True).order_by("id"))[-2:] == ["warned", "overdue"]


def test_over_a_holiday_nobody_is_warned(matters: World, lead: User) -> None:
    open_matter(now=at("2026-09-30T10:00"))
    assert desk.escalate(now=at("2026-10-07T23:59")) == 0
    assert desk.escalate(now=at("2026-10-08T05:12")) == 1
    assert raised() == [(80, [lead.pk])]  # nobody has it: whoever leads


def test_the_leads_are_warned_for_somebody_who_is_away(
    matters: World, reviewer: User, lead: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    matters.absent = {reviewer.pk}
    desk.escalate(now=now + timedelta(hours=20))
    assert raised() == [(80, [lead.pk])]


def test_a_case_that_waits_for_the_customer_is_not_raised(matters: World, reviewer: User, now: datetime) -> None:
    case = asked_case(reviewer, now)
    assert desk.escalate(now=now + timedelta(days=9)) == 0
    answer(case, now=now + timedelta(days=9), why="Because.")
    assert desk.escalate(now=now + timedelta(days=9)) == 0  # the clock has just gone on, with all its time
    assert raised() == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_raise_a_case_once(matters: World, lead: User, now: datetime) -> None:
    for number in range(8):
        open_matter(str(number), now=now)
    together(4, lambda: desk.escalate(now=now + timedelta(days=3)))
    assert Escalation.objects.count() == 16
    assert FactRecord.objects.filter(kind="reviews.escalated").count() == 16


def together(count: int, act: Any) -> None:
    """Let so many threads do it at the same moment, each on its own connection."""
    gate, failed = threading.Barrier(count), []

    def run() -> None:
        try:
            gate.wait(timeout=30)
            act()
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_expires_can_be_decided_for_seven_days_and_not_a_minute_longer(
    matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now, expires_days=7, hours=24)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    late = now + timedelta(days=7)
    assert desk.expire(now=late - timedelta(seconds=1)) == 0
    digest = desk.seen(case, checks=[])
    with pytest.raises(errors.Expired):  # though the worker has not come by yet
        desk.decide(public_id=case.public_id, user=reviewer, verdict="approve", digest=digest, now=late)
    assert desk.expire(now=late) == 1
    assert desk.expire(now=late) == 0
    case.refresh_from_db()
    assert (case.state, case.holder, case.closed_at) == ("expired", None, late)
    with pytest.raises(errors.Closed):
        desk.claim(public_id=case.public_id, user=reviewer, now=late)
    fact = FactRecord.objects.get(kind="reviews.expired")
    assert fact.payload == {"case": str(case.public_id), "subject": "matter", "subject_id": "1"}
    assert not FactRecord.objects.filter(kind=desk.DECIDED).exists()


def test_the_next_case_is_never_one_that_has_expired(matters: World, reviewer: User, now: datetime) -> None:
    open_matter(now=now, expires_days=7)
    assert desk.claim_next(user=reviewer, now=now + timedelta(days=7)) is None


def test_most_cases_never_expire(matters: World, now: datetime) -> None:
    assert open_matter(now=now).expires_at is None
    assert desk.expire(now=now + timedelta(days=400)) == 0


def test_the_same_act_waits_only_once(matters: World, now: datetime) -> None:
    case = open_matter("1", now=now, pending_key="limit:42")
    with pytest.raises(errors.AlreadyPending) as refused:
        open_matter("2", now=now, pending_key="limit:42")
    assert refused.value.case == case
    assert open_matter("1", now=now, pending_key="limit:42") == case  # a repeat is a repeat
    assert Case.objects.count() == 1
    open_matter("3", now=now, pending_key="limit:43")
    with transaction.atomic():
        desk.withdraw(subject="matter", subject_id="1", actor=None, now=now)
    assert open_matter("2", now=now, pending_key="limit:42").state == "open"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_submitted_twice_in_parallel_one_act_waits(matters: World, now: datetime) -> None:
    numbers = iter(range(100))
    refused: list[int] = []

    def submit() -> None:
        try:
            open_matter(str(next(numbers)), now=now, pending_key="limit:42")
        except errors.AlreadyPending:
            refused.append(1)

    together(8, submit)
    assert (Case.objects.count(), len(refused)) == (1, 7)


def test_a_question_nobody_answers_ends_and_the_case_goes_on(matters: World, reviewer: User, now: datetime) -> None:
    case = asked_case(reviewer, now)
    assert desk.lapse_questions(now=now + timedelta(days=13)) == 0
    assert desk.lapse_questions(now=now + timedelta(days=14)) == 1
    assert desk.lapse_questions(now=now + timedelta(days=14)) == 0
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("open", reviewer)
    assert case.questions.get().answer.outcome == "unanswered"


def test_the_worker_does_all_of_it_and_a_second_time_nothing(
    matters: World, reviewer: User, lead: User, now: datetime
) -> None:
    open_matter("late", now=now - timedelta(days=4))
    open_matter("over", now=now - timedelta(days=8), expires_days=7)
    assert sweep() == {"expired": 1, "unanswered": 0, "escalated": 2, "assigned": 1}
    assert sweep() == {"expired": 0, "unanswered": 0, "escalated": 0, "assigned": 0}
