"""The desk's pages: who sees them, what they show, what their buttons do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.identity.questions import QUESTIONS
from accounts.models import Customer, User
from core.audit.models import Row
from core.reviews import services as desk
from core.reviews.models import Case, Decision
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
OnDesk = Callable[..., Case]
QUEUE = "/admin/reviews/case/"


def address(case: Case, act: str = "case", *more: str) -> str:
    return reverse(f"admin:reviews_{act}", args=[case.public_id, *more])


@pytest.fixture
def at_desk(client: Client, reviewer: User) -> Client:
    return make.enter(client, reviewer)


def decision(client: Client, case: Case, **fields: Any) -> Any:
    page = client.get(address(case))
    return client.post(address(case, "decide"), {"seen": page.context["seen"], **fields})


@pytest.mark.parametrize("roles", [(), ("manager",), ("administrator",), ("auditor",)])
def test_staff_without_a_desk_role_find_no_desk(
    roles: tuple[str, ...], client: Client, customer: Customer, on_desk: OnDesk
) -> None:
    case = on_desk(customer)
    make.enter(client, make.make_staff("other@bank.example", *roles))
    if not desk.kinds_for(frozenset(roles)):
        assert client.get(QUEUE).status_code == 404
        assert "reviews" not in client.get("/admin/").content.decode()
    else:  # they have a desk for another kind of case: this one is not on it
        assert case.number not in client.get(QUEUE).content.decode()
    assert client.get(address(case)).status_code == 404
    assert client.get(address(case, "paper", "front")).status_code == 404
    for act in ("claim", "release", "decide"):
        assert client.post(address(case, act)).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_customers_and_visitors_are_led_away(client: Client, customer: Customer, on_desk: OnDesk) -> None:
    case = on_desk(customer)
    assert client.get(address(case)).status_code == 302
    client.force_login(customer.user)
    assert client.get(address(case)).status_code in {302, 403, 404}
    assert client.get(address(case, "paper", "front")).status_code in {302, 403, 404}


def test_the_password_alone_opens_no_desk(client: Client, reviewer: User, customer: Customer, on_desk: OnDesk) -> None:
    case = on_desk(customer)
    client.force_login(reviewer)
    assert client.get(address(case)).status_code == 302
    assert client.post(address(case, "claim")).status_code == 302
    case.refresh_from_db()
    assert case.holder is None


def test_the_queue_says_what_is_mine_what_is_open_and_what_waits(
    at_desk: Client, reviewer: User, approver: User, on_desk: OnDesk, now: datetime
) -> None:
    people = [make.make_customer(f"{n}@example.com", now=now) for n in range(3)]
    mine = on_desk(people[0])
    desk.claim(public_id=mine.public_id, user=reviewer, now=now)
    young = on_desk(people[1], person=make.born(17, now=now))
    make.decide_now(young, approver, now=now)
    other = on_desk(people[2], person=make.born(40, now=now))
    page = at_desk.get(QUEUE)
    names = lambda key: [row["case"] for row in page.context[key]]  # noqa: E731
    assert (names("mine"), names("open"), names("second")) == ([mine], [other], [])  # the second takes an approver
    second = make.enter(Client(), make.make_staff("second@bank.example", "approver")).get(QUEUE)
    assert [row["case"] for row in second.context["second"]] == [young]
    assert [row["case"] for row in second.context["with_others"]] == [mine]


@pytest.mark.parametrize(("later", "tone"), [(1, "info"), (20, "waiting"), (25, "bad")])
def test_the_clock_of_a_case_is_a_colour_and_words(
    later: int, tone: str, reviewer: User, customer: Customer, on_desk: OnDesk, now: datetime
) -> None:
    from core.reviews import calendar, pages

    due = pages.due(on_desk(customer), now=now + timedelta(hours=later), desk=calendar.desk(now.date()))
    assert due["tone"] == tone
    assert due["text"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_number_of_questions_for_one_case_and_for_three(
    count: int, at_desk: Client, on_desk: OnDesk, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        on_desk(make.make_customer(f"{number}@example.com", now=now), person=make.born(30 + number, now=now))
    at_desk.get(QUEUE)
    with django_assert_num_queries(12):
        at_desk.get(QUEUE)


def test_a_case_with_everything_on_it_asks_at_most_fifteen_questions(
    at_desk: Client, reviewer: User, customer: Customer, on_desk: OnDesk, now: datetime,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    case = on_desk(customer, person=make.born(17, now=now))  # two people must approve
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    desk.ask(public_id=case.public_id, user=reviewer, codes=[QUESTIONS[0].code], now=now)
    desk.recall(public_id=case.public_id, user=reviewer, now=now)
    make.decide_now(case, reviewer, now=now)
    second = make.make_staff("second@bank.example", "approver")
    desk.claim(public_id=case.public_id, user=second, now=now)
    client = make.enter(Client(), second)
    client.get(address(case))
    with django_assert_max_num_queries(15):
        page = client.get(address(case))
    assert page.context["decisions"]
    assert page.context["asked"]
    assert page.context["mine"]


def test_a_case_is_one_screen_that_asks_a_fixed_number_of_questions(
    at_desk: Client, reviewer: User, customer: Customer, on_desk: OnDesk, now: datetime, django_assert_num_queries: Any
) -> None:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    at_desk.get(address(case))
    with django_assert_num_queries(13):  # one of them looks for others who come close
        page = at_desk.get(address(case)).content.decode()
    assert make.PERSON.number[6:14] in page
    assert page.count("/papers/") == 6
    assert page.count("desk-check-") >= 9


def test_only_the_holder_reads_everything(at_desk: Client, customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    case = on_desk(customer)
    covered = at_desk.get(address(case)).content.decode()
    assert make.PERSON.number not in covered.replace(" ", "")
    assert make.PERSON.address not in covered
    assert "/papers/" not in covered
    assert at_desk.get(address(case, "paper", "front")).status_code == 404
    at_desk.post(address(case, "claim"))
    picture = at_desk.get(address(case, "paper", "front"))
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["Content-Disposition"].startswith("attachment")
    assert "no-store" in picture["Cache-Control"]
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture["Content-Security-Policy"]
    assert Row.objects.filter(act="reviews.document_read").count() == 1
    other = make.enter(Client(), make.make_staff("other@bank.example", "reviewer", "approver"))
    assert other.get(address(case, "paper", "front")).status_code == 404
    assert make.PERSON.address not in other.get(address(case)).content.decode()
    at_desk.post(address(case, "release"))
    assert at_desk.get(address(case, "paper", "front")).status_code == 404


def test_a_name_with_markup_stays_text(at_desk: Client, customer: Customer, on_desk: OnDesk) -> None:
    case = on_desk(customer, legal_name="<script>alert(1)</script>王")
    at_desk.post(address(case, "claim"))
    for url in (QUEUE, address(case)):
        assert "<script>alert" not in at_desk.get(url).content.decode()


def test_claim_decide_and_the_next_case_is_offered(at_desk: Client, on_desk: OnDesk, now: datetime) -> None:
    first = on_desk(make.make_customer("1@example.com", now=now))
    second = on_desk(make.make_customer("2@example.com", now=now), person=make.born(40, now=now))
    assert at_desk.get(address(second)).context["next"] is None  # it waits itself: its own claim is the only one
    at_desk.post(address(first, "claim"))
    answer = decision(at_desk, first, verdict="approve")
    assert answer.status_code == 302
    page = at_desk.get(answer.url)
    assert page.context["case"].state == "approved"
    assert page.context["next"]["case"] == second
    assert Decision.objects.get().case == first


def test_a_decline_without_reason_and_note_is_asked_again_and_keeps_what_was_typed(
    at_desk: Client, customer: Customer, on_desk: OnDesk
) -> None:
    case = on_desk(customer)
    at_desk.post(address(case, "claim"))
    answer = decision(at_desk, case, verdict="decline", note="the number is covered by a thumb")
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"reasons"}
    assert "covered by a thumb" in answer.content.decode()
    assert not Decision.objects.exists()
    assert decision(at_desk, case, verdict="decline", note="thumb", reasons=[make.REASON]).status_code == 302
    assert Decision.objects.get().reasons == [make.REASON]


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "approve", "seen": "stale"},
        {"verdict": "maybe"},
        {},
        {"verdict": "decline", "reasons": ["made_up"], "note": "x"},
        {"verdict": "decline", "reasons": [make.REASON], "note": "x" * 3000},
        {"verdict": "decline", "reasons": [make.REASON], "note": "nul \x00"},
    ],
)
def test_whatever_else_is_sent_decides_nothing(
    fields: dict[str, Any], at_desk: Client, customer: Customer, on_desk: OnDesk
) -> None:
    case = on_desk(customer)
    at_desk.post(address(case, "claim"))
    answer = decision(at_desk, case, **fields)
    assert answer.status_code in {200, 409}
    assert answer.context["form"].errors
    assert not Decision.objects.exists()


def test_a_second_save_by_a_colleague_is_a_conflict(
    at_desk: Client, customer: Customer, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    at_desk.post(address(case, "claim"))
    other = make.enter(Client(), make.make_staff("other@bank.example", "reviewer"))
    page = other.get(address(case)).content.decode()
    assert "Reviewer" in page  # who holds it
    answer = other.post(address(case, "decide"), {"verdict": "approve", "seen": "x"})
    assert answer.status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", ["claim", "release", "decide"])
def test_acts_are_posts_with_a_token(
    act: str, at_desk: Client, reviewer: User, customer: Customer, on_desk: OnDesk
) -> None:
    case = on_desk(customer)
    assert at_desk.get(address(case, act)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_desk.cookies
    assert strict.post(address(case, act)).status_code == 403
    case.refresh_from_db()
    assert case.state == "open"


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/", "{pk}/history/"])
def test_the_admins_own_forms_do_not_exist(path: str, at_desk: Client, customer: Customer, on_desk: OnDesk) -> None:
    assert at_desk.get(QUEUE + path.format(pk=on_desk(customer).pk)).status_code == 404
