"""The page of preferences in a real browser: it shows a choice at once, and works as well without scripts."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.preferences import queries, services
from core.ui.look import Look
from tests.factories import payments as make
from tests.journeys.support import DESK, PHONE, browser, check_screen
from tests.journeys.test_transfer import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@pytest.fixture
def lin(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    customer = make.customer(now=timezone.now())
    make.account(customer, balance=1_234_56, now=timezone.now())
    return customer


def opened(
    chromium: Any, live_server: Any, customer: Any, place: str, *, size: Any = DESK, scripts: bool = True
) -> Any:
    page = chromium.new_context(viewport=size, java_script_enabled=scripts, reduced_motion="reduce").new_page()
    page.set_default_timeout(10_000)
    sign_in(page, customer, live_server.url)
    page.goto(live_server.url + place)
    return page


def test_a_choice_shows_at_once_and_is_kept_when_it_is_saved(chromium, live_server, lin):
    page = opened(chromium, live_server, lin, "/me/preferences/")
    check_screen(page)
    html = page.locator("html")
    brand = "getComputedStyle(document.querySelector('main .button')).backgroundColor"
    before = page.evaluate(brand)
    size = "parseFloat(getComputedStyle(document.querySelector('.preview p')).fontSize)"
    small = page.evaluate(size)
    page.get_by_label("Wisteria").check()
    page.get_by_label("Dark", exact=True).check()
    page.get_by_label("Twice the size").check()
    expect(html).to_have_attribute("data-theme", "dark")
    page.wait_for_timeout(250)
    assert page.evaluate(brand) != before
    assert page.evaluate(size) == pytest.approx(2 * small)
    check_screen(page)
    assert queries.of(lin.user).look == Look()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert queries.of(lin.user).look == Look(mode="dark", colour="plum", size=200)
    check_screen(page)
    page.context.close()


def test_everything_can_be_chosen_without_scripts(chromium, live_server, lin):
    page = opened(chromium, live_server, lin, "/me/preferences/", size=PHONE, scripts=False)
    page.get_by_label("Porcelain blue").check()
    page.get_by_label("Large print").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("html")).to_have_attribute("data-colour", "indigo")
    assert queries.of(lin.user).look == Look(colour="indigo", simple=True)
    page.goto(f"{live_server.url}/me/preferences/home/")
    page.get_by_role("button", name="Move down: Transfer").click()
    page.get_by_role("button", name="Take off: Check a receipt").click()
    page.get_by_role("button", name="Add Security").click()
    assert queries.of(lin.user).quick == ("payees", "transfer", "transactions", "security")
    page.goto(f"{live_server.url}/me/preferences/notices/")
    page.get_by_role("group", name="Money sent").get_by_label("E-mail").uncheck()
    page.get_by_role("button", name="Save notices").click()
    assert queries.channels(user=lin.user, event="payments.sent") == {"inbox"}
    page.context.close()


@pytest.mark.parametrize("place", ["/me/preferences/home/", "/me/preferences/notices/"])
def test_the_other_pages_have_nothing_axe_can_find(chromium, live_server, lin, place):
    for size in (PHONE, DESK):
        page = opened(chromium, live_server, lin, place, size=size)
        check_screen(page)
        page.context.close()


def test_amounts_covered_at_first_are_shown_for_this_tab_alone(chromium, live_server, lin):
    services.keep(user=lin.user, name="covered", value=True, now=timezone.now())
    page = opened(chromium, live_server, lin, "/")
    amount = page.locator(".panel .amount > span").first
    expect(amount).to_be_hidden()
    page.get_by_role("button", name="Cover all amounts").click()
    expect(amount).to_be_visible()
    page.reload()
    expect(amount).to_be_visible()
    other = page.context.new_page()
    other.goto(live_server.url)
    expect(other.locator(".panel .amount > span").first).to_be_hidden()
    page.context.close()


def test_no_page_asks_for_a_gesture(chromium, live_server, lin):
    """U22: nothing listens to dragging or to fingers."""
    context = chromium.new_context(viewport=PHONE)
    context.add_init_script(
        """
        window.listened = [];
        const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
            window.listened.push(type);
            return add.call(this, type, ...rest);
        };
        """
    )
    page = context.new_page()
    sign_in(page, lin, live_server.url)
    for place in ("/", "/me/preferences/", "/me/preferences/home/", "/transfer/"):
        page.goto(live_server.url + place)
        heard = set(page.evaluate("window.listened"))
        assert heard
        assert not [type for type in heard if type.startswith(("touch", "drag", "drop", "gesture", "pointermove"))]
        assert page.locator("[draggable=true]").count() == 0
    context.close()
