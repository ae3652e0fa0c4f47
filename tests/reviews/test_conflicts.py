"""Nobody decides about themselves, what they made, their household or whom they know, under whatever sign-in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox import relay
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Relation
from core.reviews.services.staff import UnknownParty
from tests.factories import identity as make
from tests.factories.reviews import TWO, World, open_matter

pytestmark = pytest.mark.django_db
OnDesk = Callable[..., Case]


def refused(error: type[errors.Conflict], case: Case, user: User, now: datetime) -> None:
    """Every way to the decision is closed, each attempt is in the trail, and the desk offers the case to nobody so."""
    tried = Row.objects.filter(act="reviews.conflict_refused", actor_id=user.pk)
    before, state = tried.count(), case.state
    with pytest.raises(error):
        desk.claim(public_id=case.public_id, user=user, now=now)
    with pytest.raises(error):
        desk.decide(public_id=case.public_id, user=user, verdict="approve", digest="a" * 64, now=now)
    assert tried.count() == before + 2
    assert tried.latest("id").after["conflict"] == error.__name__
    assert desk.claim_next(user=user, now=now) is None
    case.refresh_from_db()
    assert (case.state, case.holder, case.decisions.filter(reviewer=user).exists()) == (state, None, False)


def test_a_second_account_with_the_same_employee_number_does_not_help(matters: World, now: datetime) -> None:
    """Spelt otherwise, the number is the same: the database keeps only equal spellings apart."""
    maker = make.make_staff("maker@bank.example", "reviewer", employee_number="LB-2001")
    second = make.make_staff("second@bank.example", "reviewer", "approver", employee_number="lb 2001")
    refused(errors.OwnCase, open_matter("1", now=now, opened_by=maker), second, now)


def test_two_accounts_of_one_person_are_one_pair_of_eyes(matters: World, now: datetime) -> None:
    first = make.make_staff("first@bank.example", "reviewer", employee_number="LB2002")
    second = make.make_staff("second@bank.example", "approver", employee_number="LB 2002")
    case = open_matter(now=now, steps=TWO)
    make.decide_now(case, first, now=now)
    case.refresh_from_db()
    refused(errors.DecidedBefore, case, second, now)
    other = make.make_staff("other@bank.example", "approver", employee_number="LB2003")
    assert make.decide_now(case, other, now=now).case.state == "approved"


def test_a_colleague_who_lives_at_the_same_address_does_not_decide(
    customer: Customer, on_desk: OnDesk, now: datetime
) -> None:
    neighbour = make.make_staff("neighbour@bank.example", "reviewer")
    own = make.born(41, now=now, serial=41)
    spelt = f" {make.PERSON.address.replace('号', '号 ')}，".replace("1", "１")
    on_desk(Customer.objects.create(user=neighbour, created_at=now), person=own, address=spelt)
    case = on_desk(customer)
    assert case.title == make.PERSON.name
    tried = Row.objects.filter(act="reviews.conflict_refused")
    with pytest.raises(errors.Related):
        desk.claim(public_id=case.public_id, user=neighbour, now=now)
    assert tried.count() == 1


def test_a_colleague_who_lives_elsewhere_decides(customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    stranger = make.make_staff("stranger@bank.example", "reviewer")
    own = make.born(41, now=now, serial=41)
    on_desk(Customer.objects.create(user=stranger, created_at=now), person=own, address="别处路 1 号")
    assert make.decide_now(on_desk(customer), stranger, now=now).case.state == "approved"


@pytest.mark.parametrize("known_by", ["e-mail", "number"])
def test_a_declared_relation_keeps_somebody_from_deciding_until_a_lead_ends_it(
    known_by: str, customer: Customer, reviewer: User, lead: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    who = customer.user.email if known_by == "e-mail" else make.PERSON.number
    relation = desk.declare_relation(person=reviewer, kind="family", who=who, by=reviewer, now=now)
    assert make.PERSON.number not in f"{relation.shown}{relation.parties}"
    assert customer.user.email not in relation.shown
    again = desk.declare_relation(person=reviewer, kind="family", who=who, by=reviewer, now=now)
    assert again == relation
    refused(errors.Related, case, reviewer, now)
    with pytest.raises(errors.NotALead):
        desk.end_relation(public_id=relation.public_id, by=reviewer, now=now)
    desk.end_relation(public_id=relation.public_id, by=lead, now=now)
    assert make.decide_now(case, reviewer, now=now).case.state == "approved"
    acts = Row.objects.filter(act__startswith="reviews.relation_").order_by("id").values_list("act", "actor_id")
    assert list(acts) == [("reviews.relation_declared", reviewer.pk), ("reviews.relation_ended", lead.pk)]


def test_only_leads_declare_for_others_and_nobody_is_declared_who_is_not_known(
    reviewer: User, approver: User, now: datetime
) -> None:
    with pytest.raises(errors.NotALead):
        desk.declare_relation(person=approver, kind="friend", who="110101199003077774", by=reviewer, now=now)
    with pytest.raises(UnknownParty):
        desk.declare_relation(person=reviewer, kind="friend", who="nobody@example.com", by=reviewer, now=now)
    assert not Relation.objects.exists()


def test_a_lead_does_not_end_their_own_relation(lead: User, customer: Customer, now: datetime) -> None:
    relation = desk.declare_relation(person=lead, kind="partner", who=customer.user.email, by=lead, now=now)
    with pytest.raises(errors.NotALead):
        desk.end_relation(public_id=relation.public_id, by=lead, now=now)
    relation.refresh_from_db()
    assert relation.ended_at is None


def test_who_tried_is_told_to_the_leads_once(matters: World, reviewer: User, lead: User, now: datetime) -> None:
    case = open_matter(now=now, opened_by=reviewer)
    for _twice in range(2):
        with pytest.raises(errors.OwnCase):
            desk.claim(public_id=case.public_id, user=reviewer, now=now)
    relay.drain(now=now)
    notices = Notice.objects.filter(event="desk.conflict")
    assert [notice.user for notice in notices] == [lead]
    assert case.number in str(notices.get().texts)


def test_a_conflict_is_said_on_the_page_and_nothing_happens(
    client: Client, matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now, opened_by=reviewer)
    make.enter(client, reviewer)
    page = client.post(reverse("admin:reviews_claim", args=[case.public_id]), follow=True)
    assert "A colleague decides it" in page.content.decode() or "由同事" in page.content.decode()
    case.refresh_from_db()
    assert case.state == "open"


def test_relations_are_declared_on_a_page_of_ones_own(
    client: Client, reviewer: User, customer: Customer, lead: User, now: datetime
) -> None:
    make.enter(client, reviewer)
    url = reverse("admin:reviews_relations")
    unknown: Any = client.post(url, {"kind": "family", "who": "nobody@example.com"})
    assert unknown.context["form"].errors["who"]
    assert client.post(url, {"kind": "family", "who": customer.user.email}).status_code == 302
    assert "v•••@example.com" in client.get(url).content.decode()
    relation = Relation.objects.get()
    assert (
        client.post(reverse("admin:reviews_team_relation_ended"), {"relation": relation.public_id}).status_code == 404
    )
    leading = make.enter(Client(), lead)
    leading.post(reverse("admin:reviews_team_relation_ended"), {"relation": relation.public_id})
    relation.refresh_from_db()
    assert relation.ended_by == lead
