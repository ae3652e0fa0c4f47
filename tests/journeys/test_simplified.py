"""An older customer with a phone: finds the large print on the first screen, signs in, looks, sends money, calls."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access.models import FactorDevice
from accounts.preferences import queries as preferences
from accounts.preferences import services
from core.ui.look import Look
from ledger import balances
from tests.factories import payments as make
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.journeys.test_transfer import code_for, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

# What a finger aims at, measured as WCAG counts it: a choice by its whole label; a link inside a sentence as it stands.
AIMED_AT = "a[href], button, input:not([type=hidden]), select, textarea, summary"
SMALL = """([aimed, least]) => [...document.querySelectorAll(aimed)]
    .filter(one => one.checkVisibility() && !one.closest('.visually-hidden, .skip'))
    .map(one => {
        const target = ['radio', 'checkbox'].includes(one.type) ? one.closest('label') : one;
        const box = target.getBoundingClientRect();
        return [one.tagName, (one.textContent || one.name).trim().slice(0, 40), box.width, box.height];
    })
    .filter(([, , width, height]) => width > 1 && (width < least - 0.5 || height < least - 0.5))"""
# Every text that can be seen: its size, and the height of its line.
TEXTS = """() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode.textContent.trim(), box = walk.currentNode.parentElement;
        const unseen = '.visually-hidden, .skip, script, option, optgroup, svg';
        if (!text || !box.checkVisibility() || box.closest(unseen)) continue;
        const style = getComputedStyle(box);
        const size = parseFloat(style.fontSize), line = parseFloat(style.lineHeight) || size * 1.2;
        found.push([text.slice(0, 40), size, line / size]);
    }
    return found;
}"""


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


def check(page: Page) -> None:
    """Ask of a simplified screen: nothing axe finds, 60 px targets, 18 to 30 px type, 1.3 lines, a person, no lure."""
    page.wait_for_load_state()
    check_screen(page)
    assert page.locator("html").get_attribute("data-simple") is not None, page.url
    assert page.evaluate(SMALL, [AIMED_AT, 60]) == [], page.url
    texts = page.evaluate(TEXTS)
    assert texts, page.url
    assert [text for text in texts if not 18 <= text[1] <= 30.01] == [], page.url
    assert [text for text in texts if text[2] < 1.3] == [], page.url
    expect(page.get_by_role("link", name=re.compile(re.escape(settings.BRAND["phone"]))).last).to_be_visible()
    assert page.locator(".hero, .rail, .tabbar").count() == 0
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh-hans")])
def test_from_the_first_screen_to_the_receipt_in_large_print(
    chromium: Any, live_server: Any, now: datetime, theme: str, language: str
) -> None:
    wang = make.pair(balance=5_000_00, now=now)
    make.enrol(wang.payer)
    address = live_server.url
    context = chromium.new_context(viewport=PHONE, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)

    # 1. The switch is on the first screen, before anything else is asked.
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.goto(f"{address}/")
    switch = page.locator("header button[name=simplified]")
    box = switch.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"] / 2
    switch.click()
    check(page)
    page.locator("main a[href*=login]").click()
    check(page)

    # 2. Signed in it stays, and the account remembers it.
    sign_in(page, wang.payer, address)
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    services.keep(user=wang.payer.user, name="simple", value=True, now=now)  # the entrance: tests/preferences
    page.goto(f"{address}/")
    check(page)
    assert 3 <= page.locator("main .simple-task").count() <= 6
    assert preferences.of(wang.payer.user).look == Look(simple=True)

    # 3. What came in and went out; the search is folded away until it is wanted.
    page.locator("main a[href*='/accounts/']").first.click()
    check(page)
    expect(page.locator("#q")).not_to_be_visible()
    page.locator("summary").first.click()
    expect(page.locator("#q")).to_be_visible()
    check(page)

    # 4. Money is sent with the same security: a code, bound to what is shown.
    page.goto(f"{address}/transfer/?to={wang.payee.public_id}")
    check(page)
    page.locator("#id_amount").fill("700")
    page.locator("form.form button.button").click()
    check(page)
    page.locator("input[name$=code]").fill("000000")
    page.locator("form.form .actions .button").first.click()
    check(page)
    assert balances.available(wang.source.ledger_account_id).minor == 5_000_00
    page.goto(page.url)
    FactorDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    page.locator("input[name$=code]").fill(code_for(wang.payer))
    page.locator("form.form .actions .button").first.click()
    page.wait_for_url("**/receipts/**")
    check(page)
    assert balances.available(wang.source.ledger_account_id).minor == 4_300_00

    # 5. The rest of what a customer opens.
    for place in ("/me/", "/messages/", "/payees/", "/accounts/", "/me/preferences/", "/me/preferences/notices/"):
        page.goto(address + place)
        check(page)

    # 6. Back to the full layout from any page, and again.
    page.locator("footer button[name=simplified]").click()
    expect(page.locator("html")).not_to_have_attribute("data-simple", "")
    assert preferences.of(wang.payer.user).look.simple is False
    context.close()


def test_on_a_desk_it_is_one_column_with_the_same_keys(chromium: Any, live_server: Any, now: datetime) -> None:
    lin = make.customer(now=now)
    account = make.account(lin, balance=100_00, now=now)
    services.keep(user=lin.user, name="simple", value=True, now=now)
    page = chromium.new_context(viewport=DESK, reduced_motion="reduce").new_page()
    sign_in(page, lin, live_server.url)
    for place in ("/", "/me/", f"/accounts/{account.public_id}/", "/transfer/"):
        page.goto(live_server.url + place)
        check(page)
        assert page.locator("main").bounding_box()["width"] <= 900
    expect(page.locator("#q")).to_have_count(0)


def test_a_page_is_read_aloud_by_a_voice_of_this_device_only(chromium: Any, live_server: Any, now: datetime) -> None:
    """The browser's speech is replaced by one that writes down what it is given; a voice far away offers no button."""
    lin = make.customer(now=now)
    make.account(lin, balance=1_234_56, now=now)
    services.keep_all(user=lin.user, choices={"simple": True}, now=now)
    for local in (True, False):
        context = chromium.new_context(viewport=PHONE)
        context.add_init_script(
            """
            window.said = [];
            const voices = [{ name: "v", lang: "en-GB", localService: LOCAL }];
            Object.defineProperty(window, "speechSynthesis", { value: {
                getVoices: () => voices, addEventListener() {}, cancel() { window.said.push("stop"); },
                speak: one => window.said.push(one.text),
            } });
            window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } addEventListener() {} };
            """.replace("LOCAL", json.dumps(local))
        )
        page = context.new_page()
        sign_in(page, lin, live_server.url)
        page.goto(f"{live_server.url}/")
        button = page.get_by_role("button", name="Read aloud")
        if not local:
            expect(button).to_be_hidden()
            continue
        check(page)
        button.click()
        said = page.evaluate("window.said")
        assert "¥1,234.56" in said
        assert "Send money" in said
        page.get_by_role("button", name="Stop reading").click()
        assert page.evaluate("window.said").pop() == "stop"
        page.get_by_role("button", name="Cover all amounts").click()
        page.evaluate("window.said = []")
        page.get_by_role("button", name="Read aloud").click()
        assert "1,234.56" not in " ".join(page.evaluate("window.said"))
        context.close()
