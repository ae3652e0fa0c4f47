"""A rule from its draft over the worker's trial and a colleague at the desk to the payment that it holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.outbox import relay
from payments.monitoring import door, rules
from payments.watching import Outcome
from tests.factories import changes as make
from tests.factories import identity as people
from tests.factories import payments as money
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.monitoring.test_door import moving
from tests.monitoring.test_measures import sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def speak(page: Page, language: str, address: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])


def looked_at(page: Page, address: str) -> None:
    """Check the screen at the desk in English and on the telephone in Chinese; it stands in English afterwards."""
    check_screen(page)
    page.set_viewport_size(PHONE)
    speak(page, "zh-hans", address)
    page.reload()
    check_screen(page)
    page.set_viewport_size(DESK)
    speak(page, "en", address)
    page.reload()


def test_from_a_draft_to_a_rule_that_holds_a_payment(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    now, address = timezone.now(), live_server.url
    two = money.pair(balance=100_000_00, now=now - timedelta(days=40))
    for amount in (20_00, 15_000_00):
        sent(two.payer, two.source, two.destination, amount, now - timedelta(hours=30), payee=None)
    risk, approver = make.staff("risk_officer"), make.staff("approver")
    with browser() as chromium:
        pages = {}
        for who in (risk, approver):
            context = chromium.new_context(viewport=DESK, base_url=address, reduced_motion="reduce")
            key = people.enter(Client(), who).session.session_key or ""
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            pages[who] = context.new_page()
            speak(pages[who], "en", address)
        page = pages[risk]

        # 1. From the list to the rule, and a draft that counts; it is tried by the worker.
        page.goto("/admin/monitoring/ruleversion/")
        page.get_by_role("link", name="F01", exact=True).click()
        page.get_by_role("link", name="Draft a new version").click()
        page.get_by_label("Mode").select_option("live")
        page.get_by_label("What becomes of a payment it hits").select_option(str(Outcome.REVIEW.value))
        page.get_by_role("button", name="Try it on past payments").click()
        expect(page.get_by_text("It is being tried")).to_be_visible()
        check_screen(page)
        relay.drain(now=timezone.now())
        page.reload()
        expect(page.get_by_text("it hits 1 of 2 payments (50.00 %)")).to_be_visible()
        looked_at(page, address)

        # 2. What was tried is asked for, with the result beside it.
        page.get_by_role("link", name="Ask for this version").click()
        page.get_by_label("Reason").fill("It finds what it should")
        page.get_by_role("button", name="Look at the change").click()
        expect(page.get_by_text("it hits 1 of 2 payments (50.00 %)")).to_be_visible()
        check_screen(page)
        page.get_by_role("button", name="Ask for this change").click()
        assert rules.newest("F01").version == 1  # type: ignore[union-attr]
        asked = page.url

        # 3. Somebody else takes the case from the desk and agrees.
        relay.drain(now=timezone.now())
        desk = pages[approver]
        desk.goto("/admin/reviews/case/")
        desk.get_by_role("button", name="Claim").first.click()
        expect(desk.get_by_text("it hits 1 of 2 payments (50.00 %)")).to_be_visible()
        looked_at(desk, address)
        desk.get_by_label("Approve").check()
        desk.get_by_role("button", name="Save decision").click()
        relay.drain(now=timezone.now())
        page.goto(asked)
        expect(page.get_by_text("Approvals")).to_be_visible()
        looked_at(page, address)
        page.goto("/admin/monitoring/ruleversion/")
        page.get_by_role("link", name="F01", exact=True).click()
        expect(page.get_by_role("heading", name="Every version")).to_be_visible()
        check_screen(page)

    newest = rules.newest("F01")
    assert newest is not None
    assert (newest.version, newest.mode, newest.outcome) == (2, "live", Outcome.REVIEW.value)
    with transaction.atomic():
        verdict = door.judge(moving(two, 20_000_00, timezone.now()), now=timezone.now())
    assert verdict.outcome == Outcome.REVIEW
