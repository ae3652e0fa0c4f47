"""Filling in, sending, taking back, trying again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from accounts.identity import files, numbers, queries, services
from accounts.identity.models import Document, Verification
from accounts.identity.photos import PhotoRefused
from accounts.models import Customer, User
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews.models import Case
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
State = Verification.State


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_what_is_typed_is_kept_bit_by_bit(customer: Customer, now: datetime) -> None:
    services.save_details(customer=customer, details=services.Details(legal_name="䶮"), now=now)
    services.save_details(customer=customer, details=services.Details(address="北京市东城区"), now=now)
    draft = Verification.objects.get()
    assert (draft.legal_name, draft.address, draft.state) == ("䶮", "北京市东城区", "draft")


def test_number_address_and_photos_are_unreadable_at_rest(
    customer: Customer, now: datetime, photo_folder: Path
) -> None:
    make.fill_in(customer, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(v::text, ' ') FROM identity_verification v")
        everything = cursor.fetchone()[0]
    assert make.PERSON.number not in everything
    assert make.PERSON.number.encode().hex() not in everything
    assert make.PERSON.address not in everything
    kept = stored(photo_folder)
    assert len(kept) == 3
    for path in kept:
        assert b"\xff\xd8\xff" not in path.read_bytes()[:64]
        assert path.stat().st_mode & 0o077 == 0
        assert path.suffix == ""
    draft = Verification.objects.get()
    assert (draft.number, draft.address) == (make.PERSON.number, make.PERSON.address)
    front = Document.objects.get(side="front")
    assert files.read(front.file).startswith(b"\xff\xd8\xff")


def test_stored_names_are_made_here_and_say_nothing(customer: Customer, now: datetime, photo_folder: Path) -> None:
    """Whatever a file is called by whoever sends it, it lies under 128 random bits inside the one folder."""
    named = ["../../x.jpg", "a\x00.jpg", "x" * 300 + ".jpg", "a\u202egpj.jpg", "/etc/passwd.jpg", "C:\\con.jpg"]
    jpeg = make.photos_of(make.PERSON).front
    kept = set()
    for name in named:
        made = services.save_photo(customer=customer, side="front", data=jpeg, name=name, declared="", now=now)
        assert re.fullmatch(r"identity/[0-9a-f]{2}/[0-9a-f]{32}", made.file)
        kept.add(made.file)
    assert len(kept) == len(named)
    assert all(path.resolve().is_relative_to(photo_folder.resolve() / "identity") for path in stored(photo_folder))


def test_a_sealed_file_opens_under_its_own_name_only(customer: Customer, now: datetime, photo_folder: Path) -> None:
    make.fill_in(customer, now=now)
    one, two = Document.objects.order_by("id")[:2]
    (photo_folder / one.file).write_bytes((photo_folder / two.file).read_bytes())
    with pytest.raises(files.FileGone):
        files.read(one.file)


def test_a_replaced_photo_is_deleted(
    customer: Customer, now: datetime, photo_folder: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    make.fill_in(customer, now=now)
    first = Document.objects.get(side="front").file
    with django_capture_on_commit_callbacks(execute=True):
        services.save_photo(
            customer=customer, side="front", data=make.photos_of(make.PERSON).back, name="b.jpg", declared="", now=now
        )
    assert not (photo_folder / first).exists()
    assert len(stored(photo_folder)) == 3


def test_a_refused_photo_leaves_nothing_but_counts(customer: Customer, now: datetime, photo_folder: Path) -> None:
    with pytest.raises(PhotoRefused):
        services.save_photo(customer=customer, side="front", data=b"%PDF", name="a.jpg", declared="", now=now)
    assert stored(photo_folder) == []
    assert not Document.objects.exists()
    assert Verification.objects.get().uploads == 1


def test_the_twenty_first_photo_is_refused(customer: Customer, now: datetime, photo_folder: Path) -> None:
    make.fill_in(customer, now=now)
    Verification.objects.update(uploads=19)
    jpeg = make.photos_of(make.PERSON).front
    services.save_photo(customer=customer, side="front", data=jpeg, name="a.jpg", declared="", now=now)
    before = len(stored(photo_folder))
    with pytest.raises(services.TooManyPhotos):
        services.save_photo(customer=customer, side="front", data=jpeg, name="a.jpg", declared="", now=now)
    assert len(stored(photo_folder)) == before


def test_a_file_is_not_left_behind_when_its_row_cannot_be_kept(
    customer: Customer, now: datetime, photo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(services, "_put", broken)
    with pytest.raises(RuntimeError):
        make.fill_in(customer, now=now)
    assert stored(photo_folder) == []


@pytest.mark.parametrize(
    "lacking", ["legal_name", "number_index", "born_on", "address_sealed", "occupation", "income", "back"]
)
def test_an_incomplete_application_is_not_sent(lacking: str, customer: Customer, now: datetime) -> None:
    draft = make.fill_in(customer, now=now)
    if lacking == "back":
        Document.objects.filter(side="back").delete()
    else:
        empty = {"born_on": None, "address_sealed": b""}.get(lacking, "")
        Verification.objects.filter(pk=draft.pk).update(**{lacking: empty})
    with pytest.raises(services.Incomplete) as refused:
        services.submit(customer=customer, consented=True, now=now)
    assert refused.value.missing == [lacking]
    assert Verification.objects.get().state == "draft"
    assert not FactRecord.objects.exists()


def test_without_consent_nothing_is_sent(customer: Customer, now: datetime) -> None:
    make.fill_in(customer, now=now)
    with pytest.raises(services.ConsentMissing):
        services.submit(customer=customer, consented=False, now=now)
    assert Verification.objects.get().state == "draft"


def test_sending_twice_sends_once(customer: Customer, now: datetime) -> None:
    first = make.send(customer, now=now)
    again = services.submit(customer=customer, consented=True, now=now + timedelta(minutes=1))
    assert again.pk == first.pk
    assert (again.submitted_at, again.promised_by) == (now, now + timedelta(hours=24))
    assert FactRecord.objects.filter(kind=services.SUBMITTED).count() == 1
    with pytest.raises(services.NothingToChange):
        services.begin(customer=customer, now=now)


def test_the_checks_put_a_case_on_the_desk_once(customer: Customer, now: datetime) -> None:
    from accounts.identity import handlers
    from core.outbox import Fact

    verification = make.send(customer, now=now)
    fact = Fact(1, services.SUBMITTED, {"verification": str(verification.public_id)}, "", now, now)
    handlers.check(fact)
    handlers.check(fact)
    case = Case.objects.get()
    assert (case.title, case.opened_by) == (make.PERSON.name, customer.user)
    assert {check.outcome for check in case.checks.all()} == {"pass"}
    assert case.checks.count() == 13
    assert Verification.objects.get().state == "in_review"


def on_desk_with(customer: Customer, now: datetime, **details: object) -> Case:
    verification = make.send(customer, now=now, **details)
    relay.drain(now=now)
    return Case.objects.get(subject_id=str(verification.public_id))


@pytest.mark.parametrize(
    ("years", "outcome", "approvals"),
    [(15, "fail", 1), (16, "warn", 2), (17, "warn", 2), (18, "pass", 1), (70, "pass", 1), (71, "warn", 2)],
)
def test_age_decides_how_many_look(years: int, outcome: str, approvals: int, customer: Customer, now: datetime) -> None:
    case = on_desk_with(customer, now, person=make.born(years, now=now))
    assert case.checks.get(name="age").outcome == outcome
    assert case.frozen_rule.approvals == approvals


def test_a_number_another_customer_sent_asks_for_two_and_one_verified_stops_it(
    customer: Customer, reviewer: User, approver: User, now: datetime
) -> None:
    other = make.make_customer("other@example.com", now=now)
    first = on_desk_with(customer, now)
    second = on_desk_with(other, now)
    assert second.checks.get(name="duplicate").outcome == "warn"
    make.decide_now(first, reviewer, now=now)
    relay.drain(now=now)
    third = on_desk_with(make.make_customer("third@example.com", now=now), now)
    assert third.checks.get(name="duplicate").outcome == "fail"
    # and what was only doubtful before cannot be approved any more
    from core.reviews import errors

    with pytest.raises(errors.Objection):
        make.decide_now(second, approver, now=now)


def test_a_photo_that_is_gone_is_said_and_two_look(customer: Customer, now: datetime, photo_folder: Path) -> None:
    make.send(customer, now=now)
    (photo_folder / Document.objects.get(side="back").file).unlink()
    relay.drain(now=now)
    case = Case.objects.get()
    assert case.checks.get(name="photo_back").outcome == "could_not_run"
    assert case.frozen_rule.why[0] == "photo_back"


def test_the_same_picture_twice_is_noticed(customer: Customer, now: datetime) -> None:
    make.fill_in(customer, now=now)
    services.save_photo(
        customer=customer, side="back", data=make.photos_of(make.PERSON).front, name="a.jpg", declared="", now=now
    )
    services.submit(customer=customer, consented=True, now=now)
    relay.drain(now=now)
    assert Case.objects.get().checks.get(name="photos_differ").outcome == "warn"


def test_a_document_that_runs_out_soon_asks_for_two(customer: Customer, now: datetime) -> None:
    case = on_desk_with(customer, now, expires_on=now.date() + timedelta(days=3))
    assert case.checks.get(name="expiry").outcome == "warn"


def test_after_a_refusal_a_new_try_starts_from_what_was_sent(
    customer: Customer, reviewer: User, now: datetime, photo_folder: Path
) -> None:
    case = on_desk_with(customer, now)
    make.decide_now(case, reviewer, "decline", now=now)
    relay.drain(now=now)
    old = Verification.objects.get()
    assert (old.state, old.decline_reasons) == ("declined", [make.REASON])
    new = services.begin(customer=customer, now=now)
    assert new.pk != old.pk
    assert (new.legal_name, new.number, new.address) == (old.legal_name, old.number, old.address)
    kept = queries.documents_of(new)
    assert set(kept) == {"front", "back", "selfie"}
    assert {d.file for d in kept.values()}.isdisjoint(d.file for d in queries.documents_of(old).values())
    services.save_details(customer=customer, details=services.Details(legal_name="林晓荷"), now=now)
    again = services.submit(customer=customer, consented=True, now=now)
    relay.drain(now=now)
    assert Case.objects.get(subject_id=str(again.public_id)).title == "林晓荷"
    old.refresh_from_db()
    assert old.legal_name == make.PERSON.name
    assert len(stored(photo_folder)) == 6


def test_an_application_is_taken_back_and_corrected(customer: Customer, now: datetime) -> None:
    case = on_desk_with(customer, now)
    draft = services.take_back(customer=customer, now=now)
    case.refresh_from_db()
    assert (case.state, draft.state) == ("withdrawn", "draft")
    assert services.take_back(customer=customer, now=now).pk == draft.pk
    assert Verification.objects.filter(state="withdrawn").count() == 1


def test_what_is_decided_is_not_taken_back(customer: Customer, reviewer: User, now: datetime) -> None:
    case = on_desk_with(customer, now)
    make.decide_now(case, reviewer, now=now)  # the worker has not heard of it yet
    with pytest.raises(services.TooLate):
        services.take_back(customer=customer, now=now)
    assert Verification.objects.get().state == "in_review"


def test_who_is_verified_has_nothing_to_do(customer: Customer, now: datetime) -> None:
    Customer.objects.update(standing="verified")
    for act in (
        lambda: services.begin(customer=customer, now=now),
        lambda: services.submit(customer=customer, consented=True, now=now),
        lambda: services.save_details(customer=customer, details=services.Details(), now=now),
    ):
        with pytest.raises(services.AlreadyVerified):
            act()
    assert not Verification.objects.exists()


@pytest.mark.parametrize(
    "name", ["䶮㛃", "𬎆", "阿卜杜拉·买买提", "阿卜杜拉•买买提", "Ana María de la Cruz y Ñandú", "字" * 60]
)
def test_every_character_of_a_name_survives(name: str, customer: Customer, reviewer: User, now: datetime) -> None:
    case = on_desk_with(customer, now, legal_name=name)
    make.decide_now(case, reviewer, now=now)
    relay.drain(now=now)
    customer.refresh_from_db()
    assert customer.legal_name == name
    assert numbers.parse(Verification.objects.get().number).text == make.PERSON.number
