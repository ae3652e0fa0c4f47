"""The same corpus into pages that stand only in the middle of something: a sent code, a lost phone, an invitation, a
new address, a second factor. Each text meets the page as the first one did: what it does is undone."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.access import sentcodes
from accounts.models import Customer, User
from accounts.staff import services as staff
from core.reviews.models import Case
from tests.factories import access
from tests.factories import identity as desk
from tests.hostile.test_every_field import BANKS_OWN, MARKUP, OURS, forms_of, lines, said_by_the_bank
from tests.recovery.conftest import ask, decide, drain, evidence, to_second_step

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CODE = 271828
INVITED = "LB2001"
EVERY = 25  # of the list of naughty strings; the bank's own all


@dataclass
class Visit:
    """Somebody in the middle of something, and the page they stand on."""

    client: Client
    page: str


@pytest.fixture(autouse=True)
def _ground(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(sentcodes.secrets, "randbelow", lambda _: CODE)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock(now: Any) -> Iterator[Any]:
    with time_machine.travel(now + timedelta(seconds=15), tick=False) as moving:
        yield moving


@pytest.fixture(scope="module")
def strings(real_data: Path) -> list[str]:
    listed = json.loads((real_data / "security" / "blns.json").read_text())
    marked = [text for text in listed if MARKUP.search(text)]
    return [*listed[::EVERY], *marked[::10], *OURS]


def verified_owner() -> User:
    """Somebody whose identity people have looked at, with an app they have lost."""
    user = access.person()
    customer = Customer.objects.create(user=user, created_at=timezone.now())
    desk.send(customer, now=timezone.now())
    drain()
    desk.decide_now(
        Case.objects.get(subject="identity"),
        desk.make_staff("first@bank.example", "reviewer", "approver"),
        now=timezone.now(),
    )
    drain()
    access.enrol_app(user)
    access.phone(user)
    return user


def registering(client: Client, _clock: Any) -> str:
    said = {"contact": "new@example.com", "password1": "seven herons over the paddy", "language": "en"}
    client.post(reverse("account_signup"), said)
    return reverse("account_email_verification_sent")


def resetting(client: Client, _clock: Any) -> str:
    client.post(reverse("account_reset_password"), {"contact": access.customer().user.email})  # type: ignore[union-attr]
    return reverse("account_confirm_password_reset_code")


def choosing_a_password(client: Client, clock: Any) -> str:
    client.post(resetting(client, clock), {"code": f"{CODE:06d}"})
    return reverse("account_complete_password_reset")


def second_step(client: Client, _clock: Any) -> str:
    access.enrol_app(access.customer().user)  # type: ignore[arg-type]
    to_second_step(client)
    return reverse("mfa_authenticate")


def with_both_steps(client: Client) -> User:
    user = access.customer().user
    assert user is not None
    access.enrol_app(user)
    access.phone(user)
    to_second_step(client)
    client.post(reverse("mfa_authenticate"), {"code": access.app_code(timezone.now())})
    return user


def proved(client: Client, clock: Any) -> None:
    with_both_steps(client)
    clock.shift(30)
    client.post(reverse("mfa_reauthenticate"), {"code": access.app_code(timezone.now())})


def new_address(client: Client, clock: Any) -> str:
    proved(client, clock)
    return reverse("change_email")


def new_number(client: Client, clock: Any) -> str:
    proved(client, clock)
    return reverse("change_phone")


def code_to_the_new_place(client: Client, clock: Any) -> str:
    proved(client, clock)
    client.post(reverse("change_email"), {"contact": "moved@example.com"})
    return reverse("confirm_contact_change")


def new_password(client: Client, clock: Any) -> str:
    proved(client, clock)
    return reverse("account_change_password")


def lost_phone_evidence(client: Client, _clock: Any) -> str:
    verified_owner()
    to_second_step(client)
    client.post(reverse("recover_begin"))
    return reverse("recover_evidence")


def lost_phone_new_app(client: Client, clock: Any) -> str:
    verified_owner()
    ask(client)
    decide([desk.make_staff("one@bank.example", "reviewer"), desk.make_staff("two@bank.example", "approver")])
    clock.shift(73 * 3600)
    to_second_step(client)
    client.post(reverse("recover_begin"))
    return reverse("recover_factor")


def invitation(client: Client, _clock: Any) -> str:
    administrator = desk.make_staff("administrator@bank.example", "administrator")
    made = staff.invite(
        email="wei@bank.example", full_name="何伟", employee_number=INVITED, reason="new at the counter", roles=(),
        actor=administrator, now=timezone.now(),
    )  # fmt: skip
    token = staff.new_token(invitation_id=made.pk, now=timezone.now())
    assert token is not None
    client.get(reverse("staff_welcome", args=[token]))
    return reverse("staff_join")


def new_app(client: Client, _clock: Any) -> str:
    client.force_login(access.customer().user)  # type: ignore[arg-type]
    return reverse("mfa_activate_totp")


JOURNEYS: dict[str, Callable[[Client, Any], str]] = {
    "the code of a registration": registering,
    "the code for a new password": resetting,
    "a new password": choosing_a_password,
    "the second step": second_step,
    "a new address": new_address,
    "a new number": new_number,
    "the code to the new address": code_to_the_new_place,
    "another password": new_password,
    "a lost phone: who one is": lost_phone_evidence,
    "a lost phone: the new app": lost_phone_new_app,
    "an invitation": invitation,
}


def standing() -> list[Any]:
    """What the bank says, but for the account that an invitation opens: that is what its page is for."""
    people, *rest = said_by_the_bank()
    return [[row for row in people if row[4] != INVITED], *rest]


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Undo what a text did: in the database, where sessions stand too, in the cache and in the browser's cookies."""
    jar = SimpleCookie(client.cookies.output(header=""))
    cache.clear()
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
    client.cookies = jar


