"""A newcomer's first day: registers, protects the account, becomes a customer, gets money and sends some of it on."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access.codes import code_at, step_at
from accounts.access.models import FactorDevice
from accounts.models import BankAccount, Customer
from core.outbox import relay
from core.reviews.models import Case
from ledger import balances
from tests.factories import identity as desk
from tests.factories import payments as money
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EMAIL, PASSWORD = "lin.xiaohe@example.com", "seven quiet lanterns"


@pytest.fixture(autouse=True)
def _ground(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cache.clear()


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, live_server: Any) -> Iterator[Page]:
    with browser() as chromium:
        context = chromium.new_context(
            base_url=live_server.url, viewport=PHONE if request.param == "phone" else DESK, locale="en-GB"
        )
        context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
        yield context.new_page()


def mailed_code() -> str:
    found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def app_code(secret: str) -> str:
    """What the app shows now, or next when this code was used already."""
    device, moment = FactorDevice.objects.filter(authenticator__type="totp").first(), timezone.now()
    if device is not None and device.last_t >= step_at(moment):
        moment += timedelta(seconds=30)
    return code_at(secret=secret, moment=moment)


def test_from_sign_up_to_the_receipt(page: Page) -> None:
    now = timezone.now()

    # 1. What the bank offers, and the two fields it takes to begin. A short password gets its sentence.
    page.goto("/")
    check_screen(page)
    page.get_by_role("link", name="Open an account").first.click()
    check_screen(page)
    page.get_by_label("E-mail or mobile number").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("alert")).to_contain_text("12")
    check_screen(page)
    expect(page.get_by_label("E-mail or mobile number")).to_have_value(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Send me the code").click()

    # 2. The code from the mail, once wrong, once right.
    expect(page.get_by_role("heading", name="Type the code")).to_be_visible()
    check_screen(page)
    right = mailed_code()
    page.locator("input[name=code]").fill("000000" if right != "000000" else "111111")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("input[name=code]").fill(right)
    page.get_by_role("button", name="Confirm").click()
    page.goto("/")
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    check_screen(page)

    # 3. The second step: the key goes into an app, the app's code proves it.
    page.get_by_role("link", name=re.compile("Set up a second step")).click()
    check_screen(page)
    page.goto("/auth/2fa/app/add/")
    if page.locator("input[name=password]").count():  # asked again before anything that guards the account changes
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    check_screen(page)
    secret = page.locator("code.reference").inner_text().replace(" ", "").replace("\n", "")
    page.locator("input[name=code]").fill(app_code(secret))
    page.get_by_role("button", name="Set up").click()
    page.wait_for_load_state()
    assert FactorDevice.objects.filter(authenticator__type="totp").count() == 1
    check_screen(page)

    # 4. Identity: the form and the desk have a journey of their own; here the worker and two reviewers do their part.
    customer = Customer.objects.get(user__email=EMAIL)
    desk.send(customer, now=now)
    relay.drain(now=timezone.now())
    desk.decide_now(Case.objects.get(), desk.make_staff("reviewer@bank.example", "reviewer"), now=timezone.now())
    relay.drain(now=timezone.now())
    account = BankAccount.objects.get(customers=customer)
    page.goto("/messages/")
    expect(page.locator("main")).to_contain_text("account is open")
    check_screen(page)

    # 5. Money comes in over the counter, and home says so.
    money.pay_in(account, 5_000_00, now=now)
    friend = money.customer("李明", now=now)
    theirs = money.account(friend, now=now)
    money.payee(customer, theirs, alias="Li Ming", now=now)
    page.goto("/")
    expect(page.locator("main")).to_contain_text("5,000.00")
    check_screen(page)

    # 6. Some of it goes on to a friend: form, check page with the code, receipt.
    page.get_by_role("link", name="Send money").click()
    choice = page.locator("main select").first
    choice.select_option(value=choice.locator("option", has_text="Li Ming").get_attribute("value"))
    page.get_by_label("Amount", exact=True).fill("1,234.50")
    page.get_by_role("button", name="Continue to check").click()
    expect(page.get_by_role("heading", name="Check your transfer")).to_be_visible()
    check_screen(page)
    page.get_by_label("Code from your authenticator app").fill(app_code(secret))
    page.get_by_role("button", name=re.compile("^Send")).click()
    page.wait_for_url("**/receipts/**")
    check_screen(page)
    assert balances.available(account.ledger_account_id).minor == 3_765_50
    assert balances.available(theirs.ledger_account_id).minor == 1_234_50

    # 7. The statement shows both, newest first, with the balance after each.
    page.goto(f"/accounts/{account.public_id}/")
    expect(page.locator("main")).to_contain_text("1,234.50")
    expect(page.locator("main")).to_contain_text("3,765.50")
    check_screen(page)
    page.goto("/accounts/")
    check_screen(page)
