"""Wang sent money to the wrong person and asks for it back; Li says yes; anybody can check what came of it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.outbox import relay
from ledger import balances
from payments.models import Transfer
from payments.recalls.models import Recall
from tests.factories import payments as make
from tests.factories import recalls
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.journeys.test_transfer import code_for, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver runs a loop in this thread; the test asks the database between its steps, not inside it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def page(live_server: object) -> Iterator[Page]:
    with browser() as chromium:
        yield chromium.new_context(viewport=PHONE, locale="en-GB").new_page()


def test_money_sent_to_the_wrong_person_comes_back_with_a_receipt_that_anybody_can_check(
    page: Page, live_server: object, now: datetime
) -> None:
    address = live_server.url  # type: ignore[attr-defined]
    two = make.pair(now=now)
    make.enrol(two.receiver)
    first = recalls.paid(two, 300_00, memo="rent", now=now)

    # 1. The statement leads to the receipt, the receipt to the request.
    sign_in(page, two.payer, address)
    page.goto(f"{address}/accounts/{two.source.public_id}/")
    page.locator("table").get_by_role("link", name="Transfer", exact=True).click()
    page.get_by_role("link", name="Ask for this money back").click()
    check_screen(page)
    page.get_by_label("What shall the other side know?").fill("Wrong Li, I am sorry")
    page.get_by_role("button", name="Ask for it back").click()
    expect(page.get_by_text("Choose a reason").first).to_be_visible()
    expect(page.get_by_label("What shall the other side know?")).to_have_value("Wrong Li, I am sorry")
    page.get_by_label("I chose the wrong account or the wrong person").check()
    page.get_by_role("button", name="Ask for it back").click()
    expect(page.get_by_role("heading", name="You asked for this money back")).to_be_visible()
    expect(page.get_by_text("We cannot force it").first).to_be_visible()
    check_screen(page)
    relay.drain(now=timezone.now())

    # 2. Li finds the message, sees who asks and why, and gives it back with a code.
    sign_in(page, two.receiver, address)
    page.set_viewport_size(DESK)
    page.goto(f"{address}/recalls/")
    check_screen(page)
    page.get_by_role("link", name="王小明").click()
    expect(page.get_by_text("Wrong Li, I am sorry")).to_be_visible()
    check_screen(page)
    page.get_by_label("Code from your authenticator app").fill(code_for(two.receiver))
    page.get_by_role("button", name="Give it back").dblclick()
    expect(page.get_by_text("With this transfer the money of the transfer")).to_be_visible()
    expect(page.get_by_role("heading", name="Money sent")).to_be_visible()
    recall = Recall.objects.get()
    ledger_ids = [two.source.ledger_account_id, two.destination.ledger_account_id]
    there = balances.of(ledger_ids)
    assert [there[one].booked for one in ledger_ids] == [1_000_00, 0]

    # 3. Anybody with the code of the first receipt learns that it came back; the second is genuine too.
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    page.goto(f"{address}/verify/{first.verification_code}/")
    expect(page.get_by_text("The payee gave the money back on")).to_be_visible()
    check_screen(page)
    assert recall.back is not None
    page.goto(f"{address}/verify/{recall.back.verification_code}/")
    expect(page.get_by_role("heading", name="This receipt is genuine")).to_be_visible()
    assert Transfer.objects.filter(state="confirmed").count() == 2
