"""Wang pays the rent: adds the landlord, mistypes, checks, confirms with a code, clicks twice, keeps the receipt."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access.codes import code_at, step_at
from accounts.access.models import FactorDevice
from accounts.models import Customer
from ledger import balances
from ledger.models import Entry
from payments.services import transfers
from tests.factories import payments as make
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver runs a loop in this thread; the test asks the database between its steps, not inside it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, live_server: object) -> Iterator[Page]:
    with browser() as chromium:
        context = chromium.new_context(viewport=PHONE if request.param == "phone" else DESK, locale="en-GB")
        yield context.new_page()


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
    device, now = FactorDevice.objects.get(user=who.user), timezone.now()
    if device.last_t >= step_at(now):
        now += timedelta(seconds=30)  # seconds: within what a telephone's clock may be off
    return code_at(secret=make.SECRET, moment=now)


def test_from_a_new_payee_to_the_receipt(page: Page, live_server: object, now: datetime) -> None:
    address = live_server.url  # type: ignore[attr-defined]
    wang, landlord = make.customer("王小明", now=now), make.customer("欧阳修", now=now)
    make.enrol(wang)
    source = make.account(wang, balance=20_000_00, now=now)
    rent = make.account(landlord, now=now)
    sign_in(page, wang, address)

    # 1. Nobody is on the list yet: the empty list leads on.
    page.goto(f"{address}/payees/")
    check_screen(page)
    page.get_by_role("link", name="Add a payee").first.click()
    check_screen(page)

    # 2. A number that leads nowhere gets a sentence; what was typed is still there.
    page.get_by_label("Account number").fill("8810 0000 0000 0000")
    page.get_by_label("Name of the account holder").fill("欧阳修")
    page.get_by_role("button", name="Look up the name").click()
    expect(page.get_by_role("alert")).to_contain_text("does not lead to an account")
    expect(page.get_by_label("Name of the account holder")).to_have_value("欧阳修")
    check_screen(page)

    # 3. The right number shows the holder half hidden, and asks for a code.
    page.get_by_label("Account number").fill(rent.number)
    page.get_by_label("Your own word for them").fill("Landlord")
    page.get_by_role("button", name="Look up the name").click()
    expect(page.get_by_text("The name agrees")).to_be_visible()
    expect(page.get_by_text("*修", exact=True)).to_be_visible()
    assert "欧阳修" not in page.content()
    check_screen(page)
    page.get_by_label("Code from your authenticator app").fill(code_for(wang))
    page.get_by_role("button", name="Add this payee").click()
    expect(page.get_by_text("Landlord is on your list.")).to_be_visible()
    check_screen(page)

    # 4. The form: an empty amount, then too much, each with its sentence.
    page.get_by_role("link", name="Pay Landlord").click()
    check_screen(page)
    page.get_by_role("button", name="Continue to check").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an amount")
    page.get_by_role("link", name="Enter an amount").click()
    expect(page.get_by_label("Amount", exact=True)).to_be_focused()
    page.get_by_label("Amount", exact=True).fill("20,000.01")
    page.get_by_label("Memo").fill("Rent <b>November</b>")
    page.get_by_role("button", name="Continue to check").click()
    expect(page.get_by_role("alert")).to_contain_text("No money has moved")
    check_screen(page)

    # 5. The check page repeats everything; a wrong code moves nothing.
    page.get_by_label("Amount", exact=True).fill("1.2万")
    page.get_by_role("button", name="Continue to check").click()
    expect(page.get_by_role("heading", name="Check your transfer")).to_be_visible()
    for shown in ("¥12,000.00", "人民币壹万贰仟元整", "*修", "Rent <b>November</b>", "At once", "¥8,000.00"):
        expect(page.locator("main")).to_contain_text(shown)
    check_screen(page)
    page.get_by_label("Code from your authenticator app").fill("000000")
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was done")
    check_screen(page)
    assert not Entry.objects.filter(kind=transfers.KIND).exists()

    # 6. The right code on the page opened afresh, clicked twice: one receipt.
    page.goto(page.url)
    FactorDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    page.get_by_label("Code from your authenticator app").fill(code_for(wang))
    page.get_by_role("button", name=re.compile("^Send")).dblclick(no_wait_after=True)
    page.wait_for_url("**/receipts/**")
    receipt = page.url
    expect(page.get_by_role("heading", name="Money sent")).to_be_visible()
    check_screen(page)

    # 7. Reload and Back lead to the same receipt, and the money has moved once.
    page.reload()
    assert page.url == receipt
    page.go_back()
    page.wait_for_url(receipt)
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1
    assert balances.available(source.ledger_account_id).minor == 8_000_00
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as PDF").click()
    assert re.fullmatch(r"receipt-T\d{6}-[0-9A-Z]{8}\.pdf", saved.value.suggested_filename)

    # 8. Anybody with the code can check it, without signing in.
    code = page.locator("dd.reference").inner_text().replace(" ", "").replace("\n", "")
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{address}/verify/")
    check_screen(page)
    page.get_by_label("Verification code").fill(code)
    page.get_by_role("button", name="Check the receipt").click()
    expect(page.get_by_role("heading", name="This receipt is genuine")).to_be_visible()
    expect(page.locator("main")).to_contain_text("¥12,000.00")
    assert "王小明" not in page.content()
    check_screen(page)
    page.goto(f"{address}/verify/{'A' * 32}/")
    expect(page.get_by_role("heading", name="We do not know this code")).to_be_visible()
    check_screen(page)


def test_the_form_works_without_scripts_and_two_tabs_pay_once(live_server: object, now: datetime) -> None:
    address = live_server.url  # type: ignore[attr-defined]
    two = make.pair(balance=1_000_00, now=now)
    make.enrol(two.payer)
    with browser() as chromium:
        context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
        first = context.new_page()
        sign_in(first, two.payer, address)
        first.goto(f"{address}/transfer/?to={two.payee.public_id}")
        first.get_by_label("Amount", exact=True).fill("700")
        first.get_by_role("button", name="Continue to check").click()
        second = context.new_page()
        second.goto(first.url)
        used = code_for(two.payer)
        for tab in (first, second):
            tab.get_by_label("Code from your authenticator app").fill(used)
        first.get_by_role("button", name=re.compile("^Send")).click()
        first.wait_for_url("**/receipts/**")
        second.get_by_role("button", name=re.compile("^Send")).click()
        second.wait_for_url("**/receipts/**")
        assert first.url == second.url
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1
    assert balances.available(two.source.ledger_account_id).minor == 300_00
