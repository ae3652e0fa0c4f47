"""Language, colours, menu, home and the pages that say what failed."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import sessions
from accounts.models import User
from core.ui import menu
from portal import places
from portal.pages import errors
from portal.wiring import MENU
from tests.factories import access as people

pytestmark = pytest.mark.django_db


def enter(client, user):
    """Sign somebody in as the front door does."""
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    sessions.stamp(session, staff=user.is_staff, now=timezone.now())
    session.save()


def test_the_language_chosen_is_kept_and_the_reader_returns_to_the_page(client):
    answer = client.post(reverse("language"), {"language": "en", "next": "/verify/?a=1"})
    assert answer["Location"] == "/verify/?a=1"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert 'lang="en"' in client.get("/").content.decode()
    client.post(reverse("language"), {"language": "zh-hans"})
    assert 'lang="zh-Hans"' in client.get("/").content.decode()


def test_the_bank_writes_to_a_person_in_the_language_they_chose(client):
    user = people.person()
    enter(client, user)
    client.post(reverse("language"), {"language": "zh-hans"})
    assert User.objects.get(pk=user.pk).language == "zh-hans"


def test_a_language_the_portal_does_not_speak_changes_nothing(client):
    answer = client.post(reverse("language"), {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


@pytest.mark.parametrize("name", ["language", "theme"])
@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_choosing_never_leads_to_another_site(client, name, evil):
    answer = client.post(reverse(name), {"language": "en", "theme": "dark", "next": evil})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("name", ["language", "theme"])
def test_choosing_is_no_link(client, name):
    assert client.get(reverse(name)).status_code == 405


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_written_by_the_server(client, theme):
    client.post(reverse("theme"), {"theme": theme})
    assert f'data-theme="{theme}"' in client.get("/").content.decode()
    client.post(reverse("theme"), {"theme": "system"})
    assert "data-theme" not in client.get("/").content.decode()


def test_a_cookie_cannot_write_into_the_page(client):
    client.cookies["theme"] = '"><script>alert(1)</script>'
    assert "<script>alert" not in client.get("/").content.decode()


def test_every_entry_of_the_menu_has_an_address():
    menu.forget()
    assert [entry.key for entry, _ in menu.entries()] == [entry.key for entry in MENU]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", "home"),
        ("/accounts/", "accounts"),
        ("/accounts/8f14e45f-ceea-467f-9f0a-0d4f1f1f1f1f/", "accounts"),
        ("/transfer/", "transfer"),
        ("/scheduled/new/", "transfer"),
        ("/receipts/8f14e45f-ceea-467f-9f0a-0d4f1f1f1f1f/", "transfer"),
        ("/recalls/asked/8f14e45f-ceea-467f-9f0a-0d4f1f1f1f1f/", "me"),
        ("/payees/add/", "payees"),
        ("/messages/", "messages"),
        ("/security/", "me"),
        ("/auth/login/", "me"),
        ("/admin/reviews/case/", "backoffice"),
        ("/verify/", ""),
    ],
)
def test_the_current_place_is_found_by_the_address(path, key):
    assert menu.current_key(path) == key


def test_every_page_of_a_customer_is_marked_in_the_menu():
    """Whoever stands on an inner page sees in the menu where they are."""
    unmarked = [
        address.pattern
        for address in places.addresses()
        if (place := places.declared().get(address.route)) is not None
        and place.open_to & {"customers", "verified"}
        and not menu.current_key(f"/{address.pattern}")
    ]
    assert unmarked == []


def test_a_customer_sees_the_customers_menu_with_one_current_place(client):
    user = people.customer().user
    enter(client, user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/me/")
    html = page.content.decode()
    rail = re.search(r'<nav class="rail".*?</nav>', html, re.S)[0]
    assert {"Accounts", "Transfer", "Payees", "Messages", "Me"} <= {
        text.strip() for text in re.sub(r"<[^>]+>", "|", rail).split("|")
    }
    assert rail.count("aria-current") == 1
    assert "/admin/" not in rail


def test_the_style_guide_is_not_for_the_public(client, settings):
    settings.DEBUG = settings.DEMO = False
    assert client.get("/styleguide/").status_code == 404
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200


def test_a_page_that_is_not_there_says_so_and_gives_a_reference(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get("/nosuch/<script>")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in html
    assert answer["Request-Reference"] in html
    assert settings.BRAND["phone"] in html
    assert "<script>" not in html


def test_a_form_without_its_token_is_refused_in_plain_words():
    answer = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(
        reverse("language"), {"language": "en"}
    )
    assert answer.status_code == 403
    assert "No money has moved." in answer.content.decode()


@pytest.mark.parametrize("code", ["bad_request", "server_error", "away"])
def test_failures_of_ours_are_told_without_user_or_database(code, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.reference = "K7QF-3MPD"
    with django_assert_num_queries(0):
        if code == "bad_request":
            answer = errors.bad_request(request, Exception())
        elif code == "server_error":
            answer = errors.server_error(request)
        else:
            try:
                raise OperationalError("away")
            except OperationalError:
                answer = errors.server_error(request)
    assert answer.status_code == {"bad_request": 400, "server_error": 500, "away": 503}[code]
    assert "K7QF-3MPD" in answer.content.decode()
    assert answer.has_header("Retry-After") == (code == "away")


def test_the_public_home_asks_the_database_nothing(client):
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    assert [query["sql"] for query in asked] == []


def test_every_page_is_light(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    html = client.get("/").content.decode()
    linked = re.findall(r'(?:src|href)="/static/([^"#]+)', html)
    size = sum((settings.BASE_DIR / "static" / name).stat().st_size for name in set(linked))
    assert size + len(html) < 200_000
    assert len(set(linked)) <= 20