@pytest.fixture(params=JOURNEYS.values(), ids=JOURNEYS)
def visit(request: Any, client: Client, clock: Any) -> Visit:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Visit(client, request.param(client, clock))


def test_no_text_breaks_the_page_or_comes_back_as_markup(visit: Visit, strings: list[str]) -> None:
    forms = forms_of(visit.client, visit.page)
    assert forms, f"{visit.page} shows no form to try"
    before, people = lines(), standing()
    for form in forms:
        for text in strings:
            with undone(visit.client):
                data = {**form.fields, **dict.fromkeys(form.typed, text)}
                answer = visit.client.post(form.action or visit.page, data)
                assert answer.status_code < 500, f"{visit.page} answered {answer.status_code} to {text!r}"
                if MARKUP.search(text):
                    assert text not in answer.content.decode(errors="replace"), f"{visit.page} handed back {text!r}"
                assert (lines(), standing()) == (before, people)


def test_no_parameter_and_no_added_field_changes_anything(visit: Visit) -> None:
    """Absurd parameters in the address, the bank's own names beside the fields, broken bytes, each thing twice."""
    before = standing()
    form = forms_of(visit.client, visit.page)[0]
    wrong = {**form.fields, **dict.fromkeys(form.typed, "nothing that is right")}
    for text in OURS:
        with undone(visit.client):
            answer = visit.client.get(f"{visit.page}?{urlencode(dict.fromkeys(['next', 'process', 'key', 'q'], text))}")
            assert answer.status_code < 500, f"{visit.page} answered {answer.status_code} to {text!r}"
    bodies = [
        urlencode({**dict.fromkeys(BANKS_OWN, "1"), **wrong}).encode(),
        urlencode([*wrong.items(), *wrong.items()]).encode(),
        b"&".join(name.encode() + b"=%ff%fe%ed%a0%80" for name in form.typed),
        b"&".join(name.encode() + b"[]=1&" + name.encode() + b"[x]=2" for name in form.typed),
        b"x" * 100_000,
    ]
    for body in bodies:
        with undone(visit.client):
            answer = visit.client.post(visit.page, body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code < 500, f"{visit.page} answered {answer.status_code} to {body[:40]!r}"
            assert standing() == before
            assert not User.objects.filter(employee_number=INVITED, is_superuser=True).exists()


@pytest.mark.parametrize("token", [*[text for text in OURS if text.strip("/.")], "made-up", "a:b:c"], ids=repr)
@pytest.mark.parametrize("route", ["recover_stop", "staff_welcome", "not_me"])
def test_no_made_up_token_opens_anything_or_breaks_the_page(route: str, token: str, client: Client) -> None:
    before = said_by_the_bank()
    try:
        address = reverse(route, args=[token])
    except NoReverseMatch:
        return
    for send in (client.get, client.post):
        assert send(address).status_code < 500
    assert client.post(reverse("staff_join"), {"password": "nine slow boats past the old bridge"}).status_code == 410
    assert said_by_the_bank() == before


def test_a_file_that_is_none_and_a_hostile_name_go_no_further(client: Client, clock: Any) -> None:
    """The photos of a lost phone are judged as those of an application are."""
    page = lost_phone_evidence(client, clock)
    for name in ("../../x.jpg", "a\r\nX: y.jpg", "x" * 300 + ".jpg", "a\u202egpj.exe", ""):
        with undone(client):
            file = io.BytesIO(b"<html><script>alert(1)</script>")
            file.name = name
            answer = client.post(page, {**evidence(), "document": file})
            assert answer.status_code < 500
            assert b"<script>alert(1)</script>" not in answer.content
