"""Correcting what the bank keeps: some at once, some after people have looked, and the history of both."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.identity import demo
from accounts.identity.models import Verification
from accounts.identity.photos import PhotoRefused
from accounts.inbox.models import Notice
from accounts.models import Customer
from accounts.mydata import correcting
from accounts.mydata.models import Correction
from accounts.mydata.subject import CorrectionOnDesk
from core.outbox import relay
from core.reviews.models import Case
from core.reviews.services import claim, decide, seen
from tests.factories import identity as desk
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)


def verified(now: datetime, email: str = "visitor@example.com") -> Customer:
    """Somebody whose identity was checked, with an address."""
    customer = desk.make_customer(email, now=now)
    desk.fill_in(customer, now=now)
    Verification.objects.filter(customer=customer).update(
        state="approved", submitted_at=now, promised_by=now, consented_at=now, decided_at=now
    )
    Customer.objects.filter(pk=customer.pk).update(standing="verified", legal_name="欧阳修", verified_at=now)
    customer.refresh_from_db()
    return customer


def ask(customer: Customer, what: str = "legal_name", new: str = "欧阳脩", *, now: datetime, **how: Any) -> Correction:
    return correcting.ask(customer=customer, what=what, new=new, why="I changed it", now=now, **how)


def decided(correction: Correction, verdict: str, *, people: int = 1, now: datetime) -> None:
    case = Case.objects.get(subject="correction", subject_id=str(correction.public_id))
    for number, role in enumerate(["reviewer", "approver"][:people]):
        user = desk.make_staff(f"{role}{number}@example.com", role)
        claim(public_id=case.public_id, user=user, now=now)
        how = {"reasons": ["no_evidence"], "note": "Nothing was sent."} if verdict == "decline" else {}
        digest = seen(case, checks=list(case.checks.all()))
        decide(public_id=case.public_id, user=user, verdict=verdict, digest=digest, now=now, **how)
    relay.drain(now=now)


def test_a_legal_name_takes_two_people_and_changes_only_then(now: datetime) -> None:
    customer = verified(now)
    correction = ask(customer, now=now)
    decided(correction, "approve", people=1, now=now)
    customer.refresh_from_db()
    assert customer.legal_name == "欧阳修"
    case = Case.objects.get(subject="correction")
    second = desk.make_staff("second@example.com", "approver")
    claim(public_id=case.public_id, user=second, now=now)
    decide(public_id=case.public_id, user=second, verdict="approve", digest=seen(case, checks=[]), now=now)
    relay.drain(now=now)
    customer.refresh_from_db()
    correction.refresh_from_db()
    assert customer.legal_name == "欧阳脩"
    assert (correction.state, correction.old, correction.new) == (Correction.State.DONE, "欧阳修", "欧阳脩")
    assert Notice.objects.filter(event="mydata.correction").count() == 1


def test_an_address_takes_one_person_and_is_sealed_in_both_places(now: datetime) -> None:
    customer = verified(now)
    correction = ask(customer, "address", "杭州市西湖区文三路1号", now=now)
    assert "文三路".encode() not in bytes(correction.new_sealed)
    decided(correction, "approve", now=now)
    assert Verification.objects.get(customer=customer).address == "杭州市西湖区文三路1号"


def test_a_declined_correction_changes_nothing_and_gives_its_reason(now: datetime) -> None:
    customer = verified(now)
    correction = ask(customer, now=now)
    decided(correction, "decline", now=now)
    customer.refresh_from_db()
    correction.refresh_from_db()
    assert customer.legal_name == "欧阳修"
    assert (correction.state, correction.reasons) == (Correction.State.DECLINED, ["no_evidence"])
    assert "photo of the document" in Notice.objects.get(event="mydata.correction").texts["en"]["body"]
    client = Client(headers={"accept-language": "en"})
    client.force_login(customer.user)
    assert "We could not see from what you sent" in client.get(reverse("mydata_corrections")).content.decode()


def test_settling_twice_changes_the_record_and_tells_once(now: datetime) -> None:
    customer = verified(now)
    correction = ask(customer, "address", "New Street 1", now=now)
    decided(correction, "approve", now=now)
    from core.outbox import Fact

    payload = {"subject": "correction", "subject_id": str(correction.public_id), "verdict": "decline", "reasons": []}
    correcting.settle(fact=Fact(1, "reviews.decided", payload, "", now, now), now=now)
    correction.refresh_from_db()
    assert correction.state == Correction.State.DONE
    assert Notice.objects.filter(event="mydata.correction").count() == 1


def test_refusals_leave_no_correction_no_case_and_no_file(now: datetime, tmp_path: Path) -> None:
    customer, new = verified(now), desk.make_customer("new@example.com", now=now)
    kept = sum(1 for path in tmp_path.rglob("*") if path.is_file())
    with pytest.raises(correcting.SameAsKept):
        ask(customer, new="  欧阳修 ", now=now)
    with pytest.raises(correcting.NotVerified):
        ask(new, now=now)
    with pytest.raises(PhotoRefused):
        ask(customer, evidence=correcting.Upload(b"<script>", "x.jpg", "image/jpeg"), now=now)
    photo = correcting.Upload(desk.photos_of(demo.sample_person()).by_side()["front"], "x.jpg", "image/jpeg")
    with pytest.raises(correcting.SameAsKept):
        ask(customer, new="欧阳修", evidence=photo, now=now)
    assert not Correction.objects.exists()
    assert not Case.objects.exists()
    assert sum(1 for path in tmp_path.rglob("*") if path.is_file()) == kept
    ask(customer, now=now)
    with pytest.raises(correcting.AlreadyAsked):
        ask(customer, new="欧阳秀", now=now)
    assert Correction.objects.count() == 1


def test_the_desk_shows_old_and_new_and_covers_what_only_the_holder_reads(now: datetime) -> None:
    customer = verified(now)
    photo = correcting.Upload(desk.photos_of(demo.sample_person()).by_side()["front"], "x.jpg", "image/jpeg")
    correction = ask(customer, "address", "New Street 1", evidence=photo, now=now)
    subject, number = CorrectionOnDesk(), str(correction.public_id)

    def shown(*, full: bool) -> str:
        return str([row for section in subject.present(number, full=full).sections for row in section.rows])

    assert "New Street 1" in shown(full=True)
    assert "New Street 1" not in shown(full=False)
    assert subject.paper(number, "evidence")[0] == "image/jpeg"
    assert subject.concerns(number, customer.user)
    before = subject.digest(number)
    Correction.objects.filter(pk=correction.pk).update(why="something else")
    assert subject.digest(number) != before


def test_an_approval_is_refused_when_the_record_changed_since(now: datetime) -> None:
    customer = verified(now)
    correction = ask(customer, now=now)
    subject = CorrectionOnDesk()
    assert not subject.objection(str(correction.public_id), now=now)
    Customer.objects.filter(pk=customer.pk).update(legal_name="somebody")
    assert str(subject.objection(str(correction.public_id), now=now))


def test_a_correction_is_taken_back_once_and_only_by_its_owner(now: datetime) -> None:
    customer, other = verified(now), money.customer("李明", now=now)
    correction = ask(customer, now=now)
    address = reverse("mydata_correction_take_back", args=[correction.public_id])
    stranger, owner = Client(), Client()
    stranger.force_login(other.user)
    owner.force_login(customer.user)
    assert stranger.post(address).status_code == 404
    assert owner.post(address).status_code == owner.post(address).status_code == 302
    correction.refresh_from_db()
    assert correction.state == Correction.State.WITHDRAWN
    assert Case.objects.get().state == "withdrawn"


def test_the_page_keeps_what_was_typed_and_takes_a_photo(now: datetime) -> None:
    customer = verified(now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(customer.user)
    page = reverse("mydata_correct", args=["address"])
    bad = SimpleUploadedFile("note.txt", b"hello", "text/plain")
    answer = client.post(page, {"new": "New Street 1", "why": "I moved", "evidence": bad})
    assert answer.status_code == 200
    assert "New Street 1" in answer.content.decode()
    assert not Correction.objects.exists()
    jpeg = desk.photos_of(demo.sample_person()).by_side()["front"]
    good = SimpleUploadedFile("bill.jpg", jpeg, "image/jpeg")
    assert client.post(page, {"new": "New Street 1", "why": "I moved", "evidence": good}).status_code == 302
    assert Correction.objects.get().evidence
    assert client.get(reverse("mydata_correct", args=["password"])).status_code == 404


def test_an_account_gets_its_name_at_once_and_only_from_its_owner(now: datetime) -> None:
    two = money.pair(now=now)
    client = Client()
    client.force_login(two.payer.user)
    mine, theirs = (reverse("mydata_nickname", args=[one.public_id]) for one in (two.source, two.destination))
    assert client.post(mine, {"nickname": "Rent"}).status_code == 302
    assert client.post(theirs, {"nickname": "Mine now"}).status_code == 404
    two.source.refresh_from_db()
    two.destination.refresh_from_db()
    assert (two.source.nickname, two.destination.nickname) == ("Rent", "")
