"""Lin wants to see what the bank knows: reads the page, asks for a copy, waits, downloads, and takes a consent back."""

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.access.codes import code_at, step_at
from accounts.access.models import FactorDevice
from accounts.models import Customer
from accounts.mydata import consents
from accounts.mydata.models import Export
from core.outbox import relay
from tests.factories import mydata as make
from tests.factories import payments as money
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def _beside_the_browser(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """The browser's driver runs a loop in this thread; the test asks the database between its steps, not inside it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, live_server: object) -> Iterator[Page]:
    with browser() as chromium:
        dark = "dark" if request.param == "desk" else "light"
        size = PHONE if request.param == "phone" else DESK
        yield chromium.new_context(viewport=size, locale="en-GB", color_scheme=dark).new_page()


def sign_in(page: Page, who: Customer, address: str) -> None:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address},
            {"name": "django_language", "value": "en", "url": address},
        ]
    )


def code_for(who: Customer) -> str:
    """The code the app shows now; the one after it when this one was used already."""
    device, now = FactorDevice.objects.exclude(authenticator__type="recovery_codes").get(user=who.user), timezone.now()
    if device.last_t >= step_at(now):
        now += timedelta(seconds=30)
    return code_at(secret=money.SECRET, moment=now)


def test_from_the_list_of_what_is_kept_to_the_files_of_a_copy(page: Page, live_server: object, now: datetime) -> None:
    address = live_server.url  # type: ignore[attr-defined]
    life = make.lived_in(now=now, memo="Rent for November")
    sign_in(page, life.customer, address)

    # 1. From "Me" to everything that is kept; a group opens and says what for, on what ground, how long.
    page.goto(f"{address}/me/")
    page.get_by_role("link", name="My data").click()
    check_screen(page)
    page.get_by_text("Transfers and payees").click()
    expect(page.get_by_text("Rent for November", exact=True)).to_be_visible()
    expect(page.locator("#payments")).to_contain_text("Legal basis")
    check_screen(page)
    assert money.SECRET not in page.content()

    # 2. A copy takes a code; a wrong one makes nothing.
    page.get_by_role("link", name="Download a copy").click()
    check_screen(page)
    page.get_by_label("Code from your authenticator app").fill("000000")
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not Export.objects.exists()
    FactorDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    page.goto(f"{address}/me/data/copies/")
    page.get_by_label("Code from your authenticator app").fill(code_for(life.customer))
    page.get_by_role("button", name="Make the copy").dblclick(no_wait_after=True)

    # 3. It is being prepared; the page follows by itself until the worker is done.
    expect(page.get_by_role("heading", name="Your copy is being prepared")).to_be_visible()
    check_screen(page)
    relay.drain(now=timezone.now())
    expect(page.get_by_role("heading", name="Your copy is ready")).to_be_visible(timeout=30_000)
    check_screen(page)
    assert Export.objects.count() == 1

    # 4. Both files are the person's: one to read, one for programs.
    with page.expect_download() as pdf:
        page.get_by_role("link", name="To read (PDF)").click()
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(Path(pdf.value.path()).read_bytes())).pages)
    assert "Rent for November" in text
    with page.expect_download() as program:
        page.get_by_role("link", name="For other programs (JSON)").click()
    assert json.loads(Path(program.value.path()).read_text())["customer"] == str(life.customer.public_id)

    # 5. A consent is given on a page of its own and taken back with fewer presses.
    page.goto(f"{address}/me/data/consents/")
    check_screen(page)
    page.get_by_role("link", name="Tell me about offers").click()
    check_screen(page)
    page.get_by_role("button", name="Allow this").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick the box if you agree")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Allow this").click()
    expect(page.get_by_text("Allowed since")).to_be_visible()
    assert consents.given(customer=life.customer, purpose="offers", on=timezone.now())
    page.get_by_role("link", name="Tell me about offers").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("From now on we do not do this any more.")).to_be_visible()
    assert not consents.given(customer=life.customer, purpose="offers", on=timezone.now())

    # 6. The other pages stand up to the same question.
    for path in ("corrections/", "corrections/legal_name/", "closing/", "looked/"):
        page.goto(f"{address}/me/data/{path}")
        check_screen(page)
