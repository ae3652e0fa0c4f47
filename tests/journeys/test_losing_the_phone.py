"""Somebody lost the phone and the recovery codes: asks, waits, is back in; or the owner hears of it and stops it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access.codes import code_at, step_at
from accounts.access.models import FactorDevice
from accounts.models import Customer, User
from accounts.recovery.models import Recovery
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import access as make
from tests.factories import identity as desk
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NUMBER = "138 0001 2345"


@pytest.fixture(autouse=True)
def _ground(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cache.clear()


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, live_server: Any, settings: Any) -> Iterator[Page]:
    settings.PUBLIC_URL = live_server.url
    with browser() as chromium:
        size = PHONE if request.param == "phone" else DESK
        context = chromium.new_context(base_url=live_server.url, viewport=size, locale="en-GB")
        context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
        yield context.new_page()


@pytest.fixture
def lin(transactional_db: None) -> User:
    """A verified customer with an address, a number, an app and recovery codes."""
    user = make.person()
    now = timezone.now()
    desk.send(Customer.objects.create(user=user, created_at=now), now=now)
    relay.drain(now=timezone.now())
    _decide("identity", "enrolment@bank.example")
    make.enrol_app(user)
    make.recovery_codes(user)
    make.phone(user, NUMBER)
    mail.outbox.clear()
    return user


def _decide(subject: str, *people: str) -> None:
    for email in people:
        person = desk.make_staff(email, "reviewer", "approver")
        desk.decide_now(Case.objects.get(subject=subject), person, now=timezone.now())
    relay.drain(now=timezone.now())


def to_the_request(page: Page) -> None:
    """From the sign-in, by the number, to where the request begins or stands."""
    page.goto("/auth/login/")
    page.get_by_label("E-mail or mobile number").fill("１３８ 0001-2345")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    check_screen(page)
    page.get_by_role("link", name="I lost my device and the codes").click()
    check_screen(page)
    page.get_by_role("button", name="Begin, or see where it stands").click()


def ask(page: Page, tmp_path: Path) -> None:
    photos = desk.photos_of(desk.PERSON).by_side()
    for side in ("front", "selfie"):
        (tmp_path / f"{side}.jpg").write_bytes(photos[side])
    to_the_request(page)
    expect(page.get_by_role("heading", name="Show us who you are")).to_be_visible()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the number of your document")
    check_screen(page)
    page.get_by_label("Number of your identity document").fill(desk.PERSON.number)
    page.get_by_label("Document, the side with the photo").set_input_files(tmp_path / "front.jpg")
    page.get_by_label("Photo of your face today").set_input_files(tmp_path / "selfie.jpg")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Check and send")).to_be_visible()
    check_screen(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Your request for a new second step")).to_be_visible()
    check_screen(page)
    relay.drain(now=timezone.now())


def test_from_the_lost_phone_to_the_new_one(page: Page, lin: User, tmp_path: Path) -> None:
    ask(page, tmp_path)
    assert "/recover/stop/" in str(mail.outbox[-1].body)
    _decide("recovery", "one@bank.example", "two@bank.example")

    # Three days pass: the request is moved back in time as a whole, since a live server's clock cannot be.
    back = timedelta(hours=72, minutes=5)
    Recovery.objects.update(
        sent_at=F("sent_at") - back, ready_at=F("ready_at") - back, decided_at=F("decided_at") - back
    )
    page.context.clear_cookies(name="sessionid")
    to_the_request(page)
    check_screen(page)
    page.get_by_role("link", name="Set up the new second step").click()
    check_screen(page)
    secret = page.locator("code.reference").inner_text().replace(" ", "")
    page.get_by_label("Code the app shows now").fill(code_at(secret=secret, moment=timezone.now()))
    page.get_by_role("button", name="Replace the old with the new").click()
    expect(page.get_by_role("heading", name="Your new second step works")).to_be_visible()
    check_screen(page)

    page.get_by_role("link", name="Sign in", exact=True).last.click()
    page.get_by_label("E-mail or mobile number").fill("lin@example.com")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    device, moment = FactorDevice.objects.get(user=lin, authenticator__type="totp"), timezone.now()
    if device.last_t >= step_at(moment):
        moment += timedelta(seconds=30)  # the next code: the phone's clock may be half a minute ahead
    page.get_by_label(re.compile("Code from your authenticator app")).fill(code_at(secret=secret, moment=moment))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()
    check_screen(page)


def test_the_owner_reads_the_mail_and_stops_it(page: Page, lin: User, tmp_path: Path) -> None:
    ask(page, tmp_path)
    link = re.search(r"http\S+/recover/stop/\S+", str(mail.outbox[-1].body))
    assert link
    page.context.clear_cookies(name="sessionid")
    page.goto(link[0])
    check_screen(page)
    page.get_by_role("button", name="It was not me: stop it").click()
    expect(page.get_by_role("heading", name="It is stopped")).to_be_visible()
    check_screen(page)
    page.get_by_role("link", name="Make a new password").click()
    expect(page.get_by_role("heading", name="Make a new password")).to_be_visible()
    lin.refresh_from_db()
    assert not lin.has_usable_password()
    assert Recovery.objects.get().state == "stopped"
