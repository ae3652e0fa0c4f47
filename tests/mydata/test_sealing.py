"""Sealing everything anew under a newer key, while people work."""

import ast
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import BinaryField

from accounts import sealing, vault
from accounts.access import factors
from accounts.identity import files as photos
from accounts.identity.models import Document, Verification
from accounts.models import User
from core.audit.models import Row
from tests import addresses
from tests.factories import access
from tests.factories import identity as desk
from tests.factories import mydata as make

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("core", "ledger", "accounts", "products", "payments", "loans", "analytics", "portal")
OLD = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEW = "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
# Bytes that are not sealed: random numbers and digests.
NOT_SEALED = {
    "access.StepUp.nonce",
    "access.StepUp.digest",
    "crossborder.Message.content",  # what went to correspondent banks, as it was signed
    "audit.Seal.row_digest",
    "ledger.Entry.fingerprint",
    "audit.Seal.digest",
    # What went to and came from other banks, as it was signed: names and numbers stand in the books as well.
    "clearing.Batch.content",
    "clearing.InboundFile.content",
}


def rotate(**options: Any) -> str:
    out = io.StringIO()
    call_command("rotate_field_keys", stdout=out, **options)
    return out.getvalue()


def census() -> Counter[str]:
    found: Counter[str] = Counter()
    for place in sealing.places():
        found += place.census()
    return found


def somebody(now: datetime) -> Verification:
    """A person with everything that is sealed."""
    customer = desk.make_customer(now=now)
    verification = desk.fill_in(customer, now=now)
    assert customer.user is not None
    access.enrol_app(customer.user)
    access.recovery_codes(customer.user)
    access.phone(customer.user)
    store = SessionStore()
    store["held"] = "what was typed"
    store.create()
    return verification


def test_every_column_of_bytes_is_registered_or_declared_as_not_sealed() -> None:
    registered = {field for place in sealing.places() for field in place.fields}
    columns = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField)
    }
    assert sorted(columns - registered - NOT_SEALED) == [], "name it in the room's sealed.py (accounts.sealing)"
    assert sorted(NOT_SEALED - columns) == []
    assert not NOT_SEALED & registered


def test_every_module_that_seals_is_named_by_a_registered_place() -> None:
    named = {module for place in sealing.places() for module in place.sealed_by}
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and (node.func.value.id, node.func.attr) in {("vault", "encrypt"), ("doors", "seal")}
                ):
                    found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    looks_only = {"portal.checks"}  # seals nothing to see whether the key is there
    assert sorted(found - named - looks_only) == [], "name it in the `sealed_by` of a place (accounts.sealing)"
    assert sorted(named - found) == []


def test_the_names_of_places_are_unique_and_their_models_exist() -> None:
    names = [place.name for place in sealing.places()]
    assert len(names) == len(set(names))
    for place in sealing.places():
        for field in place.fields:
            app, model, column = field.split(".")
            apps.get_model(app, model)._meta.get_field(column)


