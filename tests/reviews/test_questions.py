"""The desk asks an applicant, the applicant answers, the reviewer reads it and decides: with real applications."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError
from django.test import Client
from django.urls import reverse

from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Answer, Case, Question
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
OnDesk = Callable[..., Case]


@pytest.fixture
def asked(customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime) -> Case:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    desk.ask(public_id=case.public_id, user=reviewer, codes=["purpose", "income_source"], now=now)
    case.refresh_from_db()
    return case


def answer(case: Case, actor: User, now: datetime, **texts: str) -> Answer:
    with transaction.atomic():
        return desk.answer_information(
            subject="identity", subject_id=case.subject_id, actor=actor, answers=texts, now=now
        )


def test_a_question_is_asked_told_answered_read_and_decided_on(
    client: Client, asked: Case, customer: Customer, reviewer: User, now: datetime
) -> None:
    assert (asked.state, asked.holder, asked.assignee) == ("asked", None, reviewer)
    for _twice in range(2):
        relay.drain(now=now)
    notice = Notice.objects.get(event="identity.asked")
    assert notice.user == customer.user
    assert "What do you want to use the account for?" in notice.texts["en"]["body"]

    client.force_login(customer.user)
    assert reverse("identity_answer") in client.get(reverse("identity_status")).content.decode()
    page = client.get(reverse("identity_answer"))
    assert list(page.context["form"].fields) == ["income_source", "purpose"]
    incomplete = client.post(reverse("identity_answer"), {"purpose": "我的工资"})
    assert set(incomplete.context["form"].errors) == {"income_source"}
    assert "我的工资" in incomplete.content.decode()
    sent = client.post(reverse("identity_answer"), {"purpose": "我的工资", "income_source": "Wages from 晨光"})
    assert sent.url == reverse("identity_status")
    assert reverse("identity_answer") not in client.get(reverse("identity_status")).content.decode()

    case = Case.objects.get(pk=asked.pk)
    assert (case.state, case.assignee) == ("open", reviewer)
    at_desk = make.enter(Client(), reviewer)
    screen = reverse("admin:reviews_case", args=[case.public_id])
    assert "晨光" not in at_desk.get(screen).content.decode()  # read by whoever holds the case
    at_desk.post(reverse("admin:reviews_next"))
    held = at_desk.get(screen)
    assert "晨光" in held.content.decode()
    done = at_desk.post(
        reverse("admin:reviews_decide", args=[case.public_id]),
        {"verdict": "approve", "seen": held.context["seen"]},
    )
    assert done.status_code == 302
    assert FactRecord.objects.filter(kind=desk.DECIDED).count() == 1


def test_while_it_is_asked_nobody_claims_or_decides(asked: Case, reviewer: User, now: datetime) -> None:
    with pytest.raises(errors.Asked):
        desk.claim(public_id=asked.public_id, user=reviewer, now=now)
    with pytest.raises(errors.Asked):
        desk.decide(public_id=asked.public_id, user=reviewer, verdict="approve", digest="a" * 64, now=now)
    assert desk.claim_next(user=reviewer, now=now) is None
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_an_answer_voids_what_was_seen_before_it(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    before = desk.seen(case, checks=list(case.checks.all()))
    desk.ask(public_id=case.public_id, user=reviewer, codes=["purpose"], now=now)
    answer(case, customer.user, now, purpose="Savings")
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with pytest.raises(errors.Changed):
        desk.decide(public_id=case.public_id, user=reviewer, verdict="approve", digest=before, now=now)


def test_an_answer_is_given_once_and_by_the_person_asked(
    asked: Case, customer: Customer, reviewer: User, now: datetime
) -> None:
    with pytest.raises(errors.AnswerMissing) as missing:
        answer(asked, customer.user, now, purpose="Savings", income_source=" ")
    assert missing.value.codes == ["income_source"]
    assert not Answer.objects.exists()
    first = answer(asked, customer.user, now, purpose="Savings", income_source="Wages", other="ignored")
    again = answer(asked, customer.user, now + timedelta(hours=1), purpose="Changed", income_source="Changed")
    assert again == first
    question = Question.objects.select_related("answer").get()
    assert desk.answers_to(question) == {"purpose": "Savings", "income_source": "Wages"}
    with pytest.raises(errors.NotAsked):
        answer(asked, make.make_user("other@example.com"), now, purpose="x", income_source="x")
    assert Row.objects.filter(act="reviews.information_answered").count() == 1


def test_what_was_answered_is_unreadable_in_the_database(asked: Case, customer: Customer, now: datetime) -> None:
    given = answer(asked, customer.user, now, purpose="Savings for Qingdao", income_source="Wages")
    assert b"Qingdao" not in bytes(given.sealed)
    assert "Qingdao" not in str(list(Row.objects.values())) + str(list(FactRecord.objects.values()))


@pytest.mark.parametrize("as_owner", [False, pytest.param(True, marks=pytest.mark.as_owner)])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE reviews_question SET codes = '{}'", "DELETE FROM reviews_question", "DELETE FROM reviews_answer",
     "UPDATE reviews_answer SET outcome = 'recalled'"],
)  # fmt: skip
def test_questions_and_answers_are_kept_as_they_were(
    statement: str, as_owner: bool, asked: Case, customer: Customer, now: datetime
) -> None:
    answer(asked, customer.user, now, purpose="Savings", income_source="Wages")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Answer.objects.get().outcome == "answered"


def test_only_the_holder_asks_and_only_known_questions(
    customer: Customer, reviewer: User, approver: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    with pytest.raises(errors.NotHeld):
        desk.ask(public_id=case.public_id, user=reviewer, codes=["purpose"], now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with pytest.raises(errors.HeldByAnother):
        desk.ask(public_id=case.public_id, user=approver, codes=["purpose"], now=now)
    for codes in ([], ["purpose", "made_up"]):
        with pytest.raises(errors.QuestionMissing):
            desk.ask(public_id=case.public_id, user=reviewer, codes=codes, now=now)
    assert not Question.objects.exists()
    assert not FactRecord.objects.filter(kind="reviews.information_asked").exists()


def test_another_customer_is_asked_nothing(client: Client, asked: Case, now: datetime) -> None:
    other = make.make_customer("other@example.com", now=now)
    client.force_login(other.user)
    assert client.get(reverse("identity_answer")).status_code == 302
    client.post(reverse("identity_answer"), {"purpose": "x", "income_source": "x"})
    assert not Answer.objects.exists()


def test_an_asked_application_can_still_be_taken_back(client: Client, asked: Case, customer: Customer) -> None:
    client.force_login(customer.user)
    client.post(reverse("identity_take_back"))
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert client.get(reverse("identity_answer")).status_code == 302


def test_the_pages_ask_take_back_and_say_how_long_the_clock_stood_still(
    client: Client, customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    make.enter(client, reviewer)
    client.post(reverse("admin:reviews_claim", args=[case.public_id]))
    ask = reverse("admin:reviews_ask", args=[case.public_id])
    nothing = client.post(ask)
    assert nothing.context["asking"].errors
    assert client.post(ask, {"ask-codes": ["purpose"]}).status_code == 302
    page = client.get(reverse("admin:reviews_case", args=[case.public_id]))
    assert page.context["is_asked"]
    assert page.context["asked"][0]["pause"]
    client.post(reverse("admin:reviews_recall", args=[case.public_id]))
    case.refresh_from_db()
    assert (case.state, case.questions.get().answer.outcome) == ("open", "recalled")
