"""The pages of an application: what is asked, what is kept, what is shown to whom."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.identity import services
from accounts.identity.models import Document, Verification
from accounts.models import Customer, User
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
ROUTES = ["identity", "identity_details", "identity_photos", "identity_check", "identity_status"]


@pytest.fixture
def visitor(client: Client, customer: Customer) -> Client:
    return make.enter(client, customer.user)


def typed(**more: Any) -> dict[str, Any]:
    person = make.PERSON
    return {
        "legal_name": person.name, "number": person.number.lower(), "born_on": f"{person.born_on:%Y%m%d}",
        "expires_on": "2040-06-01", "address": person.address, "occupation": "company", "income": "to_300k", **more,
    }  # fmt: skip


def files(**more: Any) -> dict[str, Any]:
    sample = make.photos_of(make.PERSON).by_side()
    kept = {side: SimpleUploadedFile(f"{side}.jpg", jpeg, "image/jpeg") for side, jpeg in sample.items()}
    return {name: file for name, file in {**kept, **more}.items() if file is not None}


@pytest.mark.parametrize("route", [*ROUTES, "identity_take_back"])
def test_a_visitor_who_is_not_signed_in_is_led_to_sign_in(route: str, client: Client) -> None:
    answer = client.get(reverse(route))
    assert answer.status_code == 302
    assert answer.url.startswith("/auth/")


def test_the_whole_way(visitor: Client, customer: Customer, reviewer: User, now: datetime) -> None:
    assert "Start" in visitor.get(reverse("identity"), headers={"accept-language": "en"}).content.decode()
    assert not Verification.objects.exists()  # looking starts nothing
    assert visitor.post(reverse("identity_details"), typed()).url == reverse("identity_photos")
    assert visitor.post(reverse("identity_photos"), files()).url == reverse("identity_check")
    page = visitor.get(reverse("identity_check")).content.decode()
    assert make.PERSON.address in page
    assert make.PERSON.number not in page  # masked where it is only repeated
    assert "330…9026" in page
    make.watch_list(now=now)
    make.print_card(make.PERSON.name, make.PERSON.number, make.PERSON.born_on, make.PERSON.expires_on)
    assert visitor.post(reverse("identity_check"), {"consent": "on"}).url == reverse("identity_status")
    assert visitor.get(reverse("identity_status")).context["steps"][1]["state"] == "now"
    relay.drain(now=now + timedelta(hours=1))
    make.decide_now(Case.objects.get(), reviewer, now=now)
    relay.drain(now=now + timedelta(hours=1))
    assert visitor.get(reverse("identity_status")).context["verification"].state == "approved"
    assert visitor.get(reverse("identity")).url == reverse("identity_status")
    assert visitor.get(reverse("identity_details")).url == reverse("identity_status")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""), ("number", "110105491231002"), ("number", "330106199405189027"), ("number", "<script>"),
        ("number", "9" * 5000), ("number", "\x00"), ("born_on", "1994-05-19"), ("born_on", "2030-01-01"),
        ("born_on", "03/05/1994"), ("born_on", "1850-01-01"), ("born_on", "tomorrow"), ("expires_on", "2020-01-01"),
        ("expires_on", ""), ("legal_name", ""), ("legal_name", "123"), ("legal_name", "字" * 121),
        ("address", "x"), ("address", "x" * 300), ("occupation", "king"), ("income", ""),
    ],
)  # fmt: skip
def test_a_wrong_answer_gets_a_sentence_and_the_rest_is_kept(field: str, value: str, visitor: Client) -> None:
    answer = visitor.post(reverse("identity_details"), typed(**{field: value}))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert "<script>" not in answer.content.decode().split("<main")[1]
    draft = Verification.objects.get()
    assert draft.state == "draft"
    if field != "address":
        assert draft.address == make.PERSON.address
    if field != "legal_name":
        assert draft.legal_name == make.PERSON.name


def test_who_is_too_young_is_told_where_to_go(visitor: Client, now: datetime) -> None:
    child = make.born(15, now=now)
    answer = visitor.post(reverse("identity_details"), typed(number=child.number, born_on=child.born_on.isoformat()))
    assert "16" in str(answer.context["form"].errors["born_on"])


def test_a_long_term_card_needs_no_date(visitor: Client) -> None:
    assert visitor.post(reverse("identity_details"), typed(expires_on="", never_expires="on")).status_code == 302
    assert Verification.objects.get().never_expires


def test_a_form_sent_with_fields_of_the_bank_changes_only_its_own(visitor: Client, customer: Customer) -> None:
    visitor.post(
        reverse("identity_details"),
        typed(state="approved", standing="verified", customer="1", uploads="0", number_index="x", public_id="x"),
    )
    customer.refresh_from_db()
    draft = Verification.objects.get()
    assert (draft.state, draft.customer, customer.standing) == ("draft", customer, "new")


def test_good_photos_are_kept_while_a_bad_one_is_asked_again(visitor: Client) -> None:
    visitor.post(reverse("identity_details"), typed())
    bad = SimpleUploadedFile("back.jpg", b"%PDF-1.7 not a photo", "image/jpeg")
    answer = visitor.post(reverse("identity_photos"), files(back=bad))
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"back"}
    assert set(Document.objects.values_list("side", flat=True)) == {"front", "selfie"}
    assert visitor.post(reverse("identity_photos"), files(front=None, selfie=None)).status_code == 302
    assert Document.objects.count() == 3


def test_a_missing_photo_is_asked_for(visitor: Client) -> None:
    visitor.post(reverse("identity_details"), typed())
    answer = visitor.post(reverse("identity_photos"), files(front=None))
    assert set(answer.context["form"].errors) == {"front"}
    assert visitor.get(reverse("identity_check")).url == reverse("identity_photos")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("front.jpg", b""),
        ("front.jpg", b"\xff\xd8\xff" + b"0" * (10 * 2**20)),
        ("../../../x.py", b"import os"),
        ("front.jpg;touch x", b"\xff\xd8\xff"),
        ("\u202egpj.exe", b"MZ"),
        ("x" * 300 + ".jpg", b"\xff\xd8\xff\xe0 not really"),
        ("front.jpg\x00.html", b"<html>"),
    ],
)
def test_no_file_name_and_no_content_breaks_the_page(
    name: str, content: bytes, visitor: Client, photo_folder: Path
) -> None:
    visitor.post(reverse("identity_details"), typed())
    upload = io.BytesIO(content)
    upload.name = name
    answer = visitor.post(reverse("identity_photos"), {"front": upload})
    assert answer.status_code == 200
    assert "front" in answer.context["form"].errors
    assert not photo_folder.exists() or not [path for path in photo_folder.rglob("*") if path.is_file()]


def test_uploads_take_the_token_like_every_form(customer: Customer) -> None:
    strict = Client(enforce_csrf_checks=True)
    make.enter(strict, customer.user)
    assert strict.post(reverse("identity_photos"), files()).status_code == 403
    assert not Document.objects.exists()


def test_uploads_stay_in_memory_and_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.files.uploadhandler import StopUpload

    from accounts.identity.uploads import BoundedMemoryUpload

    handler = BoundedMemoryUpload(most_bytes=1000)
    handler.new_file("front", "a.jpg", "image/jpeg", None, None, None)
    for start in range(0, 4000, 500):
        assert handler.receive_data_chunk(b"x" * 500, start) is None
    assert handler.file_complete(4000).size == 1001  # one byte more than is taken: known to be too large
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x", 4000)


def test_a_photo_is_shown_to_its_owner_alone(visitor: Client, customer: Customer, now: datetime) -> None:
    make.fill_in(customer, now=now)
    own = visitor.get(reverse("identity_photo", args=["front"]))
    assert own["Content-Type"] == "image/jpeg"
    assert own["Content-Disposition"] == 'attachment; filename="front.jpg"'
    assert own["Cache-Control"] == "no-store, private"
    assert own["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in own["Content-Security-Policy"]
    other = make.enter(Client(), make.make_customer("other@example.com", now=now).user)
    assert other.get(reverse("identity_photo", args=["front"])).status_code == 404
    assert visitor.get("/identity/photos/../../x/").status_code == 404
    assert visitor.get("/identity/photos/passport/").status_code == 404


def test_without_consent_the_page_says_that_nothing_was_sent(
    visitor: Client, customer: Customer, now: datetime
) -> None:
    make.fill_in(customer, now=now)
    answer = visitor.post(reverse("identity_check"))
    assert "consent" in answer.context["form"].errors
    assert Verification.objects.get().state == "draft"


def test_a_refusal_is_explained_and_leads_to_the_next_try(
    visitor: Client, customer: Customer, reviewer: User, on_desk: Any, now: datetime
) -> None:
    make.decide_now(on_desk(customer), reviewer, "decline", now=now)
    relay.drain(now=now)
    page = visitor.get(reverse("identity_status"), headers={"accept-language": "en"})
    assert [reason.code for reason in page.context["reasons"]] == [make.REASON]
    assert page.context["may_try_again"]
    form = visitor.get(reverse("identity_details")).context["form"]
    assert form.initial["number"] == make.PERSON.number
    assert visitor.post(reverse("identity_details"), typed()).url == reverse("identity_check")


def test_taking_back_is_a_post_and_reopens_the_form(visitor: Client, customer: Customer, on_desk: Any) -> None:
    case = on_desk(customer)
    assert visitor.get(reverse("identity_take_back")).status_code == 405
    assert visitor.post(reverse("identity_take_back")).url == reverse("identity_details")
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert visitor.get(reverse("identity_details")).status_code == 200


@pytest.mark.parametrize(
    ("route", "count"), [("identity", 7), ("identity_details", 6), ("identity_photos", 7), ("identity_check", 7)]
)
def test_the_pages_ask_few_questions(
    route: str, count: int, visitor: Client, customer: Customer, now: datetime, django_assert_max_num_queries: Any
) -> None:
    make.fill_in(customer, now=now)
    visitor.get(reverse(route))
    with django_assert_max_num_queries(count):
        assert visitor.get(reverse(route)).status_code == 200


def test_pages_about_a_person_are_never_kept_by_a_cache(visitor: Client, customer: Customer, now: datetime) -> None:
    make.fill_in(customer, now=now)
    for route in ROUTES[:4]:
        assert "no-store" in visitor.get(reverse(route))["Cache-Control"]


def test_another_customers_draft_does_not_exist(visitor: Client, customer: Customer, now: datetime) -> None:
    make.fill_in(make.make_customer("other@example.com", now=now), now=now)
    assert visitor.get(reverse("identity_details")).context["form"].initial == {}
    assert visitor.get(reverse("identity_check")).url == reverse("identity_details")
    with pytest.raises(services.NothingToChange):
        services.submit(customer=customer, consented=True, now=now)