@pytest.mark.django_db(transaction=True)
def test_everything_is_sealed_anew_and_reads_as_before(now: datetime, settings: Any) -> None:
    verification = somebody(now)
    number, address = verification.number, verification.address
    pictures = {document.file: photos.read(document.file) for document in Document.objects.all()}
    session = Session.objects.latest("expire_date")
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    before = census()
    assert set(before) == {"k1"}
    assert before["k1"] >= 9
    settings.FIELD_KEYS = [NEW, OLD]
    assert census() == before
    rotate(batch=1)
    assert set(census()) == {"k2"}
    assert census()["k2"] == before["k1"]
    settings.FIELD_KEYS = [NEW]
    verification.refresh_from_db()
    assert (verification.number, verification.address) == (number, address)
    assert {name: photos.read(name) for name in pictures} == pictures
    assert SessionStore(session.session_key)["held"] == "what was typed"
    user = User.objects.get(pk=verification.customer.user_id)
    assert user.phone is not None
    assert user.phone.value == "+8613800012345"
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes
    assert factors.verify_code(user=user, code=access.app_code(now), now=now).device is not None
    assert Row.objects.filter(act="accounts.field_keys_rotated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_run_finds_nothing_to_do_and_says_so(now: datetime, settings: Any) -> None:
    somebody(now)
    settings.FIELD_KEYS = [NEW, OLD]
    rotate()
    assert "\n0 values sealed anew" in rotate()
    assert "Everything is sealed under the newest key" in rotate(status=True)


@pytest.mark.django_db(transaction=True)
def test_status_counts_what_remains_under_each_key_and_changes_nothing(now: datetime, settings: Any) -> None:
    somebody(now)
    settings.FIELD_KEYS = [NEW, OLD]
    said = rotate(status=True)
    assert "Still under another key: k1: " in said
    assert set(census()) == {"k1"}
    settings.FIELD_KEYS = [NEW]
    assert "this key is not among PORTAL_FIELD_KEYS" in rotate(status=True)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_opened_is_counted_and_left_alone(now: datetime, settings: Any) -> None:
    verification = somebody(now)
    damaged = bytearray(verification.number_sealed)
    damaged[-1] ^= 1
    Verification.objects.filter(pk=verification.pk).update(number_sealed=bytes(damaged))
    settings.FIELD_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 values cannot be opened"):
        rotate()
    verification.refresh_from_db()
    assert bytes(verification.number_sealed) == bytes(damaged)
    assert census()["k1"] == 1


@pytest.mark.django_db(transaction=True)
def test_what_somebody_writes_between_reading_and_writing_a_batch_wins(
    now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = somebody(now)
    settings.FIELD_KEYS = [NEW, OLD]
    place = next(one for one in sealing.places() if one.name == "identity.Verification.address_sealed")
    original = vault.reseal

    def slowly(sealed: bytes, purpose: str) -> bytes:
        fresh = original(sealed, purpose)
        moved = Verification.objects.get(pk=verification.pk)
        moved.seal_address("a new home")
        moved.save(update_fields=["address_sealed"])
        return fresh

    monkeypatch.setattr(vault, "reseal", slowly)
    step = place.step(after=None, limit=10)
    assert (step.seen, step.resealed, step.lost) == (1, 0, 0)
    verification.refresh_from_db()
    assert verification.address == "a new home"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_notice_nothing_of_a_rotation(now: datetime, settings: Any) -> None:
    people = []
    for number in range(30):
        user = desk.make_user(f"p{number}@example.com")
        access.phone(user, f"1380001{number:04d}")
        people.append(user.pk)
    settings.FIELD_KEYS = [NEW, OLD]
    stop, faults, rounds = threading.Event(), list[str](), Counter[str]()

    def write() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            pk = people[turn % len(people)]
            user = User.objects.get(pk=pk)
            user.keep_phone(access.contacts.phone(f"139{turn % 10_000:04d}{pk % 10_000:04d}"))
            user.save()
            kept = User.objects.get(pk=pk)
            if kept.phone is None or kept.phone.value != f"+86139{turn % 10_000:04d}{pk % 10_000:04d}":
                faults.append(f"{pk} lost what was written")
            rounds["written"] += 1
        connection.close()

    def read() -> None:
        while not stop.is_set():
            for user in User.objects.filter(pk__in=people):
                try:
                    if user.phone is None:
                        faults.append(f"{user.pk} has no number")
                except vault.Unreadable as error:
                    faults.append(f"{user.pk} {error}")
            rounds["read"] += 1
        connection.close()

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    try:
        while min(rounds["written"], rounds["read"]) < 3:
            time.sleep(0.01)
        for _turn in range(3):
            rotate(batch=5)
            settings.FIELD_KEYS = list(reversed(settings.FIELD_KEYS))
        settings.FIELD_KEYS = [NEW, OLD]
        rotate(batch=5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    rotate()
    assert set(census()) == {"k2"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(now: datetime, settings: Any) -> None:
    base = desk.make_user("many@example.com")
    from accounts import contacts
    from accounts.models import PastContact

    PastContact.objects.bulk_create(
        PastContact(user=base, kind="phone", replaced_at=now, sealed=contacts.phone("13800012345").seal())
        for _number in range(3000)
    )
    address = addresses.of_test_database()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": address,
        "PORTAL_FIELD_KEYS": f"{NEW},{OLD}",
    }
    place = next(one for one in sealing.places() if one.name == "accounts.PastContact.sealed")
    running = subprocess.Popen(
        [sys.executable, "manage.py", "rotate_field_keys", "--batch", "5"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        limit = time.monotonic() + 60
        while place.census()["k2"] == 0 and time.monotonic() < limit and running.poll() is None:
            time.sleep(0.01)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    half = place.census()
    assert half["k2"] > 0
    assert half["k1"] + half["k2"] == 3000
    settings.FIELD_KEYS = [NEW, OLD]
    assert all(one.contact.value == "+8613800012345" for one in PastContact.objects.all())
    rotate()
    assert place.census() == Counter({"k2": 3000})


@pytest.mark.django_db(transaction=True)
def test_files_of_copies_are_sealed_anew_too(now: datetime, settings: Any) -> None:
    from accounts.mydata import exporting, files
    from accounts.mydata.models import ExportFile

    life = make.lived_in(now=now)
    exporting.make(public_id=make.asked(life.customer, now=now).public_id, now=now)
    settings.FIELD_KEYS = [NEW, OLD]
    rotate()
    settings.FIELD_KEYS = [NEW]
    for file in ExportFile.objects.all():
        assert files.read(file.file)
