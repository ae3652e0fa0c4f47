"""A day at the branch counter, by keyboard alone: a float, a deposit above what one does alone, the closed till."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from core.outbox import relay
from ledger import balances
from payments.counter.models import Operation, TillDay
from tests.factories import counter as make
from tests.factories import identity as desk
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COUNTER = "/admin/counter/tillday/"


@pytest.fixture
def chromium(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser in the thread of the test; its event loop would else make Django refuse the database here."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with browser() as running:
        yield running


def enter(chromium: Browser, user: Any, live_server: Any, settings: Any, **look: Any) -> Page:
    """A colleague in front of a browser of their own."""
    client = desk.enter(Client(), user)
    context = chromium.new_context(base_url=live_server.url, **look)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    context.add_cookies([session, {"name": "django_language", "value": "en", "url": live_server.url}])
    return context.new_page()


def go(page: Page, *keys: str) -> None:
    """Press keys; the last one leads to another page, which is looked at as everybody would have to read it."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])
    check_screen(page)


def reach(page: Page, name: str) -> None:
    """Walk with Tab until the control of this name has the focus."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if name in (page.evaluate("(document.activeElement.innerText || '').trim()") or ""):
            return
    raise AssertionError(f"Tab never reaches “{name}” on {page.url}")


def type_count(page: Page, *pieces: int) -> None:
    """Fill the boxes of a count, the largest note first, from the control before them."""
    for number in pieces:
        page.keyboard.press("Tab")
        page.keyboard.type(str(number) if number else "")


def test_a_deposit_above_the_limit_and_the_days_closing_by_keyboard(
    chromium: Browser, live_server: Any, settings: Any
) -> None:
    now = timezone.now()
    house = make.branch(now=now)
    _someone, account = make.customer(now=now)
    teller = enter(chromium, make.colleague(house, "teller", now=now), live_server, settings, viewport=DESK)
    keeper = enter(
        chromium, make.colleague(house, "branch_supervisor", now=now), live_server, settings,
        viewport=PHONE, color_scheme="dark",
    )  # fmt: skip

    def confirm_at_the_vault() -> None:
        keeper.goto(COUNTER)
        check_screen(keeper)
        keeper.locator("#waits + ul a").first.focus()
        go(keeper, "Enter")
        go(keeper, "Enter")  # the button that books has the focus

    # in the morning
    teller.goto(COUNTER)
    check_screen(teller)
    teller.locator("[name=till]").focus()
    type_count(teller, 500)
    expect(teller.locator("output")).to_contain_text("50,000.00")
    go(teller, "Enter")
    confirm_at_the_vault()

    # a customer: number, document, sighted
    teller.goto(COUNTER)
    expect(teller.locator("[name=number]")).to_be_focused()  # the browser gives it after the page has come
    teller.keyboard.type(account.number)
    teller.keyboard.press("Tab")
    teller.keyboard.press("End")  # the last in the list: a foreign passport
    teller.keyboard.press("Tab")
    teller.keyboard.type("1234")
    go(teller, "Tab", "Space", "Enter")
    reach(teller, "Cash deposit")
    go(teller, "Enter")
    expect(teller.locator("[name=amount]")).to_be_focused()
    teller.keyboard.type("260000")
    go(teller, "Enter")
    expect(teller.get_by_text("two hundred and sixty thousand yuan")).to_be_visible()
    go(teller, "Enter")  # the button that confirms has the focus
    expect(teller.get_by_text("A second person is asked")).to_be_visible()
    assert balances.available(account.ledger_account_id).minor == 1_000_00

    # the second person, on the desk
    keeper.goto("/admin/reviews/case/")
    go(keeper, "n")
    go(keeper, "a", "Control+Enter")
    relay.drain(now=timezone.now())
    teller.reload()
    check_screen(teller)
    assert Operation.objects.get().state == "done"
    assert balances.available(account.ledger_account_id).minor == 261_000_00

    # in the evening: twenty yuan are missing
    teller.goto(COUNTER)
    check_screen(teller)
    reach(teller, "Count and close the till")
    go(teller, "Enter")
    teller.locator("main a").first.focus()
    type_count(teller, 3099, 1, 1, 1)
    go(teller, "Enter")
    expect(teller.locator(".counter-difference")).to_contain_text("20.00")
    teller.locator("textarea").focus()
    teller.keyboard.type("Twenty yuan are missing; looked under the drawer too")
    reach(teller, "Book the difference")
    go(teller, "Enter")
    reach(teller, "Send the cash to the vault")
    go(teller, "Enter")
    confirm_at_the_vault()
    assert TillDay.objects.get().state == "closed"
    assert make.queries.cash_in(house.vault_id) == make.VAULT + 260_000_00 - 20_00

    keeper.goto(f"{COUNTER}report/")
    check_screen(keeper)
