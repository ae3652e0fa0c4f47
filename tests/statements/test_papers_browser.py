"""From an account to a certificate that a stranger checks, in a browser: phone in Chinese, desk in English."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import BankAccount
from accounts.statements import issuing
from tests.factories import payments as make
from tests.factories import statements
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.journeys.test_transfer import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lin(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    opened = timezone.now() - timedelta(days=70)
    customer = make.customer(now=opened)
    account = make.account(customer, balance=1_234_56, now=opened)
    moves(account, opened)
    return customer


def moves(account: BankAccount, opened: datetime) -> None:
    days = [(opened + timedelta(days=number)).date() for number in (1, 35)]
    statements.move(account, [100_00, -30_00], now=opened, days=days)
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    for bucket in issuing.buckets(after=-1, most=1000):
        issuing.issue(bucket=bucket, through=last, now=timezone.now())


COVERED = """() => {
    const one = document.activeElement, bar = document.querySelector('.tabbar').getBoundingClientRect().top;
    const covers = document.querySelector('main').contains(one) && one.getBoundingClientRect().bottom > bar + 1;
    return covers ? one.outerHTML.slice(0, 60) : '';
}"""


def covered(page: Page) -> list[str]:
    """What the bar at the bottom covers of each thing that the Tab key leads to."""
    found = []
    for _press in range(40):
        page.keyboard.press("Tab")
        found.append(page.evaluate(COVERED))
    return [one for one in found if one]


@pytest.mark.parametrize(
    ("size", "language", "scheme"), [(PHONE, "zh-hans", "dark"), (DESK, "en", "light")], ids=["phone", "desk"]
)
def test_from_the_account_to_the_strangers_check(
    live_server: Any, settings: Any, lin: Any, size: Any, language: str, scheme: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    with browser() as chromium:
        context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(10_000)
        sign_in(page, lin, live_server.url)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        page.goto(f"{live_server.url}/accounts/")
        page.locator("main a[href$='/']").filter(has_text="活期" if language != "en" else "Demand").first.click()
        page.goto(f"{page.url}?q=yacht")  # nothing is found: the form is open
        expect(page.locator("details.search-fold[open], details.search-fold input[name=q]").first).to_be_visible()
        check_screen(page)
        if size == PHONE:
            assert covered(page) == [], "focus stays clear of the bar at the thumb (WCAG 2.4.11)"
        page.locator("a[href$='/months/']").click()
        expect(page.locator("a[href$='.pdf']").first).to_be_visible()
        check_screen(page)
        with page.expect_download() as paper:
            page.locator("a[href$='.pdf']").first.click()
        assert paper.value.suggested_filename.endswith(".pdf")
        page.goto(f"{live_server.url}/accounts/certificates/")
        check_screen(page)
        page.locator("input[name=day]").fill("2999-01-01")
        page.locator("main form .button").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        check_screen(page)
        page.locator("input[name=day]").fill(f"{timezone.localdate() - timedelta(days=1)}")
        page.locator("main form .button").first.click()
        expect(page.locator("main .done")).to_be_visible()
        check_screen(page)
        public = page.locator("main a[href*='/verify/']").get_attribute("href")
        stranger = chromium.new_context(viewport=size, color_scheme=scheme).new_page()
        stranger.goto(str(public))
        expect(stranger.locator("main .done")).to_be_visible()
        check_screen(stranger)
