"""A verified customer shows a new document; the old identity stays good until the new one is accepted."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageEnhance

from accounts.identity import checks, demo, expiry, files, numbers, queries, reminding, services
from accounts.identity.figures import figures
from accounts.identity.forms import RenewalForm
from accounts.identity.models import Document, RenewalNotice, Verification
from accounts.identity.subject import IdentityCheck
from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer, User
from core.audit.models import Row
from core.outbox import relay
from core.reviews import services as review_desk
from core.reviews.models import Case
from tests.factories import identity as make
from tests.factories import outbox

pytestmark = pytest.mark.django_db
NEW_DATE = date(2046, 6, 1)


@pytest.fixture
def verified(customer: Customer, on_desk: Any, reviewer: User, now: datetime) -> Customer:
    """Somebody whose document runs until June 2040."""
    make.decide_now(on_desk(customer), reviewer, now=now)
    relay.drain(now=now)
    customer.refresh_from_db()
    assert customer.document_expires_on == make.PERSON.expires_on
    return customer


def taken_anew(jpeg: bytes) -> bytes:
    """The same subject on another day: not one picture sent twice."""
    out = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(jpeg))).enhance(0.97).save(out, "JPEG", quality=90)
    return out.getvalue()


def new_photos(customer: Customer, now: datetime, person: demo.Person) -> None:
    for side, first in make.photos_of(person).by_side().items():
        jpeg = taken_anew(first)
        services.save_photo(customer=customer, side=side, data=jpeg, name=f"{side}.jpg", declared="image/jpeg", now=now)


def send_renewal(customer: Customer, now: datetime, *, expires_on: date = NEW_DATE) -> Verification:
    draft = services.renew(customer=customer, kind="resident_id", now=now)
    services.save_details(customer=customer, details=services.Details(expires_on=expires_on), now=now)
    person = demo.Person(
        name=make.PERSON.name, number=make.PERSON.number, born_on=make.PERSON.born_on, address=make.PERSON.address,
        expires_on=expires_on,
    )  # fmt: skip
    new_photos(customer, now, person)
    make.print_card(draft.legal_name, draft.number, person.born_on, expires_on)
    return services.submit(customer=customer, consented=True, now=now)


def case_of(verification: Verification, now: datetime) -> Case:
    relay.drain(now=now)
    return Case.objects.get(subject="identity", subject_id=str(verification.public_id))


def test_a_renewal_asks_only_for_what_has_changed(verified: Customer, now: datetime) -> None:
    draft = services.renew(customer=verified, kind="resident_id", now=now)
    assert (draft.legal_name, draft.number, draft.born_on, draft.address) == (
        make.PERSON.name, make.PERSON.number, make.PERSON.born_on, make.PERSON.address,
    )  # fmt: skip
    missing = services.missing_in(draft, queries.documents_of(draft))
    assert missing == ["expires_on", "front", "back", "selfie"]


def test_another_kind_of_document_asks_for_its_number_and_the_first_kind_has_its_own_back(
    verified: Customer, now: datetime
) -> None:
    draft = services.renew(customer=verified, kind="passport", now=now)
    assert {"number_index", "zone_sealed"} <= set(services.missing_in(draft, {}))
    draft = services.renew(customer=verified, kind="resident_id", now=now)
    assert draft.number == make.PERSON.number
    assert Verification.objects.filter(customer=verified).count() == 2


def test_the_old_identity_stays_good_until_the_new_document_is_accepted_and_is_then_replaced(
    verified: Customer, reviewer: User, now: datetime
) -> None:
    old = queries.approved_one(verified)
    assert old is not None
    sent = send_renewal(verified, now)
    case = case_of(sent, now)
    verified.refresh_from_db()
    assert queries.approved_one(verified) == old
    assert verified.document_expires_on == make.PERSON.expires_on
    make.decide_now(case, reviewer, now=now)
    relay.drain(now=now)
    verified.refresh_from_db()
    old.refresh_from_db()
    sent.refresh_from_db()
    assert (old.state, sent.state) == (Verification.State.REPLACED, Verification.State.APPROVED)
    assert (verified.standing, verified.document_expires_on) == (Customer.Standing.VERIFIED, NEW_DATE)
    assert BankAccount.objects.filter(customers=verified).count() == 1
    assert Row.objects.filter(act="identity.renewed").count() == 1
    assert Notice.objects.filter(user=verified.user, event="identity.renewed").count() == 1


def test_settling_a_renewal_twice_changes_nothing(verified: Customer, reviewer: User, now: datetime) -> None:
    from accounts.identity import handlers

    case = case_of(send_renewal(verified, now), now)
    make.decide_now(case, reviewer, now=now)
    relay.drain(now=now)
    handlers.settle(outbox.newest("reviews.decided", now=now))
    assert Row.objects.filter(act="identity.renewed").count() == 1


def test_a_declined_renewal_leaves_the_identity_as_it_is_and_gives_back_what_was_sent(
    verified: Customer, reviewer: User, now: datetime
) -> None:
    sent = send_renewal(verified, now)
    make.decide_now(case_of(sent, now), reviewer, "decline", now=now)
    relay.drain(now=now)
    verified.refresh_from_db()
    assert (verified.standing, verified.document_expires_on) == ("verified", make.PERSON.expires_on)
    notice = Notice.objects.filter(user=verified.user, event="identity.declined").latest("id")
    assert "account" not in notice.texts["en"]["body"]
    again = services.renew(customer=verified, kind="resident_id", now=now)
    assert again.expires_on == NEW_DATE
    assert set(queries.documents_of(again)) == {"front", "back", "selfie"}


def test_a_renewal_can_be_taken_back_and_corrected(verified: Customer, now: datetime) -> None:
    sent = send_renewal(verified, now)
    case_of(sent, now)
    draft = services.take_back(customer=verified, now=now)
    assert (draft.state, draft.renews_id) == (Verification.State.DRAFT, sent.renews_id)
    verified.refresh_from_db()
    assert verified.standing == Customer.Standing.VERIFIED


def test_a_verified_customer_still_cannot_start_a_first_verification(verified: Customer, now: datetime) -> None:
    with pytest.raises(services.AlreadyVerified):
        services.begin(customer=verified, now=now)
    with pytest.raises(services.AlreadyVerified):
        services.submit(customer=verified, consented=True, now=now)


def test_somebody_verified_by_another_bank_has_nothing_to_renew(now: datetime, client: Client) -> None:
    customer = make.make_customer("else@example.com", now=now, standing=Customer.Standing.VERIFIED)
    with pytest.raises(services.NothingToRenew):
        services.renew(customer=customer, kind="resident_id", now=now)
    assert customer.user is not None
    client.force_login(customer.user)
    assert client.get(reverse("identity_renewal")).status_code == 200
    assert not Verification.objects.exists()


def test_the_reviewer_sees_old_and_new_side_by_side_and_the_old_photos_too(verified: Customer, now: datetime) -> None:
    old = queries.approved_one(verified)
    assert old is not None
    sent = send_renewal(verified, now)
    case = case_of(sent, now)
    subject = IdentityCheck()
    shown = subject.present(str(sent.public_id), full=True)
    rows = dict(shown.sections[0].rows)
    assert "2046" in str(rows["Expires on"])
    assert "2040" in str(rows["Expires on"])
    assert [paper.name for paper in shown.papers] == [
        "front", "old-front", "back", "old-back", "selfie", "old-selfie",
    ]  # fmt: skip
    _type, jpeg = subject.paper(str(sent.public_id), "old-front")
    assert jpeg == files.read(Document.objects.get(verification=old, side="front").file)
    found = {check.name: check.outcome for check in case.checks.all()}
    assert found["renewal"] == "pass"
    assert found["duplicate"] == "pass"
    masked = str(subject.present(str(sent.public_id), full=False).sections[0].rows)
    assert make.PERSON.number not in masked


RENEWED = checks.Renewed("resident_id", "林晓禾", "1", date(1994, 5, 18), date(2026, 12, 1), False, frozenset({"a"}))


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [({}, "pass"), ({"born_on": date(1994, 5, 19)}, "fail"), ({"number": "2"}, "fail"), ({"name": "林晓"}, "warn"),
     ({"expires_on": date(2026, 12, 1)}, "warn"), ({"photo_digests": {"front": "a"}}, "warn"),
     ({"kind": "passport", "number": "2"}, "pass"), ({"never_expires": True, "expires_on": None}, "pass")],
)  # fmt: skip
def test_the_check_of_a_renewal_compares_with_the_verified_identity(changes: dict[str, Any], outcome: str) -> None:
    values: dict[str, Any] = {
        "kind": "resident_id", "name": "林晓禾", "number": "1", "born_on": date(1994, 5, 18),
        "expires_on": date(2046, 1, 1), "never_expires": False, "same_number_approved": 0, "same_number_sent": 0,
        "photos": {}, "photo_digests": {"front": "b"},
    }  # fmt: skip
    assert checks._renewal(checks.Application(**{**values, **changes}), RENEWED).outcome == outcome


def test_the_number_of_a_replaced_document_still_belongs_to_its_customer(
    verified: Customer, reviewer: User, now: datetime
) -> None:
    """Whoever was verified by it cannot become a second customer with it."""
    make.decide_now(case_of(send_renewal(verified, now), now), reviewer, now=now)
    relay.drain(now=now)
    Verification.objects.filter(customer=verified, state="approved").update(number_index="another")
    other = make.make_customer("second@example.com", now=now)
    sent = make.send(other, now=now, number=numbers.parse(make.PERSON.number))
    assert queries.same_number(sent)[0] == 1
    assert str(IdentityCheck().objection(str(sent.public_id), now=now))


# ── What people are told ─────────────────────────────────────────────────────


def expiring(days: int, now: datetime, *, email: str = "soon@example.com") -> Customer:
    customer = make.make_customer(email, now=now, standing=Customer.Standing.VERIFIED)
    Customer.objects.filter(pk=customer.pk).update(document_expires_on=now.date() + timedelta(days=days))
    customer.refresh_from_db()
    return customer


def told(customer: Customer) -> list[str]:
    return list(
        Notice.objects.filter(user=customer.user, event="identity.renewal").order_by("id").values_list("key", flat=True)
    )


def test_each_notice_is_given_once_however_often_the_task_runs_and_whatever_day_it_missed(now: datetime) -> None:
    customer = expiring(120, now)
    given = []
    for day in range(230):
        moment = now + timedelta(days=day)
        if day % 5 == 3 or day == 120:
            continue  # the task did not run at all: also on the day itself
        given.append(reminding.remind(now=moment))
        assert reminding.remind(now=moment) == 0
    assert sum(given) == 5
    assert [key.rpartition(":")[2] for key in told(customer)] == ["90", "30", "7", "0", "stopped"]


def test_somebody_verified_shortly_before_the_expiry_is_told_the_most_urgent_thing_alone(now: datetime) -> None:
    customer = expiring(5, now)
    assert reminding.remind(now=now) == 1
    assert [key.rpartition(":")[2] for key in told(customer)] == ["7"]


def test_whoever_has_sent_a_new_document_or_has_none_is_left_in_peace(now: datetime) -> None:
    sent, long_term = expiring(3, now), make.make_customer("long@example.com", now=now, standing="verified")
    Verification.objects.create(
        customer=sent, state="submitted", legal_name="林晓禾", number_index="x", born_on=date(1990, 1, 1),
        started_at=now, submitted_at=now, promised_by=now, consented_at=now,
    )  # fmt: skip
    closed = expiring(3, now, email="closed@example.com")
    Customer.objects.filter(pk=closed.pk).update(standing="closed")
    assert reminding.remind(now=now) == 0
    assert told(sent) == told(long_term) == told(closed) == []
    assert not RenewalNotice.objects.exists()


def test_an_expiry_that_an_older_edition_approved_is_brought_to_the_customer(verified: Customer, now: datetime) -> None:
    Customer.objects.filter(pk=verified.pk).update(document_expires_on=None)
    assert reminding.bring_in_step(now=now) == 1
    assert reminding.bring_in_step(now=now) == 0
    verified.refresh_from_db()
    assert verified.document_expires_on == make.PERSON.expires_on


# ── Pages ────────────────────────────────────────────────────────────────────


def test_the_banner_stands_on_home_and_me_from_ninety_days_on_and_costs_nothing_before(
    client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    customer = expiring(91, now)
    assert customer.user is not None
    User.objects.filter(pk=customer.user.pk).update(language="en")
    client.force_login(customer.user)
    for day, words in ((0, None), (1, "expires soon"), (92, "has expired"), (182, "does not leave")):
        with time_machine.travel(now + timedelta(days=day), tick=False):
            client.force_login(customer.user)
            for page in ("home", "me"):
                text = client.get(reverse(page), headers={"accept-language": "en"}).content.decode()
                assert (words in text) if words else ("identity document expires" not in text), (day, page)
                assert (reverse("identity_renewal") + '">' in text) or page == "home"
            assert "expires soon" not in client.get(reverse("transfer")).content.decode()


def test_reminding_costs_no_question_while_a_document_is_good(
    verified: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    queries.standing_of(verified.document_expires_on, today=now.date())  # the figures are read
    with django_assert_num_queries(0):
        assert queries.reminder(verified, today=now.date()) is None
    verified.document_expires_on = now.date()
    with django_assert_num_queries(1):
        found = queries.reminder(verified, today=now.date())
    assert found is not None
    assert (found.standing.stage, found.waits) == (expiry.Stage.SOON, False)


def test_the_journey_from_the_banner_to_the_desk(verified: Customer, client: Client, now: datetime) -> None:
    assert verified.user is not None
    client.force_login(verified.user)
    assert client.get(reverse("identity_details")).status_code == 302
    page = client.get(reverse("identity_renewal"))
    assert make.PERSON.number not in page.content.decode()
    answer = client.post(reverse("identity_renewal"), {"kind": "resident_id"})
    assert answer["Location"] == reverse("identity_renewal_details")
    assert client.get(reverse("identity_details"))["Location"] == reverse("identity_renewal_details")
    wrong = client.post(answer["Location"], {"expires_on": "2026-01-01"})
    assert wrong.status_code == 200
    answer = client.post(reverse("identity_renewal_details"), {"expires_on": NEW_DATE.isoformat()})
    assert answer["Location"] == reverse("identity_photos")
    assert client.get(reverse("identity_photos")).status_code == 200
    new_photos(verified, now, make.PERSON)
    check = client.get(reverse("identity_check"))
    assert reverse("identity_renewal_details") in check.content.decode()
    answer = client.post(reverse("identity_check"), {"consent": "on"})
    assert answer["Location"] == reverse("identity_status")
    assert client.get(reverse("identity_status")).status_code == 200
    assert client.get(reverse("identity_renewal"))["Location"] == reverse("identity_status")
    sent = Verification.objects.get(customer=verified, state="submitted")
    assert (sent.renews_id, sent.expires_on) == (queries.approved_one(verified).pk, NEW_DATE)  # type: ignore[union-attr]


@pytest.mark.parametrize(("born_on", "wrong"), [(date(1994, 5, 18), False), (date(1994, 5, 19), True)])
def test_a_number_with_another_birth_date_is_not_taken_for_a_renewal(
    db: None, now: datetime, born_on: date, wrong: bool
) -> None:
    """The number of another kind of document carries a birth date too, and it must be the verified one."""
    number = demo.sample_number(region="911392", born_on=born_on, sequence=901)
    form = RenewalForm(
        {"number": number, "expires_on": NEW_DATE.isoformat()},
        today=now.date(), figures=figures(now.date()), kind="foreign_resident", verified_birth=date(1994, 5, 18),
        asks_number=True,
    )  # fmt: skip
    assert form.is_valid() is not wrong
    assert set(form.errors) == ({"number"} if wrong else set())
    assert set(form.fields) == {"number", "expires_on"}


def test_review_desk_refuses_a_renewal_of_an_identity_that_is_no_longer_in_force(
    verified: Customer, now: datetime
) -> None:
    sent = send_renewal(verified, now)
    case_of(sent, now)
    assert not str(IdentityCheck().objection(str(sent.public_id), now=now))
    Verification.objects.filter(pk=sent.renews_id).update(state="replaced")
    assert str(IdentityCheck().objection(str(sent.public_id), now=now))
    assert review_desk.newest("identity", str(sent.public_id)) is not None
