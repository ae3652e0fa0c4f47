"""A visitor sends photos, a reviewer decides at the desk by keyboard, and the visitor has an account."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import BankAccount, User
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as make
from tests.journeys.support import DESK, PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chromium(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser in the thread of the test; its event loop would else make Django refuse the database here."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with browser() as running:
        yield running


@pytest.fixture(autouse=True)
def photo_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def enter(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Open a page as somebody who has signed in, with a second factor where they are staff."""
    contexts = []

    def page_of(user: User, viewport: Any, **how: Any) -> Page:
        client = make.enter(Client(), user)
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, **how)
        contexts.append(context)
        context.add_cookies(
            [
                {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url},
                {"name": "django_language", "value": "en", "url": live_server.url},
            ]
        )
        page = context.new_page()
        page.broken = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.broken.append(message.text) if message.type == "error" else None)  # type: ignore[attr-defined]
        return page

    yield page_of
    for context in contexts:
        context.close()


def photo_files(folder: Path) -> dict[str, str]:
    paths = {}
    for side, jpeg in make.photos_of(make.PERSON).by_side().items():
        path = folder / f"{side}.jpg"
        path.write_bytes(jpeg)
        paths[side] = str(path)
    return paths


def worker() -> None:
    relay.drain(now=timezone.now())


def test_from_photos_to_an_account(enter: Any, tmp_path: Path) -> None:
    now = timezone.now()
    customer = make.make_customer(now=now)
    visitor = enter(customer.user, PHONE, color_scheme="dark")

    visitor.goto("/identity/")
    check_screen(visitor)
    visitor.get_by_role("link", name="Start verification").click()
    check_screen(visitor)  # which document: the resident ID card is chosen
    visitor.get_by_role("button", name="Save and continue").click()
    check_screen(visitor)
    visitor.get_by_role("button", name="Save and continue").click()
    check_screen(visitor)  # nothing typed: sentences, a summary that has the focus
    assert visitor.evaluate("document.activeElement.hasAttribute('data-error-summary')")

    person = make.PERSON
    make.watch_list(now=now)
    make.print_card(person.name, person.number, person.born_on, person.expires_on)
    visitor.get_by_label("Legal name").fill(person.name)
    visitor.get_by_label("Identity number").fill(f"{person.number[:6]} {person.number[6:14]} {person.number[14:]}")
    visitor.get_by_label("Date of birth").fill("1994年5月18日")
    visitor.get_by_label("Card is valid until").fill("20400601")
    visitor.get_by_label("Where you live").fill(person.address)
    visitor.get_by_label("What you do").select_option("company")
    visitor.get_by_label("Your income").select_option("to_300k")
    visitor.get_by_role("button", name="Save and continue").click()
    check_screen(visitor)

    paths = photo_files(tmp_path)
    wrong = tmp_path / "letter.jpg"
    wrong.write_bytes(b"%PDF-1.7 a letter")
    for field, path in (("front", paths["front"]), ("back", str(wrong)), ("selfie", paths["selfie"])):
        visitor.locator(f"input[name={field}]").set_input_files(path)
    visitor.get_by_role("button", name="Save photos and continue").click()
    check_screen(visitor)  # two are kept and shown, one is asked again
    assert visitor.locator(".photo-list img").count() == 2
    visitor.locator("input[name=back]").set_input_files(paths["back"])
    visitor.get_by_role("button", name="Save photos and continue").click()
    check_screen(visitor)
    visitor.get_by_label(re.compile("I agree")).check()
    visitor.get_by_role("button", name="Send application").click()
    check_screen(visitor)
    worker()
    visitor.reload()
    check_screen(visitor)

    reviewer = enter(make.make_staff("reviewer@bank.example", "reviewer"), DESK)
    reviewer.goto("/admin/reviews/case/")
    check_screen(reviewer)
    reviewer.keyboard.press("?")
    check_screen(reviewer)
    with reviewer.expect_navigation():
        reviewer.keyboard.press("c")
    reviewer.wait_for_load_state("networkidle")
    check_screen(reviewer)
    assert reviewer.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    reviewer.keyboard.press("a")
    with reviewer.expect_navigation():
        reviewer.keyboard.press("Control+Enter")
    check_screen(reviewer)
    assert Case.objects.get().state == "approved"
    worker()

    visitor.reload()
    check_screen(visitor)
    assert visitor.get_by_text("Your identity is verified").first.is_visible()
    assert BankAccount.objects.count() == 1
    assert visitor.broken == []
    assert reviewer.broken == []


def test_a_reviewer_declines_by_keyboard_and_the_next_case_waits(enter: Any) -> None:
    now = timezone.now()
    people = [make.make_customer(f"{n}@example.com", now=now) for n in range(2)]
    for serial, customer in enumerate(people):
        make.send(customer, now=now, person=make.born(30 + serial, now=now, serial=serial))
    worker()
    reviewer = enter(make.make_staff("reviewer@bank.example", "reviewer"), PHONE)
    reviewer.goto("/admin/reviews/case/")
    check_screen(reviewer)
    reviewer.keyboard.press("j")
    assert reviewer.evaluate("document.activeElement.hasAttribute('data-desk-row')")
    with reviewer.expect_navigation():
        reviewer.keyboard.press("c")
    reviewer.keyboard.press("d")
    with reviewer.expect_navigation():
        reviewer.keyboard.press("Control+Enter")
    check_screen(reviewer)  # no reason, no note: asked again
    reviewer.locator("h1").click()
    reviewer.keyboard.press("d")
    reviewer.keyboard.press("1")
    reviewer.keyboard.press("m")
    reviewer.keyboard.type("a thumb covers the number, d1c")  # letters typed into the note press nothing
    with reviewer.expect_navigation():
        reviewer.keyboard.press("Control+Enter")
    check_screen(reviewer)
    first = Case.objects.get(state="declined")
    assert first.decisions.get().reasons == ["photo_unreadable"]
    with reviewer.expect_navigation():
        reviewer.keyboard.press("n")
    assert Case.objects.get(state="claimed").pk != first.pk
    with reviewer.expect_navigation():
        reviewer.keyboard.press("r")
    assert not Case.objects.filter(state="claimed").exists()
    # the switch turns single keys off, and stays off
    reviewer.keyboard.press("?")
    reviewer.get_by_label("Single keys are on").uncheck()
    reviewer.reload()
    reviewer.keyboard.press("c")
    reviewer.wait_for_timeout(300)
    assert not Case.objects.filter(state="claimed").exists()
