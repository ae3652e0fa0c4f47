"""Words typed while the warning shows are there after signing in again; a large sum shows the way to a passkey."""

import os
import uuid
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import KeptForm
from payments.models import Transfer
from payments.services import transfers
from tests.access.test_passkey_journey import sign_in
from tests.factories import access
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.journeys.support import PHONE, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MEMO = "rent for the house by the river"


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs its own loop in this thread
    with browser() as running:
        yield running.new_context(viewport=PHONE, locale="en").new_page()


@pytest.fixture
def two():
    """Wang, who signs in with the factories' password, and Li, whom Wang may pay."""
    pair = make.pair(now=timezone.now())
    pair.payer.user.set_password(access.PASSWORD)
    pair.payer.user.save()
    access.EmailAddress.objects.get_or_create(user=pair.payer.user, email=pair.payer.user.email, verified=True)
    return pair


def test_typed_words_are_kept_by_the_warning_and_given_back(page, live_server, two):
    sign_in(page, live_server, two.payer.user.email)
    page.wait_for_url(lambda url: "/auth/" not in url)
    add_figure("session.customer.warn_minutes", "0", now=timezone.now())
    page.goto(f"{live_server.url}/transfer/")
    page.locator("[name=memo]").fill(MEMO)
    page.get_by_role("heading", name="Still there?").wait_for()
    page.wait_for_timeout(1500)  # the copy is on its way
    assert KeptForm.objects.count() == 1
    page.goto(f"{live_server.url}/security/typed/")
    page.get_by_text(MEMO).wait_for()
    page.keyboard.press("Enter")  # the warning again: stay
    _picture(page, "typed")
    add_figure("session.customer.warn_minutes", "4", since=timezone.localdate(), now=timezone.now())
    page.goto(f"{live_server.url}/security/typed/")
    check_screen(page)
    _picture(page, "typed")
    page.get_by_role("button", name="Go on with this").click()
    page.wait_for_url("**/transfer/")
    assert page.locator("[name=memo]").input_value() == MEMO
    assert not KeptForm.objects.exists()
    assert not Transfer.objects.exists()


def test_a_sum_above_the_days_figure_shows_the_way_to_a_passkey(page, live_server, two):
    now = timezone.now()
    make.enrol(two.payer)
    add_figure("stepup.passkey_above.payments.transfer.cny", "100.00", type="decimal", unit="CNY", now=now)
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=make.order(two, 100_01), now=now)
    sign_in(page, live_server, two.payer.user.email)
    page.locator("[name=code]").fill(access.app_code(timezone.now(), make.SECRET))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/auth/" not in url)
    page.goto(live_server.url + reverse("transfer_check", args=[made.transfer_id]))
    page.get_by_text("This sum takes a passkey").wait_for()
    assert page.get_by_role("button", name="Send").count() == 0
    check_screen(page)
    _picture(page, "passkey")


def _picture(page, name):
    if folder := os.environ.get("PORTAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
