"""Being told of a new device: the owner hears of it, locks the access, and two colleagues open it again."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.access.codes import code_at, step_at
from accounts.access.models import FactorDevice
from accounts.models import Customer, User
from accounts.roles import Role
from core.outbox import relay
from tests.factories import access as make
from tests.factories import identity as desk
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _ground(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cache.clear()


@pytest.fixture
def lin(transactional_db: None) -> User:
    user = make.person()
    Customer.objects.create(user=user, legal_name="林一", standing="verified", created_at=timezone.now())
    make.enrol_app(user)
    mail.outbox.clear()
    return user


@pytest.fixture
def chromium(live_server: Any, settings: Any) -> Iterator[Browser]:
    settings.PUBLIC_URL = live_server.url
    with browser() as running:
        yield running


def opened(chromium: Browser, live_server: Any, size: Any, **more: Any) -> Page:
    context = chromium.new_context(base_url=live_server.url, viewport=size, locale="en-GB", **more)
    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def sign_in(page: Page, lin: User) -> None:
    page.goto("/auth/login/")
    page.get_by_label("E-mail or mobile number").fill("lin@example.com")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    device, moment = FactorDevice.objects.get(user=lin, authenticator__type="totp"), timezone.now()
    while device.last_t >= step_at(moment):
        moment += timedelta(seconds=30)
    FactorDevice.objects.filter(pk=device.pk).update(last_t=step_at(moment) - 1)
    page.get_by_label(re.compile("Code from your authenticator app")).fill(
        code_at(secret=make.SECRET, moment=timezone.now())
    )
    FactorDevice.objects.filter(pk=device.pk).update(last_t=0)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("banner")).to_be_visible()
    page.goto("/security/sessions/")
    expect(page.get_by_role("heading", name="Devices and sessions")).to_be_visible()


def approve_at_the_desk(chromium: Browser, live_server: Any, colleague: User) -> None:
    """A colleague takes the one case that waits, reads what to do first, and approves it with the keyboard."""
    page = opened(chromium, live_server, DESK)
    key = desk.enter(Client(), colleague).session.session_key
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": str(key), "url": live_server.url}])
    page.goto("/admin/reviews/case/")
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.get_by_text("Locked access").first).to_be_visible()
    expect(page.get_by_text(re.compile("Call the customer at the number"))).to_be_visible()
    expect(page.get_by_text("Chrome on Android").first).to_be_visible()
    check_screen(page)
    page.keyboard.press("a")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    check_screen(page)
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_owner_is_told_locks_the_access_and_colleagues_open_it(
    chromium: Browser, live_server: Any, lin: User, size: Any
) -> None:
    own = opened(chromium, live_server, size)
    sign_in(own, lin)
    thief = opened(chromium, live_server, PHONE, user_agent=ANDROID)
    sign_in(thief, lin)
    relay.drain(now=timezone.now())
    assert any("Chrome on Android" in str(letter.body) for letter in mail.outbox)

    own.goto("/security/sessions/")
    expect(own.get_by_role("heading", name="Chrome on Android")).to_be_visible()
    check_screen(own)
    own.get_by_role("link", name="Name or remove it Chrome on Android").click()
    expect(own.get_by_role("button", name="Remove and sign out")).to_be_visible()
    check_screen(own)

    own.goto("/messages/")
    own.get_by_role("button", name=re.compile("You signed in with a new device")).first.click()
    expect(own.get_by_text("Chrome on Android").first).to_be_visible()
    check_screen(own)
    own.get_by_role("button", name=re.compile("lock my access", re.IGNORECASE)).click()
    expect(own.get_by_role("heading", name=re.compile("Your access is locked"))).to_be_visible()
    check_screen(own)

    thief.goto("/accounts/")
    expect(thief.get_by_role("button", name="Sign in", exact=True)).to_be_visible()

    for email, role in (("one@bank.example", Role.REVIEWER), ("two@bank.example", Role.APPROVER)):
        assert not User.objects.get(pk=lin.pk).is_active
        approve_at_the_desk(chromium, live_server, desk.make_staff(email, role.value))
    relay.drain(now=timezone.now())
    lin.refresh_from_db()
    assert lin.is_active
