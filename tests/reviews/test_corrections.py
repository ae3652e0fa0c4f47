"""A decision is corrected only by a new case linked to the old one, whose history stays."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.freezing.models import Freeze
from accounts.freezing.subject import LockedAccess
from accounts.identity import services as identity
from accounts.identity.models import Verification
from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.outbox.relay import drain
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case
from tests.factories import identity as make
from tests.factories.reviews import World, open_matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(matters: World, reviewer: User, now: datetime) -> Case:
    return make.decide_now(open_matter(now=now), reviewer, "decline", now=now, reasons=["no"]).case


def test_a_correction_is_a_new_case_and_the_old_one_keeps_its_history(
    matters: World, decided: Case, reviewer: User, lead: User, now: datetime
) -> None:
    history = list(decided.events.values_list("kind", "at"))
    case = desk.correct(public_id=decided.public_id, user=lead, reason="The photo was readable.", now=now)
    assert (case.corrects, case.state, case.subject_id) == (decided, "open", decided.subject_id)
    assert case.events.get().note == "The photo was readable."
    assert desk.correct(public_id=decided.public_id, user=lead, reason="again", now=now) == case
    assert matters.reopened == ["1"]
    decided.refresh_from_db()
    assert (decided.state, list(decided.events.values_list("kind", "at"))) == ("declined", history)
    assert open_matter(now=now) == case  # the case that stands for the matter now
    for person, error in ((reviewer, errors.DecidedBefore), (lead, errors.OwnCase)):
        with pytest.raises(error):
            desk.claim(public_id=case.public_id, user=person, now=now)
    other = make.make_staff("other@bank.example", "reviewer")
    assert make.decide_now(case, other, now=now).case.state == "approved"
    assert desk.newest("matter", "1").state == "approved"


def test_only_a_lead_with_a_reason_and_a_willing_subject_corrects(
    matters: World, decided: Case, reviewer: User, lead: User, now: datetime
) -> None:
    with pytest.raises(errors.NotALead):
        desk.correct(public_id=decided.public_id, user=reviewer, reason="I was wrong", now=now)
    with pytest.raises(errors.NoteMissing):
        desk.correct(public_id=decided.public_id, user=lead, reason=" ", now=now)
    matters.may_reopen = False
    with pytest.raises(errors.CannotReopen):
        desk.correct(public_id=decided.public_id, user=lead, reason="wrong", now=now)
    with pytest.raises(errors.CannotReopen):
        desk.correct(public_id=open_matter("2", now=now).public_id, user=lead, reason="wrong", now=now)
    assert Case.objects.count() == 2


def test_a_decision_is_corrected_from_its_page(client: Client, decided: Case, lead: User) -> None:
    make.enter(client, lead)
    url = reverse("admin:reviews_correct", args=[decided.public_id])
    assert url in client.get(reverse("admin:reviews_case", args=[decided.public_id])).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {}).context["form"].errors
    page = client.post(url, {"reason": "The photo was readable."}, follow=True)
    assert page.context["case"].corrects == decided
    assert decided.number in page.content.decode()


def test_an_application_declined_by_mistake_comes_back_and_somebody_else_approves_it(
    client: Client, customer: Customer, reviewer: User, lead: User, on_desk: Callable[..., Case], now: datetime
) -> None:
    case = on_desk(customer)
    make.decide_now(case, reviewer, "decline", now=now, reasons=["photo_unreadable"])
    drain(now=now)
    sent = Verification.objects.get(customer=customer)
    assert sent.state == Verification.State.DECLINED
    again = desk.correct(public_id=case.public_id, user=lead, reason="The photo was readable.", now=now)
    sent.refresh_from_db()
    assert (sent.state, sent.decided_at, sent.decline_reasons) == (Verification.State.IN_REVIEW, None, [])
    found = ("name", "outcome", "evidence")
    assert list(again.checks.values_list(*found)) == list(case.checks.order_by("id").values_list(*found))
    make.enter(client, lead)
    page = client.get(reverse("admin:reviews_case", args=[case.public_id])).content.decode()
    assert reverse("admin:reviews_case", args=[again.public_id]) in page  # the old case leads to the new one
    assert (
        "The photo was readable." in client.get(reverse("admin:reviews_case", args=[again.public_id])).content.decode()
    )
    other = make.make_staff("other@bank.example", "reviewer")
    make.decide_now(again, other, "decline", now=now, reasons=["photo_unreadable"])
    drain(now=now)
    events = list(Notice.objects.filter(user=customer.user).order_by("id").values_list("event", flat=True))
    assert events == ["identity.declined", "identity.reopened", "identity.declined"]  # told each time
    third = desk.correct(public_id=again.public_id, user=lead, reason="Still readable.", now=now)
    with pytest.raises(errors.DecidedBefore):
        desk.claim(public_id=third.public_id, user=other, now=now)
    with pytest.raises(errors.DecidedBefore):  # not the first of the three either
        desk.claim(public_id=third.public_id, user=reviewer, now=now)
    fresh = make.make_staff("fresh@bank.example", "reviewer")
    make.decide_now(third, fresh, now=now)
    drain(now=now)
    sent.refresh_from_db()
    customer.refresh_from_db()
    assert (sent.state, customer.standing) == (Verification.State.APPROVED, Customer.Standing.VERIFIED)
    with pytest.raises(errors.CannotReopen):  # an account was opened on it
        desk.correct(public_id=third.public_id, user=lead, reason="Wrong after all.", now=now)


def test_who_has_begun_anew_is_decided_on_the_new_application(
    customer: Customer, reviewer: User, lead: User, on_desk: Callable[..., Case], now: datetime
) -> None:
    case = on_desk(customer)
    make.decide_now(case, reviewer, "decline", now=now, reasons=["photo_unreadable"])
    drain(now=now)
    identity.begin(customer=customer, now=now)
    with pytest.raises(errors.CannotReopen):
        desk.correct(public_id=case.public_id, user=lead, reason="The photo was readable.", now=now)
    assert Case.objects.count() == 1


def test_a_lock_that_stays_can_be_looked_at_again_until_it_is_opened(customer: Customer, now: datetime) -> None:
    frozen = Freeze.objects.create(
        user=customer.user, cause=Freeze.Cause.NEW_DEVICE, device="a phone", token_digest="0" * 64, frozen_at=now
    )
    assert LockedAccess().reopen(str(frozen.public_id), now=now)
    frozen.lifted_at = now
    frozen.save(update_fields=["lifted_at"])
    assert not LockedAccess().reopen(str(frozen.public_id), now=now)
