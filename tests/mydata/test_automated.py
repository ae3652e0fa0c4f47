"""What a machine decided is said in words, and a person looks at it when its customer asks; no machine does."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.inbox.models import Notice
from accounts.models import Customer
from accounts.mydata import automated, tasks
from accounts.mydata.models import PersonWanted
from core.outbox import relay
from core.reviews import services as reviews
from core.reviews.errors import Objection, OwnCase
from core.reviews.models import Case
from tests.factories import identity as desk
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "I bought a new phone myself, nobody stole it"


@pytest.fixture(autouse=True)
def clock(now: datetime, time_machine: Any) -> Any:
    time_machine.move_to(now, tick=False)
    return time_machine


def watched(*, now: datetime) -> Customer:
    """Somebody with a new second step, whose sums the machine keeps small."""
    customer = money.customer("欧阳志远", now=now)
    Customer.objects.filter(pk=customer.pk).update(careful_until=now + timedelta(days=3))
    return Customer.objects.select_related("user").get(pk=customer.pk)


def ask(customer: Customer, *, now: datetime, decision: str = "careful") -> tuple[PersonWanted, Case]:
    wish = automated.ask(customer=customer, decision=decision, why=WHY, now=now)
    return wish, Case.objects.get(subject="person", subject_id=str(wish.public_id))


def test_the_page_explains_every_decision_and_has_a_person_asked_where_one_stands(now: datetime) -> None:
    customer = watched(now=now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(customer.user)
    page = client.get(reverse("mydata_automated")).content.decode()
    for decision in automated.DECISIONS:
        assert str(decision.what)[:40] in page
    assert reverse("mydata_person", args=["careful"]) in page
    assert reverse("mydata_person", args=["document"]) not in page
    url = reverse("mydata_person", args=["careful"])
    assert client.post(url, {"why": ""}).status_code == 200
    assert not PersonWanted.objects.exists()
    assert client.post(url, {"why": WHY}).status_code == 302
    assert client.post(url, {"why": WHY}).status_code == 302
    wish = PersonWanted.objects.get()
    case = Case.objects.get(subject="person")
    assert case.subject_id == str(wish.public_id)
    assert case.due_at == wish.promised_by > now
    assert client.get(reverse("mydata_person", args=["document"])).status_code == 302


def test_no_machine_decides_again_and_a_person_lifts_it_once(now: datetime) -> None:
    customer = watched(now=now)
    wish, case = ask(customer, now=now)
    relay.drain(now=now + timedelta(seconds=1))
    tasks.retain()
    wish.refresh_from_db()
    assert wish.state == "in_review"
    desk.decide_now(case, desk.make_staff("r@example.com", "reviewer"), now=now)
    relay.drain(now=now + timedelta(seconds=2))
    relay.drain(now=now + timedelta(seconds=3))
    wish.refresh_from_db()
    assert wish.state == "changed"
    assert Customer.objects.get(pk=customer.pk).careful_until is None
    assert automated.standing(customer=Customer.objects.get(pk=customer.pk), now=now) == {}
    assert Notice.objects.filter(event="mydata.person").count() == 1


def test_a_later_decision_of_the_machine_is_not_lifted_by_an_earlier_wish(now: datetime) -> None:
    customer = watched(now=now)
    _wish, case = ask(customer, now=now)
    later = now + timedelta(days=9)
    Customer.objects.filter(pk=customer.pk).update(careful_until=later)
    with pytest.raises(Objection):
        desk.decide_now(case, desk.make_staff("r@example.com", "reviewer"), now=now)
    assert Customer.objects.get(pk=customer.pk).careful_until == later


def test_it_stands_with_reasons_and_another_person_decides_the_next_wish(now: datetime) -> None:
    customer = watched(now=now)
    first = desk.make_staff("first@example.com", "reviewer")
    wish, case = ask(customer, now=now)
    desk.decide_now(case, first, "decline", reasons=["protects_you"], note="Looked at the device list.", now=now)
    relay.drain(now=now + timedelta(seconds=1))
    wish.refresh_from_db()
    assert (wish.state, wish.reasons) == ("stands", ["protects_you"])
    assert Customer.objects.get(pk=customer.pk).careful_until is not None
    told = Notice.objects.get(event="mydata.person")
    assert "put your money at risk" in told.texts["en"]["body"]
    _again, case = ask(customer, now=now)
    with pytest.raises(OwnCase):
        reviews.claim(public_id=case.public_id, user=first, now=now)
    reviews.claim(public_id=case.public_id, user=desk.make_staff("second@example.com", "reviewer"), now=now)


def test_what_the_law_leaves_no_choice_about_is_explained_by_a_person_and_stays(now: datetime) -> None:
    customer = money.customer("欧阳志远", now=now)
    Customer.objects.filter(pk=customer.pk).update(document_expires_on=date(2025, 1, 1))
    customer = Customer.objects.get(pk=customer.pk)
    assert set(automated.standing(customer=customer, now=now)) == {"document"}
    wish, case = ask(customer, decision="document", now=now)
    reviewer = desk.make_staff("r@example.com", "reviewer")
    with pytest.raises(Objection):
        desk.decide_now(case, reviewer, now=now)
    desk_case = Case.objects.get(pk=case.pk)
    reviews.decide(
        public_id=case.public_id,
        user=reviewer,
        verdict="decline",
        digest=reviews.seen(desk_case, checks=[]),
        reasons=["law_asks_it"],
        note="The date is right.",
        now=now,
    )
    relay.drain(now=now + timedelta(seconds=1))
    wish.refresh_from_db()
    assert wish.state == "stands"


def test_where_nothing_stands_there_is_nothing_to_ask(now: datetime) -> None:
    customer = money.customer("欧阳志远", now=now)
    with pytest.raises(automated.NotWanted):
        automated.ask(customer=customer, decision="careful", why=WHY, now=now)
    assert not Case.objects.exists()
