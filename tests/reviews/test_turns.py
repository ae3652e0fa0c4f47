"""Whose turn it is: the next case, cases given out by load and skill, and cases handed over."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.inbox.models import Notice
from accounts.models import User
from core.audit.models import Row
from core.outbox import relay
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Event
from core.reviews.services import handing
from tests.factories import identity as make
from tests.factories.policy import add_figure
from tests.factories.reviews import World, give_skill, open_matter
from tests.reviews.test_clock import together

pytestmark = pytest.mark.django_db


def team(count: int) -> list[User]:
    return [make.make_staff(f"r{number}@bank.example", "reviewer") for number in range(count)]


def shares(people: list[User]) -> list[int]:
    counted = Counter(Case.objects.filter(assignee__isnull=False).values_list("assignee_id", flat=True))
    return [counted[person.pk] for person in people]


def many(count: int, *, now: datetime, **how: object) -> None:
    for number in range(count):
        open_matter(str(number), now=now + timedelta(seconds=number), **how)


@pytest.mark.slow
def test_a_thousand_cases_are_shared_by_ten_people_and_nobody_has_more_than_one_more(
    matters: World, now: datetime
) -> None:
    add_figure("review.open_cases_most", "200", now=now)
    people = team(10)
    matters.absent = {people[3].pk}
    many(1000, now=now)
    while desk.assign(now=now):
        pass
    here = [person for person in people if person is not people[3]]
    assert sum(shares(here)) == 1000
    assert max(shares(here)) - min(shares(here)) <= 1
    assert shares([people[3]]) == [0]
    assert desk.assign(now=now) == 0


def test_nobody_is_given_more_than_the_limit(matters: World, reviewer: User, now: datetime) -> None:
    others = team(2)
    many(70, now=now)
    desk.claim(public_id=Case.objects.earliest("id").public_id, user=reviewer, now=now)
    assert desk.assign(now=now) == 59  # three people, twenty each, one is held already
    assert shares([reviewer, *others]) == [19, 20, 20]
    unassigned = Case.objects.filter(assignee__isnull=True, state="open").first()
    assert unassigned is not None
    with pytest.raises(errors.DeskFull):
        desk.claim(public_id=unassigned.public_id, user=reviewer, now=now)
    own = Case.objects.filter(assignee=reviewer).first()
    assert own is not None
    assert desk.claim(public_id=own.public_id, user=reviewer, now=now).holder == reviewer  # what is theirs they may


def test_a_case_goes_to_somebody_with_the_skill(matters: World, now: datetime) -> None:
    people = team(3)
    give_skill(people[2], "uyghur", now=now)
    many(4, now=now, skills=["uyghur"])
    desk.assign(now=now)
    assert shares(people) == [0, 0, 4]
    with pytest.raises(errors.NoSkill):
        desk.claim(public_id=Case.objects.earliest("id").public_id, user=people[0], now=now)
    assert desk.claim_next(user=people[0], now=now) is None


def test_a_case_is_given_to_nobody_it_concerns(matters: World, now: datetime) -> None:
    people = team(2)
    matters.owners["1"] = people[0].pk
    case = open_matter("1", now=now)
    desk.assign(now=now)
    case.refresh_from_db()
    assert case.assignee == people[1]


def test_what_belongs_to_somebody_absent_is_given_anew(matters: World, now: datetime) -> None:
    people = team(2)
    many(4, now=now)
    desk.assign(now=now)
    assert shares(people) == [2, 2]
    matters.absent = {people[0].pk}
    assert desk.assign(now=now) == 2
    assert shares(people) == [0, 4]


def test_the_next_case_is_overdue_then_mine_then_due_soonest_then_the_rarer(matters: World, now: datetime) -> None:
    reviewer, other = team(2)
    give_skill(reviewer, "passport", now=now)
    later, sooner = now + timedelta(hours=1), now - timedelta(hours=1)
    open_matter("plain", now=now)
    open_matter("rare", now=now, skills=["passport"])
    open_matter("sooner", now=sooner)
    mine = open_matter("mine", now=later)
    theirs = open_matter("theirs", now=sooner - timedelta(hours=1))
    open_matter("overdue", now=now - timedelta(days=5))
    Case.objects.filter(pk=mine.pk).update(assignee=reviewer)
    Case.objects.filter(pk=theirs.pk).update(assignee=other)
    order = []
    while (case := desk.claim_next(user=reviewer, now=now)) is not None:
        order.append(case.subject_id)
    assert order == ["overdue", "mine", "sooner", "rare", "plain"]  # a colleague's own case is left to them
    matters.absent = {other.pk}
    case = desk.claim_next(user=reviewer, now=now)
    assert case is not None
    assert case.subject_id == "theirs"


def test_an_overdue_case_is_anybodys(matters: World, now: datetime) -> None:
    reviewer, other = team(2)
    case = open_matter(now=now - timedelta(days=5))
    Case.objects.filter(pk=case.pk).update(assignee=other)
    assert desk.claim_next(user=reviewer, now=now) == case


def test_with_a_full_desk_there_is_no_next_case(matters: World, now: datetime) -> None:
    (reviewer,) = team(1)
    add_figure("review.open_cases_most", "2", now=now)
    many(3, now=now)
    assert desk.claim_next(user=reviewer, now=now)
    assert desk.claim_next(user=reviewer, now=now)
    with pytest.raises(errors.DeskFull):
        desk.claim_next(user=reviewer, now=now)
    assert Case.objects.filter(holder=reviewer).count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_people_who_press_next_at_the_same_moment_get_different_cases(matters: World, now: datetime) -> None:
    people = team(6)
    many(6, now=now)
    turn = iter(people)
    together(6, lambda: desk.claim_next(user=next(turn), now=now))
    holders = list(Case.objects.values_list("holder_id", flat=True))
    assert sorted(filter(None, holders)) == sorted(person.pk for person in people)
    assert Event.objects.filter(kind="claimed").count() == 6


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_windows_does_not_get_past_the_limit(matters: World, now: datetime) -> None:
    (reviewer,) = team(1)
    add_figure("review.open_cases_most", "2", now=now)
    many(6, now=now)

    def press() -> None:
        try:
            desk.claim_next(user=reviewer, now=now)
        except errors.DeskFull:
            return

    together(4, press)
    assert Case.objects.filter(holder=reviewer).count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_giving_out(matters: World, now: datetime) -> None:
    people = team(4)
    many(40, now=now)
    together(3, lambda: desk.assign(now=now))
    desk.assign(now=now)
    assert shares(people) == [10, 10, 10, 10]
    assert Event.objects.filter(kind="assigned").count() == 40


def test_a_case_is_handed_over_with_a_note_and_the_colleague_is_told(matters: World, now: datetime) -> None:
    reviewer, other = team(2)
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    handed = desk.hand_over(public_id=case.public_id, user=reviewer, to=other, note="You know this street.", now=now)
    assert (handed.state, handed.holder, handed.assignee) == ("open", None, other)
    event = case.events.latest("id")
    assert (event.kind, event.actor, event.person, event.note) == (
        "handed_over", reviewer, other, "You know this street.",
    )  # fmt: skip
    assert Row.objects.get(act="reviews.handed_over").reason == "You know this street."
    for _twice in range(2):
        relay.drain(now=now)
    notice = Notice.objects.get(event="desk.handed_over")
    assert notice.user == other
    assert "You know this street." in str(notice.texts)
    assert desk.claim_next(user=other, now=now) == case


def test_a_case_is_handed_to_nobody_who_could_not_decide_it(matters: World, reviewer: User, now: datetime) -> None:
    maker, away, unskilled = team(3)
    manager = make.make_staff("manager@bank.example", "manager")
    give_skill(reviewer, "passport", now=now)
    for person in (maker, away):
        give_skill(person, "passport", now=now)
    case = open_matter(now=now, opened_by=maker, skills=["passport"])
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    matters.absent = {away.pk}
    before = case.events.count()
    for to, error in (
        (maker, errors.OwnCase), (away, errors.Away), (unskilled, errors.NoSkill), (manager, errors.NoRole),
    ):  # fmt: skip
        with pytest.raises(error):
            desk.hand_over(public_id=case.public_id, user=reviewer, to=to, note="x", now=now)
    with pytest.raises(errors.NoteMissing):
        desk.hand_over(public_id=case.public_id, user=reviewer, to=away, note=" ", now=now)
    case.refresh_from_db()
    assert (case.holder, case.events.count()) == (reviewer, before)


def test_only_the_holder_or_a_lead_hands_over(matters: World, lead: User, now: datetime) -> None:
    reviewer, other = team(2)
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with pytest.raises(errors.HeldByAnother):
        desk.hand_over(public_id=case.public_id, user=other, to=other, note="mine", now=now)
    assert desk.hand_over(public_id=case.public_id, user=lead, to=other, note="please", now=now).assignee == other


def test_a_whole_desk_is_handed_over_as_far_as_the_colleague_may_and_can(
    matters: World, lead: User, now: datetime
) -> None:
    away, other = team(2)
    add_figure("review.open_cases_most", "5", now=now)
    many(5, now=now)
    for _each in range(5):
        desk.claim_next(user=away, now=now)
    first = Case.objects.earliest("id")
    desk.ask(public_id=first.public_id, user=away, codes=["why"], now=now)
    matters.owners["1"] = other.pk
    open_matter("extra", now=now)
    desk.claim_next(user=other, now=now)
    open_matter("more", now=now)
    desk.claim_next(user=other, now=now)
    done = desk.hand_over_queue(person=away, by=lead, to=other, note="On leave.", now=now)
    assert (done.given, done.back) == (4, 1)
    assert not Case.objects.filter(holder=away).exists()
    assert not Case.objects.filter(assignee=away).exists()
    first.refresh_from_db()
    assert (first.state, first.assignee) == ("asked", other)  # what is asked stays asked
    assert Row.objects.filter(act="reviews.queue_handed_over", actor_id=lead.pk).count() == 1
    assert desk.hand_over_queue(person=away, by=lead, to=other, note="again", now=now).given == 0


def test_a_hand_over_that_breaks_in_the_middle_leaves_every_case_where_it_was(
    matters: World, lead: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, other = team(2)
    many(3, now=now)
    for _each in range(3):
        desk.claim_next(user=away, now=now)
    given = handing._give
    calls = iter(range(3))

    def breaks_at_the_third(*args: Any, **how: Any) -> None:
        if next(calls) == 2:
            raise ConnectionError("the server was killed")
        given(*args, **how)

    monkeypatch.setattr(handing, "_give", breaks_at_the_third)
    with pytest.raises(ConnectionError):
        desk.hand_over_queue(person=away, by=lead, to=other, note="On leave.", now=now)
    assert Case.objects.filter(holder=away, state="claimed").count() == 3
    assert not Row.objects.filter(act="reviews.queue_handed_over").exists()
    monkeypatch.undo()
    done = desk.hand_over_queue(person=away, by=lead, to=other, note="On leave.", now=now)
    assert [item.case.number for item in done.items if item.given] == list(
        Case.objects.filter(assignee=other).order_by("id").values_list("number", flat=True)
    )


def test_a_desk_goes_back_for_everybody(matters: World, now: datetime) -> None:
    (away,) = team(1)
    many(2, now=now)
    desk.claim_next(user=away, now=now)
    Case.objects.filter(state="open").update(assignee=away)
    assert desk.hand_over_queue(person=away, by=away, to=None, note="On leave.", now=now).back == 2
    assert Case.objects.filter(state="open", assignee__isnull=True).count() == 2


def test_only_a_lead_hands_over_somebody_elses_desk(matters: World, now: datetime) -> None:
    away, other = team(2)
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=away, now=now)
    with pytest.raises(errors.NotALead):
        desk.hand_over_queue(person=away, by=other, to=other, note="x", now=now)
    case.refresh_from_db()
    assert case.holder == away


def test_skills_are_entered_by_a_lead_and_audited(matters: World, lead: User, reviewer: User, now: datetime) -> None:
    other = team(1)[0]
    give_skill(other, "passport", now=now)
    assert desk.set_skills(person=reviewer, codes=["passport", "made_up"], by=lead, now=now) == {"passport"}
    assert desk.skills_of(reviewer) == {"passport"}
    assert desk.set_skills(person=reviewer, codes=["passport"], by=lead, now=now) == frozenset()
    assert Row.objects.filter(act="reviews.skills_changed").count() == 1
    for by, person in ((other, reviewer), (lead, lead)):
        with pytest.raises(errors.NotALead):
            desk.set_skills(person=person, codes=[], by=by, now=now)
    assert desk.skills_of(reviewer) == {"passport"}
