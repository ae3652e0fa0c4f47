"""A decision is corrected only by a new case linked to the old one, whose history stays."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
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
