"""A reviewer clears thirty simple cases with the keyboard alone; the time each takes is printed (pytest -s).

A person reads for as long as they read. What is measured here is what the portal adds: keys, pages, pictures. Thirty
cases in a quarter of an hour leave thirty seconds a case; nine tenths of them belong to the reader.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.identity import demo
from core.outbox import relay
from core.reviews.models import Case, Decision, Event
from tests.factories import identity as make
from tests.journeys.support import DESK, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CASES = 30
# Nobody resembles anybody: cases that do are not simple and wait for two.
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
GIVEN = "安宁远志诚敏慧洁朗清嘉宝珍瑞祥福禄寿康健勤俭谦和睦友善良真实信义仁爱"
A_QUARTER_OF_AN_HOUR = 15 * 60  # seconds
OURS = 0.1  # of that time may be the portal's


@pytest.fixture
def chromium(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser in the thread of the test; its event loop would else make Django refuse the database here."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with browser() as running:
        yield running


@pytest.fixture
def desk_page(chromium: Browser, live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Page]:
    """The desk of somebody who reviews, with the pictures of the applications on it."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    client = make.enter(Client(), make.make_staff("reviewer@bank.example", "reviewer"))
    context = chromium.new_context(base_url=live_server.url, viewport=DESK)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    context.add_cookies([session, {"name": "django_language", "value": "en", "url": live_server.url}])
    page = context.new_page()
    page.broken = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.broken.append(message.text) if message.type == "error" else None)  # type: ignore[attr-defined]
    yield page
    context.close()


def applications(count: int, *, first: int = 0) -> None:
    """So many simple applications on the desk."""
    now = timezone.now()
    for serial in range(first, first + count):
        person = demo.sample_person(serial=serial)
        name = FAMILY[serial % len(FAMILY)] + GIVEN[serial * 7 % len(GIVEN)]
        who = {"legal_name": name, "address": f"浙江省杭州市西湖区样本路{serial + 1}号"}
        make.send(make.make_customer(f"{serial}@example.com", now=now), now=now, person=person, **who)
        relay.drain(now=timezone.now())  # while this card is the one the reader reads


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def leads_on(page: Page, *keys: str) -> None:
    """Press keys of which the last leads to another page, whose pictures are there before anybody reads it."""
    press(page, *keys[:-1])
    with page.expect_navigation():
        page.keyboard.press(keys[-1])
    for picture in page.locator(".desk-papers img").all():
        picture.evaluate("image => image.decode()")


def test_thirty_simple_cases_by_keyboard_in_a_quarter_of_an_hour(desk_page: Page) -> None:
    applications(CASES)
    assert Case.objects.filter(state="open").count() == CASES
    desk_page.goto("/admin/reviews/case/")
    check_screen(desk_page)
    taken, started = [], time.monotonic()
    for number in range(CASES):
        begun = time.monotonic()
        leads_on(desk_page, "n")
        if number == 0:
            check_screen(desk_page)
            press(desk_page, "z", "+", "-", "ArrowRight")
            check_screen(desk_page)
            press(desk_page, "Escape")
        press(desk_page, "z", "ArrowRight", "ArrowRight", "Escape")  # look at all three documents
        if number % 5 == 4:
            press(desk_page, "d", "1", "m")
            desk_page.keyboard.type("The number is covered by a thumb.")
        else:
            press(desk_page, "a")
        leads_on(desk_page, "Control+Enter")
        taken.append(time.monotonic() - begun)
    whole = time.monotonic() - started
    assert Case.objects.filter(state="approved").count() == CASES * 4 // 5
    assert Case.objects.filter(state="declined").count() == CASES // 5
    assert Decision.objects.count() == CASES
    assert Event.objects.filter(kind="claimed").count() == CASES
    assert desk_page.broken == []  # type: ignore[attr-defined]
    print(  # noqa: T201 - the figure is what the journey is for
        f"\n{CASES} cases in {whole:.1f} s: {statistics.mean(taken):.2f} s a case,"
        f" median {statistics.median(taken):.2f}, slowest {max(taken):.2f}"
    )
    assert whole < A_QUARTER_OF_AN_HOUR * OURS


def test_an_open_queue_shows_a_new_case_by_itself_and_keeps_ones_place(desk_page: Page) -> None:
    from tests.factories.policy import add_figure

    add_figure("review.pulse_seconds", "5", now=timezone.now())
    applications(1)
    desk_page.goto("/admin/reviews/case/")
    desk_page.keyboard.press("j")
    before = desk_page.evaluate("document.activeElement.getAttribute('href')")
    applications(1, first=40)
    expect(desk_page.locator("[data-desk-row]")).to_have_count(2, timeout=20_000)
    assert desk_page.evaluate("document.activeElement.getAttribute('href')") == before
    assert desk_page.locator("[data-desk-said]").inner_text()
    check_screen(desk_page)


def test_without_script_every_act_has_its_button(chromium: Browser, desk_page: Page, live_server: Any) -> None:
    applications(1)
    context = chromium.new_context(base_url=live_server.url, viewport=DESK, java_script_enabled=False)
    context.add_cookies(desk_page.context.cookies())
    plain = context.new_page()
    plain.goto("/admin/reviews/case/")
    plain.get_by_role("button", name="Next case").click()
    plain.get_by_text("Approve", exact=True).click()
    plain.get_by_role("button", name="Save decision").click()
    assert Case.objects.get().state == "approved"
    context.close()
