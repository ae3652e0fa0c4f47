"""What a browser says of the pages about changes and colleagues, in both languages, modes and sizes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.staff import services as staff
from core.changes.models import Change
from ledger import chart
from tests.factories import changes as make
from tests.factories import identity as desk_make
from tests.journeys import support

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [
    ("zh-hans", "light", support.PHONE),
    ("en", "dark", support.PHONE),
    ("zh-hans", "dark", support.DESK),
    ("en", "light", support.DESK),
]


@pytest.fixture(autouse=True)
def monday_morning() -> None:
    """The browser's sessions live by the real clock."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with support.browser() as running:
        yield running


@pytest.fixture(params=SCREENS, ids=lambda screen: f"{screen[0]}-{screen[1]}-{screen[2]['width']}")
def screen(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live_server: object,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop in this thread
    language, theme, size = request.param
    context = chromium.new_context(viewport=size, reduced_motion="reduce", base_url=live_server.url)  # type: ignore[attr-defined]
    cookies = {"django_language": language, "theme": theme}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]  # type: ignore[attr-defined]
    )
    page = context.new_page()
    said: list[str] = []
    # That a dead link answers 410 is meant; the browser calls it an error.
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield page
    assert [line for line in said if "410 (Gone)" not in line] == []
    context.close()


def sign_in(page: Page, client: Client, user: object, address: str) -> None:
    desk_make.enter(client, user)  # type: ignore[arg-type]
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key or "", "url": address}]
    )


def test_asking_deciding_and_the_result(screen: Page, client: Client, live_server: object) -> None:
    now = timezone.now()
    risk, approver = make.staff("risk_officer"), make.staff("approver")
    chart.ensure("CNY", now=now)
    sign_in(screen, client, risk, live_server.url)  # type: ignore[attr-defined]
    screen.goto(reverse("admin:changes_change_changelist"))
    support.check_screen(screen)
    screen.goto(reverse("admin:changes_ask", args=["policy.figure"]))
    support.check_screen(screen)
    screen.locator("button[name=step]").first.click()  # nothing typed: the errors
    support.check_screen(screen)
    screen.select_option("[name=key]", "transfer.daily_count")
    screen.fill("[name=value]", "7")
    screen.fill("[name=source]", "the board, 2026-11-20")
    screen.fill("[name=reason]", "fraud went up")
    screen.locator("button[name=step]").first.click()
    support.check_screen(screen)
    screen.locator("button[value=ask]").click()
    support.check_screen(screen)
    change = Change.objects.get()
    make.decide(change, approver, now=timezone.now())
    make.settle(change, now=timezone.now())
    screen.reload()
    support.check_screen(screen)
    sign_in(screen, client, make.staff("teller"), live_server.url)  # type: ignore[attr-defined]
    screen.goto(reverse("admin:changes_ask", args=["books.entry"]))
    support.check_screen(screen)


def test_the_pages_about_colleagues(screen: Page, client: Client, live_server: object) -> None:
    now = timezone.now()
    administrator, manager = make.staff("administrator"), make.staff("manager")
    target, gone = make.staff("reviewer", "service_agent"), make.staff("reviewer")
    make.staff("auditor", "teller")  # a conflict, so that the page says so
    staff.end_access(public_id=gone.public_id, reason="resigned", actor=administrator, now=now)
    today = timezone.localdate(now)
    staff.enter_leave(
        public_id=target.public_id, starts_on=today, ends_on=today + timedelta(days=2), deputy=manager, actor=manager,
        now=now,
    )  # fmt: skip
    sign_in(screen, client, administrator, live_server.url)  # type: ignore[attr-defined]
    pages = [
        reverse("admin:staff_colleague_changelist"),
        reverse("admin:staff_invite"),
        reverse("admin:staff_access"),
        *(reverse("admin:staff_colleague", args=[one.public_id]) for one in (target, gone)),
        reverse("admin:staff_leave", args=[target.public_id]),
        reverse("admin:staff_departure", args=[target.public_id]),
        reverse("admin:changes_ask", args=["staff.role"]) + f"?user={target.public_id}",
    ]
    for address in pages:
        screen.goto(address)
        support.check_screen(screen)
    sign_in(screen, client, manager, live_server.url)  # type: ignore[attr-defined]
    screen.goto(reverse("admin:staff_access"))
    support.check_screen(screen)


def test_the_way_in(screen: Page, live_server: object) -> None:
    now = timezone.now()
    made = staff.invite(
        email="new@bank.example", full_name="何伟", employee_number="LB9", roles=(), reason="new",
        actor=make.staff("administrator"), now=now,
    )  # fmt: skip
    token = staff.new_token(invitation_id=made.pk, now=now)
    screen.goto(reverse("staff_welcome", args=[token]))
    support.check_screen(screen)
    screen.fill("[name=password]", "nine slow boats past the old bridge")
    screen.locator("main button").last.click()
    support.check_screen(screen)
    screen.goto(reverse("staff_welcome", args=[token]))
    support.check_screen(screen)
