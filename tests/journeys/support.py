"""What journeys in a real browser stand on: a browser, and one question asked of every screen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
expect.set_options(timeout=20_000)  # milliseconds; a busy machine is slow, and no test is quicker for a shorter wait
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium for a test and end it after.

    Playwright runs a loop of its own in this thread; Django would take that for a view that must not wait.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield running
        finally:
            running.close()
            if before is None:
                os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


# Rows of a table that are cards on a phone: what stands in one begins at one edge.
UNEVEN = """() => [...document.querySelectorAll('.table-cards tbody tr')]
    .filter(row => getComputedStyle(row).display === 'block' && new Set([...row.children]
        .filter(one => one.checkVisibility()).map(one => getComputedStyle(one).paddingInlineStart)).size > 1)
    .map(row => row.textContent.trim().slice(0, 60)).slice(-3)"""


def check_screen(page: Page) -> None:
    """Ask of the screen as it is now: nothing axe finds, no sideways scroll, one heading, words in the title.

    A click returns when the next document begins to arrive; what is asked here is asked of a whole one.
    """
    page.wait_for_load_state("load")
    page.evaluate("window.scrollTo(0, 0)")  # the bar that stays on top covers nothing there
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert not found.response["violations"], said(found.response["violations"])
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {page.viewport_size}"
    assert page.locator("h1").count() == 1, f"{page.url} has {page.locator('h1').count()} first headings"
    assert page.title().strip(" –"), f"{page.url} has no title"
    assert page.evaluate(UNEVEN) == [], f"{page.url}: lines of a card begin at different edges"


def said(violations: list[dict[str, Any]]) -> str:
    """Put axe's findings into lines: rule, what it asks, and where."""
    return "\n".join(
        f"{violation['id']}: {violation['help']}\n   "
        + "\n   ".join(
            node["html"][:160] + " | " + (node.get("failureSummary") or "")[:300] for node in violation["nodes"][:5]
        )
        for violation in violations
    )
