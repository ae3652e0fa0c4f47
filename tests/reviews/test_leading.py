"""The desk's figures and its team, for those who lead it; the pages count their questions and their rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.audit.models import Row
from core.reviews import services as desk
from core.reviews.figures import figures
from core.reviews.models import Case, Skill
from tests.factories import identity as make
from tests.factories.reviews import TWO, World, give_skill, open_matter

pytestmark = pytest.mark.django_db
QUEUE = "/admin/reviews/case/"


def found(now: datetime, days: int = 30) -> Any:
    return figures(kinds=["matter"], days=days, now=now, zone="Asia/Shanghai")


def test_the_figures_are_those_of_the_cases(matters: World, reviewer: User, approver: User, now: datetime) -> None:
    early = now - timedelta(days=3)  # a Friday
    for number, (verdict, hours) in enumerate([("approve", 1), ("approve", 3), ("decline", 5)]):
        case = open_matter(f"c{number}", now=early)
        reasons = {"reasons": ["no", "never"] if number == 2 else [], "note": "x"}
        make.decide_now(case, reviewer, verdict, now=early + timedelta(hours=hours), **reasons)
    case = open_matter("two", now=early, steps=TWO)
    make.decide_now(case, reviewer, now=early)
    make.decide_now(case, approver, now=now)  # Friday and a weekend later: 14 hours of Friday, 10 of Monday
    open_matter("late", now=now - timedelta(days=7))
    open_matter("fresh", now=now)
    asked = open_matter("asked", now=now)
    desk.claim(public_id=asked.public_id, user=reviewer, now=now)
    desk.ask(public_id=asked.public_id, user=reviewer, codes=["why"], now=now)

    board = found(now)
    (standing,) = board.standing
    assert (standing.waiting, standing.asked, standing.overdue) == (2, 1, 1)
    assert standing.oldest == now - timedelta(days=7)
    (turn,) = board.turnround
    assert (turn.approved, turn.declined, turn.in_time, turn.median) == (3, 1, 4, 4 * 3600)
    assert board.reasons == [("matter", "never", 1), ("matter", "no", 1)]
    assert board.people == [(reviewer.pk, 3, 1), (approver.pk, 1, 0)]
    by_day = {day: (approved, declined) for day, approved, declined in board.days}
    assert by_day[early.date()] == (2, 1)
    assert by_day[now.date()] == (1, 0)
    assert found(now + timedelta(days=40)).turnround == []


@pytest.mark.parametrize(("who", "seen"), [("lead", True), ("manager", True), ("reviewer", False), ("auditor", False)])
def test_the_figures_are_for_leads_and_managers(
    who: str, seen: bool, client: Client, matters: World, now: datetime
) -> None:
    case = open_matter(now=now)
    role = {"lead": "approver"}.get(who, who)
    make.enter(client, make.make_staff(f"{who}1@bank.example", role))
    page = client.get(reverse("admin:reviews_statistics"))
    assert page.status_code == (200 if seen else 404)
    assert case.title not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_cost_the_same_at_one_case_and_at_three(
    count: int, client: Client, matters: World, lead: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        person = make.make_staff(f"p{number}@bank.example", "reviewer")
        make.decide_now(open_matter(f"d{number}", now=now), person, "decline", now=now, reasons=["no"])
        open_matter(str(number), now=now)
    make.enter(client, lead)
    url = reverse("admin:reviews_statistics")
    client.get(url)
    with django_assert_max_num_queries(13):
        client.get(url)


@pytest.mark.parametrize("count", [1, 3])
def test_the_team_costs_the_same_for_one_colleague_and_for_three(
    count: int, client: Client, matters: World, lead: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        give_skill(make.make_staff(f"p{number}@bank.example", "reviewer"), f"skill{number}", now=now)
    make.enter(client, lead)
    client.get(reverse("admin:reviews_team"))
    with django_assert_max_num_queries(15):
        page = client.get(reverse("admin:reviews_team"))
    assert len(page.context["members"]) == count + 1


def test_the_team_is_for_leads(client: Client, matters: World, reviewer: User) -> None:
    make.enter(client, reviewer)
    assert client.get(reverse("admin:reviews_team")).status_code == 404
    assert client.post(reverse("admin:reviews_team_skills"), {"person": reviewer.pk}).status_code == 404


def test_a_lead_enters_skills(client: Client, matters: World, lead: User, reviewer: User, now: datetime) -> None:
    give_skill(make.make_staff("p@bank.example", "reviewer"), "passport", now=now)
    make.enter(client, lead)
    url = reverse("admin:reviews_team_skills")
    assert client.post(url, {"person": reviewer.pk, "skills": ["passport"]}).status_code == 302
    assert desk.skills_of(reviewer) == {"passport"}
    for person in ("x", "", "9" * 30, "0"):
        client.post(url, {"person": person, "skills": []})
    assert desk.skills_of(reviewer) == {"passport"}


def _hidden(page: Any) -> list[str]:
    return [str(row["case"].public_id) for row in page.context["cases"]]


def test_a_desk_is_handed_over_after_it_was_shown(
    client: Client, matters: World, lead: User, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    make.enter(client, lead)
    url = reverse("admin:reviews_team_hand_over")
    page = client.get(f"{url}?person={reviewer.pk}")
    assert case.number in page.content.decode()
    assert '<option value="everybody"' in page.content.decode()
    assert client.post(url, {"person": reviewer.pk, "to": "everybody"}).context["form"].errors
    later = open_matter("2", now=now)
    desk.claim(public_id=later.public_id, user=reviewer, now=now)  # after the page was shown
    typed = {"person": reviewer.pk, "to": lead.pk, "note": "On leave.", "cases": _hidden(page)}
    done = client.post(url, typed)
    case.refresh_from_db()
    later.refresh_from_db()
    assert (case.state, case.assignee) == ("open", lead)
    assert later.holder == reviewer  # nobody has looked at this one
    assert [(item["number"], item["given"]) for item in done.context["items"]] == [(case.number, True)]
    assert client.post(url, typed).context["items"] == []  # sent twice, done once


def test_a_reviewer_hands_over_their_own_desk_and_nobody_elses(
    client: Client, matters: World, reviewer: User, approver: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=approver, now=now)
    make.enter(client, reviewer)
    url = reverse("admin:reviews_team_hand_over")
    assert client.get(url).status_code == 200
    assert client.get(f"{url}?person={approver.pk}").status_code == 404
    assert client.post(url, {"person": approver.pk, "to": "everybody", "note": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.holder == approver


def test_one_case_is_handed_over_from_its_page(
    client: Client, matters: World, reviewer: User, approver: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    make.enter(client, reviewer)
    url = reverse("admin:reviews_hand_over", args=[case.public_id])
    assert client.get(url).context["people"] == [approver]
    matters.absent = {approver.pk}
    assert "approver" not in client.get(url).content.decode().lower().partition("<main")[2]
    matters.absent = set()
    client.post(url, {"to": approver.pk, "note": "You know this street."})
    case.refresh_from_db()
    assert case.assignee == approver
    assert client.post(url, {"to": reviewer.pk, "note": "back"}).status_code == 302  # no longer theirs to hand over
    case.refresh_from_db()
    assert case.assignee == approver


def test_next_claims_the_best_case_and_says_when_there_is_none(
    client: Client, matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now)
    make.enter(client, reviewer)
    url = reverse("admin:reviews_next")
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("admin:reviews_case", args=[case.public_id])
    assert client.post(url).url == QUEUE
    case.refresh_from_db()
    assert case.holder == reviewer


def test_an_open_queue_is_told_when_something_has_happened(
    client: Client, matters: World, reviewer: User, now: datetime
) -> None:
    open_matter("1", now=now)
    make.enter(client, reviewer)
    page = client.get(QUEUE)
    version, url = page.context["version"], page.context["live_url"].partition("?")[0]
    assert client.get(url, {"have": version}).status_code == 204
    other = open_matter("2", now=now)
    fresh = client.get(url, {"have": version})
    assert fresh.status_code == 200
    assert other.number in fresh.content.decode()
    assert client.get(url, {"have": fresh.context["version"]}).status_code == 204


def test_asking_for_news_keeps_nobody_signed_in(client: Client, matters: World, reviewer: User) -> None:
    from django.urls import resolve

    assert resolve(reverse("admin:reviews_live")).func.is_background
    assert not resolve(QUEUE).func.is_background
    make.enter(client, make.make_staff("auditor1@bank.example", "auditor"))
    assert client.get(reverse("admin:reviews_live")).status_code == 404


def test_the_queue_is_narrowed_to_a_kind_or_a_skill_and_never_shows_more_than_a_page(
    client: Client, matters: World, reviewer: User, now: datetime
) -> None:
    give_skill(reviewer, "passport", now=now)
    for number in range(53):
        open_matter(str(number), now=now + timedelta(seconds=number))
    rare = open_matter("rare", now=now, skills=["passport"])
    make.enter(client, reviewer)
    page = client.get(QUEUE)
    assert len(page.context["open"]) == 50
    assert len(client.get(page.context["more_url"]).context["open"]) == 4
    assert [row["case"] for row in client.get(QUEUE, {"skill": "passport"}).context["open"]] == [rare]
    assert client.get(QUEUE, {"kind": "identity"}).context["open"] == []
    for odd in ({"page": "x"}, {"page": "-1"}, {"kind": "weather"}, {"skill": "\x00"}, {"page": "9" * 9}):
        assert client.get(QUEUE, odd).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_at_most_fifteen_questions_with_every_list_filled(
    count: int, client: Client, matters: World, reviewer: User, approver: User, now: datetime,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    give_skill(approver, "passport", now=now)
    for number in range(count):
        for act in ("mine", "turn", "asked", "second", "open", "others"):
            case = open_matter(
                f"{act}{number}", now=now, skills=["passport"], steps=TWO if act == "second" else TWO[:1]
            )
            if act == "second":
                give = make.make_staff(f"first{number}@bank.example", "reviewer")
                give_skill(give, "passport", now=now)
                make.decide_now(case, give, now=now)
            if act in {"mine", "asked"}:
                desk.claim(public_id=case.public_id, user=approver, now=now)
            if act == "asked":
                desk.ask(public_id=case.public_id, user=approver, codes=["why"], now=now)
            if act in {"turn", "others"}:
                Case.objects.filter(pk=case.pk).update(assignee=approver if act == "turn" else reviewer)
    make.enter(client, approver)
    client.get(QUEUE)
    with django_assert_max_num_queries(15):
        page = client.get(QUEUE)
    for name in ("mine", "turn", "asked", "second", "open", "with_others"):
        assert len(page.context[name]) == count, name


def test_a_lead_puts_a_skill_on_the_list_once(client: Client, matters: World, lead: User, reviewer: User) -> None:
    url, skill = reverse("admin:reviews_team_new_skill"), {"code": "uyghur", "name_en": "Uyghur", "name_zh": "维吾尔语"}
    make.enter(client, lead)
    for wrong in ({**skill, "code": "Uyghur!"}, {**skill, "name_zh": ""}, {}):
        assert client.post(url, wrong).context["form"].errors
    assert not Skill.objects.exists()
    for _twice in range(2):
        assert client.post(url, skill).status_code == 302
    assert Skill.objects.get().name_zh == "维吾尔语"
    assert Row.objects.filter(act="reviews.skill_added", actor_id=lead.pk).count() == 1
    assert make.enter(Client(), reviewer).post(url, skill).status_code == 404
