"""The back office in the portal's frame: what each role finds there, and what a browser says of its pages."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path, label_for_field
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page

from accounts.preferences import services as preferences
from accounts.roles import Role
from core.outbox import relay
from core.outbox.models import Delivery
from tests.factories import identity as make
from tests.journeys import support

PAGES = [
    "admin:index",
    "admin:accounts_customer_changelist",
    "admin:audit_row_changelist",
    "admin:policy_figure_changelist",
    "admin:outbox_delivery_changelist",
]


def staff(*roles):
    return make.make_staff(f"{roles[0].value}@bank.example", *(role.value for role in roles))


@pytest.mark.django_db
def test_a_reviewer_finds_the_desk_first_with_what_waits_there(client):
    now = timezone.now()
    make.send(make.make_customer(now=now), now=now)
    relay.drain(now=timezone.now())
    page = make.enter(client, staff(Role.REVIEWER)).get(reverse("admin:index")).content.decode()
    desk = page.index(reverse("admin:reviews_case_changelist"))
    assert desk < page.index(reverse("admin:accounts_customer_changelist"))
    assert re.findall(r"<dd[^>]*>(\d+)</dd>", page) == ["1", "0", "0"]  # waits, overdue, held by this reviewer


@pytest.mark.django_db
def test_who_has_no_desk_is_led_to_none(client):
    page = make.enter(client, staff(Role.AUDITOR)).get(reverse("admin:index")).content.decode()
    assert reverse("admin:reviews_case_changelist") not in page
    assert reverse("admin:audit_row_changelist") in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_brings_nothing_the_browsers_policy_forbids(client, name):
    page = make.enter(client, staff(Role.AUDITOR)).get(reverse(name)).content.decode()
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\s(style|on[a-z]+)=", page)
    assert "admin/css/" not in page  # Django's own look stays out


@pytest.fixture(scope="module")
def chromium():
    with support.browser() as running:
        yield running


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [support.PHONE, support.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_and_the_console_have_nothing_to_say(chromium, live_server, client, monkeypatch, language, theme, size):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop in this thread
    now = timezone.now()
    customer = make.make_customer(now=now)
    make.send(customer, now=now)
    auditor = staff(Role.AUDITOR)
    preferences.keep(user=auditor, name="mode", value=theme, now=now)
    preferences.keep(user=auditor, name="language", value=language, now=now)
    make.enter(client, auditor)
    context = chromium.new_context(viewport=size, reduced_motion="reduce", base_url=live_server.url)
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page: Page = context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    records = [("admin:accounts_customer_change", customer), ("admin:outbox_delivery_change", Delivery.objects.get())]
    for path in [*map(reverse, PAGES), *(reverse(name, args=[record.pk]) for name, record in records)]:
        page.goto(path)
        support.check_screen(page)
        assert page.locator("html").get_attribute("data-theme") == theme
        assert page.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[language]
    assert said == []
    context.close()


def chinese(text):
    return any("\u4e00" <= letter <= "\u9fff" for letter in str(text))


def labels_of(site):
    """Every word the back office puts over a column, beside a field or above a filter: (model, name, words)."""
    for model, at in site._registry.items():
        flat = [name for one in at.fields or () for name in ([one] if isinstance(one, str) else one)]
        for name in {*(one for one in at.list_display if one != "__str__"), *flat}:
            yield model._meta.label, name, label_for_field(name, model, at)
        for inline in at.inlines:
            for name in inline.fields or ():
                yield inline.model._meta.label, name, label_for_field(name, inline.model, inline(model, site))
        for name in at.list_filter:
            if isinstance(name, str):
                yield model._meta.label, name, get_fields_from_path(model, name)[-1].verbose_name
        yield model._meta.label, "its name", model._meta.verbose_name_plural


def test_no_label_of_the_back_office_is_left_in_english():
    read_alike = {"SHA-256", "BIC", "ID"}
    with translation.override("zh-hans"):
        found = sorted({one for one in labels_of(admin.site) if not chinese(one[2]) and str(one[2]) not in read_alike})
    assert found == [], "give the field words in its model, or in portal/labels.py"


@pytest.mark.django_db
def test_a_rooms_page_is_called_like_the_room(client):
    with translation.override("zh-hans"):
        page = make.enter(client, staff(Role.AUDITOR)).get("/admin/audit/", headers={"accept-language": "zh-hans"})
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page.content.decode())
        assert heading is not None
        assert "管理" not in heading[1]
        assert chinese(heading[1])
