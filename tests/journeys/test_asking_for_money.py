"""Li asks at the desk, Wang scans the code with a phone, signs in where the link led, pays, and both see it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.outbox import relay
from ledger import balances
from payments.requests.models import MoneyRequest
from tests.factories import payments as make
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.journeys.test_transfer import code_for, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def scanned(page: Page) -> str:
    """What the camera of a phone reads from the code as it stands on the screen."""
    shot = page.get_by_role("img", name="QR code").screenshot()
    picture = cv2.imdecode(numpy.frombuffer(shot, numpy.uint8), cv2.IMREAD_COLOR)
    text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


def test_a_dinner_is_asked_for_by_code_and_paid_on_a_phone(live_server: Any, settings: Any, now: datetime) -> None:
    address = settings.PUBLIC_URL = live_server.url
    li, wang = make.customer("李明", now=now), make.customer("王小明", now=now)
    make.enrol(wang)
    to, source = make.account(li, now=now), make.account(wang, balance=1_000_00, now=now)
    with browser() as chromium:
        desk = chromium.new_context(viewport=DESK, locale="en-GB", color_scheme="dark").new_page()
        phone = chromium.new_context(viewport=PHONE, locale="en-GB").new_page()
        complaints: list[str] = []
        for page in (desk, phone):
            page.on("console", lambda line: complaints.append(line.text) if "ontent Security" in line.text else None)

        # 1. Li asks.
        sign_in(desk, li, address)
        desk.goto(f"{address}/requests/")
        check_screen(desk)
        desk.get_by_role("link", name="Ask for money").first.click()
        desk.get_by_label("Amount").first.fill("88")
        desk.get_by_label("What it is for").fill("Dinner on Friday")
        check_screen(desk)
        desk.get_by_role("button", name="Ask", exact=True).click()
        expect(desk.get_by_role("heading", name="Dinner on Friday")).to_be_visible()
        check_screen(desk)
        link = scanned(desk)
        assert link == f"{address}/ask/{MoneyRequest.objects.get().token}/"
        assert to.number not in link

        # 2. Wang scans it, signed out: half a name, and the way in that leads back here.
        phone.goto(link)
        expect(phone.get_by_text("*明 asks for")).to_be_visible()
        assert "李明" not in phone.content()
        check_screen(phone)
        phone.get_by_role("link", name="Sign in and pay").click()
        assert urlsplit(link).path in phone.url, "signing in leads back to the request"
        sign_in(phone, wang, address)
        phone.goto(link)
        phone.get_by_role("link", name="Continue").click()
        expect(phone.get_by_text("You have not paid this person before")).to_be_visible()
        check_screen(phone)
        phone.get_by_role("button", name="Continue to check").click()
        expect(phone.get_by_role("alert")).to_contain_text("Tick the box if you are sure")
        phone.get_by_label("I know who is asking").check()
        phone.get_by_role("button", name="Continue to check").click()
        expect(phone.get_by_text("*明 asked you for this")).to_be_visible()
        check_screen(phone)
        phone.get_by_label("Code from your authenticator app").fill(code_for(wang))
        phone.get_by_role("button", name="Send").dblclick()
        expect(phone.get_by_role("heading", name="Money sent")).to_be_visible()
        check_screen(phone)

        # 3. Both see it; the link leads to nothing any more.
        relay.drain(now=timezone.now())
        desk.reload()
        expect(desk.get_by_text("王小明")).to_be_visible()
        check_screen(desk)
        phone.goto(f"{address}/requests/")
        expect(phone.get_by_role("link", name="*明: Dinner on Friday")).to_be_visible()
        check_screen(phone)
        assert balances.available(to.ledger_account_id).minor == 88_00
        assert balances.available(source.ledger_account_id).minor == 912_00
        assert complaints == []
