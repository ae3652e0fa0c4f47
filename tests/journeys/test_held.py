"""Wang's transfers are held: on the telephone one is sent with a word more, another stopped."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger import balances
from payments.models import Holding
from tests.factories import payments as make
from tests.journeys.support import PHONE, browser, check_screen
from tests.journeys.test_transfer import code_for, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def looked_at(page: Page, name: str) -> None:
    """Check the screen, in the dark and the light, and keep a picture where somebody wants to look at it."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # the two words it takes
        page.reload()  # colours that are on their way from one to the other are not looked at
        check_screen(page)
        if kept := os.environ.get("PORTAL_PICTURES"):
            page.screenshot(path=f"{kept}/{name}-{theme}.png", full_page=True)


def test_one_is_sent_with_a_code_and_one_is_stopped(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    now, address = timezone.now() - timedelta(minutes=5), live_server.url
    two = make.pair(balance=5_000_00, now=now)
    make.enrol(two.payer)
    sent, stopped = make.held(two, 1_200_00, now=now), make.held(two, 800_00, now=now)
    with browser() as chromium:
        page = chromium.new_context(viewport=PHONE, locale="en-GB").new_page()
        sign_in(page, two.payer, address)

        # 1. What is held: nothing has left; it was Wang, who says so with a code for this transfer.
        page.goto(f"{address}/receipts/{sent.payment}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("We are holding this transfer")
        looked_at(page, "held")
        page.get_by_role("link", name="It was me").click()
        looked_at(page, "held-confirm")
        page.get_by_label("Code from your authenticator app").fill(code_for(two.payer))
        page.get_by_role("button", name="It was me").click()
        expect(page.get_by_role("heading", name="Money sent")).to_be_visible()

        # 2. The other was not: stopped, and the access could be locked from here.
        page.goto(f"{address}/receipts/{stopped.payment}/")
        page.get_by_role("button", name="Do not send it").click()
        expect(page.get_by_text("You stopped it.")).to_be_visible()
        expect(page.get_by_role("button", name="lock my access")).to_be_visible()
        looked_at(page, "held-stopped")
    assert balances.available(two.source.ledger_account_id).minor == 3_800_00
    assert balances.available(two.destination.ledger_account_id).minor == 1_200_00
    assert set(Holding.objects.values_list("ended_by", flat=True)) == {"customer"}
