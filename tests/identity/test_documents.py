"""Each kind of document by its own rules: 200 numbers that hold, each with a character changed that does not."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from stdnum.cn import ric

from accounts.identity import documents, mrz, services
from accounts.identity.models import Document, Verification
from accounts.identity.numbers import NumberError, Reason
from accounts.models import Customer
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as make

TODAY = date(2026, 11, 22)
# ICAO 9303, part 4, appendix B: the specimen of Utopia.
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def numbered(first_six: str, born_on: date, sequence: int) -> str:
    first = f"{first_six}{born_on:%Y%m%d}{sequence:03d}"
    return first + ric.calc_check_digit(first + "0")


REGIONS = {
    "resident_id": ("110105", "330106", "440305", "650102"),
    "region_permit": ("810000", "820000", "830000"),
    "foreign_resident": ("931840", "911392", "944826"),
}


@pytest.mark.parametrize("kind", REGIONS)
def test_two_hundred_numbers_hold_and_none_with_a_changed_digit(kind: str) -> None:
    ends = set()
    for step in range(200):
        born_on = date(2000, 2, 29) if step % 20 == 0 else date(1941, 1, 1) + timedelta(days=step * 131)
        number = numbered(REGIONS[kind][step % len(REGIONS[kind])], born_on, step + 1)
        ends.add(number[-1])
        read = documents.parse(kind, f" {number[:6]} {number[6:14]} {number[14:].lower()} ")
        assert (read.text, read.born_on, read.is_male) == (number, born_on, (step + 1) % 2 == 1)
        place = 6 + step % 11
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        with pytest.raises(NumberError):
            documents.parse(kind, wrong)
    assert "X" in ends


@pytest.mark.parametrize("kind", REGIONS)
def test_fifteen_digits_are_said_to_be_old_in_a_sentence(kind: str) -> None:
    with pytest.raises(NumberError) as refused:
        documents.parse(kind, "110105491231002")
    assert refused.value.reason is Reason.OLD
    assert "15 digits" in str(documents.KINDS[kind].errors["old"])


@pytest.mark.parametrize(
    ("kind", "first_six"),
    [
        ("region_permit", "110105"),
        ("region_permit", "840000"),
        ("resident_id", "810000"),
        ("foreign_resident", "110105"),
        ("foreign_resident", "999840"),
        ("foreign_resident", "931156"),
    ],
)
def test_a_number_of_another_kind_of_document_is_refused(kind: str, first_six: str) -> None:
    with pytest.raises(NumberError) as refused:
        documents.parse(kind, numbered(first_six, date(1990, 1, 1), 1))
    assert refused.value.reason is Reason.REGION
    assert documents.KINDS[kind].errors[refused.value.reason.value]


def why_not(kind: documents.Document, text: str) -> Reason:
    with pytest.raises(NumberError) as refused:
        kind.parse(text)
    return refused.value.reason


@pytest.mark.parametrize("text", ["", "1", "A" * 18, "一二三四五六", "110105194900310021", "@@@@@@"])
@pytest.mark.parametrize("kind", documents.KINDS.values(), ids=lambda kind: kind.code)
def test_every_reason_has_a_sentence_for_every_kind(kind: documents.Document, text: str) -> None:
    reason = why_not(kind, text)
    assert kind.errors["required" if reason is Reason.EMPTY else reason.value]


def test_the_specimen_of_the_standard_is_read() -> None:
    zone = mrz.parse(SPECIMEN, today=date(2012, 1, 1))
    assert (zone.issuer, zone.name, zone.number) == ("UTO", "ANNA MARIA ERIKSSON", "L898902C3")
    assert (zone.born_on, zone.is_male, zone.expires_on) == (date(1974, 8, 12), False, date(2012, 4, 15))


def test_every_changed_character_of_the_second_line_that_a_check_digit_covers_is_noticed() -> None:
    zone = mrz.compact(SPECIMEN)
    covered = [*range(44, 54), *range(57, 64), *range(65, 88)]
    for place in covered:
        char = zone[place]
        other = "7" if char == "<" else ("<" if char.isdigit() and char != "0" else "Q" if char != "Q" else "R")
        if mrz._VALUES[char] % 10 == mrz._VALUES[other] % 10:
            other = "5"
        with pytest.raises(mrz.ZoneError):
            mrz.parse(zone[:place] + other + zone[place + 1 :], today=TODAY)


def test_a_year_of_birth_lies_in_the_past_and_one_of_expiry_near() -> None:
    lines = mrz.write(
        issuer="GBR", surname="MILLER", given_names="ANN", number="512345678",
        born_on=date(1927, 5, 1), sex="F", expires_on=date(2031, 2, 28),
    )  # fmt: skip
    zone = mrz.parse(lines, today=TODAY)
    assert (zone.born_on, zone.expires_on) == (date(1927, 5, 1), date(2031, 2, 28))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", mrz.Reason.EMPTY),
        (SPECIMEN[:-1], mrz.Reason.SHAPE),
        (SPECIMEN.replace("P<", "V<", 1), mrz.Reason.KIND),
        (SPECIMEN.replace("ANNA", "ÅNNA"), mrz.Reason.CHARACTERS),
    ],
)
def test_what_is_no_zone_is_refused_with_a_sentence(text: str, reason: mrz.Reason) -> None:
    with pytest.raises(mrz.ZoneError) as refused:
        mrz.parse(text, today=TODAY)
    assert refused.value.reason is reason
    assert documents.ZONE_ERRORS[reason]


LINES = mrz.write(
    issuer="GBR", surname="MILLER", given_names="ANN MARY", number="512345678",
    born_on=date(1990, 5, 1), sex="F", expires_on=date(2031, 2, 28),
)  # fmt: skip
PASSPORT = {
    "legal_name": "Ann Mary Miller", "number": "512345678", "born_on": "1990-05-01", "expires_on": "2031-02-28",
    "zone": LINES, "address": "Hangzhou, Sample Road 18, Flat 301", "occupation": "company", "income": "to_300k",
}  # fmt: skip


@pytest.fixture
def visitor(client: Client, customer: Customer) -> Client:
    make.enter(client, customer.user)
    client.post(reverse("identity_document"), {"kind": "passport"})
    return client


@pytest.mark.django_db
def test_a_passport_comes_to_the_desk_with_its_lines_checked(
    visitor: Client, customer: Customer, now: datetime
) -> None:
    assert visitor.post(reverse("identity_details"), PASSPORT).status_code == 302
    draft = Verification.objects.get()
    assert (draft.issuer, draft.zone) == ("GBR", mrz.compact(LINES))
    assert b"MILLER" not in bytes(draft.zone_sealed)
    for side in ("front", "selfie"):
        services.save_photo(
            customer=customer, side=side, data=make.photos_of(make.PERSON).by_side()[side], name="a.jpg",
            declared="image/jpeg", now=now,
        )  # fmt: skip
    make.watch_list(now=now)
    first, second = LINES.split("\n")
    make.say_on_photos(front=[first, second])
    services.submit(customer=customer, consented=True, now=now)
    relay.drain(now=now)
    outcomes = dict(Case.objects.get().checks.values_list("name", "outcome"))
    assert outcomes["zone"] == outcomes["reading"] == outcomes["birth_date"] == "pass"
    assert "photo_back" not in outcomes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "512345679"), ("born_on", "1990-05-02"), ("expires_on", "2031-02-27"),
        ("legal_name", "Ann Mary Muller"), ("zone", LINES[:-1] + "9"), ("zone", ""),
    ],
)  # fmt: skip
def test_a_passport_whose_lines_disagree_is_said_at_the_field(field: str, value: str, visitor: Client) -> None:
    answer = visitor.post(reverse("identity_details"), {**PASSPORT, field: value})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors


@pytest.mark.django_db
def test_two_states_may_give_out_one_passport_number(customer: Customer, now: datetime) -> None:
    draft = services.begin(customer=customer, now=now)
    draft.seal_number("512345678", "GBR")
    british = draft.number_index
    draft.seal_number("512345678", "USA")
    assert draft.number_index != british


@pytest.mark.django_db
def test_another_document_forgets_number_and_photos_of_the_first_and_nothing_else(
    customer: Customer, now: datetime
) -> None:
    make.fill_in(customer, now=now)
    services.choose_document(customer=customer, kind="resident_id", now=now)
    assert Document.objects.count() == 3  # the same one again changes nothing
    draft = services.choose_document(customer=customer, kind="region_permit", now=now)
    assert (draft.number, draft.expires_on, draft.legal_name) == ("", None, make.PERSON.name)
    assert list(Document.objects.values_list("side", flat=True)) == ["selfie"]


@pytest.mark.django_db
def test_the_list_of_tasks_says_what_is_left_in_any_order(client: Client, customer: Customer, now: datetime) -> None:
    make.enter(client, customer.user)
    services.begin(customer=customer, now=now)
    states = [task["state"] for task in client.get(reverse("identity")).context["tasks"]]
    assert states == ["Done", "To do", "To do", "Cannot be started yet"]
    services.save_photo(
        customer=customer, side="front", data=make.photos_of(make.PERSON).front, name="a.jpg", declared="", now=now
    )
    assert client.get(reverse("identity")).context["tasks"][2]["state"] == "Begun"  # photos before details
    make.fill_in(customer, now=now)
    elsewhere = make.enter(Client(), customer.user)  # another device
    states = [task["state"] for task in elsewhere.get(reverse("identity")).context["tasks"]]
    assert states == ["Done", "Done", "Done", "To do"]
    assert elsewhere.get(reverse("identity_details")).context["form"].initial["number"] == make.PERSON.number
