"""What sessions promise whoever tries to steal or steer one. Each goes red when its control is taken away."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.access.test_entrance import sign_in, signed_in
from tests.factories import access as make

pytestmark = pytest.mark.django_db

TRICKS = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "\x00//evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http://evil.example", "HTTPS://EVIL.example",
    "ftp://evil.example", "//evil.example:443", "//user@evil.example", "//testserver@evil.example",
    "https://testserver@evil.example", "https://testserver:x@evil.example/", "https://testserver.evil.example/",
    "https://eviltestserver/", "//testserver\\@evil.example", "https://evil.example#testserver",
    "https://evil.example?testserver", "https://evil.example\\.testserver", "//evil。example", "//ｅvil.example",
    "https://xn--vil-iia.example/", "//[::1]/", "//2130706433/", "//0x7f000001/", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
    "/%0d%0aLocation:%20//evil.example",
    "/\r\nLocation: //evil.example", "http:\\\\evil.example", "///\\evil.example", "//evil.example/%2e%2e",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_after_signing_in_nobody_is_led_to_another_host(client, trick):
    """ASVS 3.7.2; hostile act 22."""
    make.customer()
    answer = sign_in(client, next=trick)
    assert answer.status_code == 302
    assert signed_in(client)
    place = answer["Location"]
    assert not set(place) & set("\r\n\t\\\x00")
    parts = urlsplit(place)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert not place.startswith("//")


def test_a_path_of_ones_own_is_gone_to(client):
    make.customer()
    assert sign_in(client, next="/security/sessions/").url == "/security/sessions/"


def test_a_cookie_from_before_signing_in_opens_nothing_afterwards(client):
    """ASVS 7.2.4; hostile act 20: a planted session key is dead once its victim has signed in."""
    make.customer()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies[_cookie()] = before
    sign_in(client)
    assert client.cookies[_cookie()].value != before
    assert not _opens(before)


def test_a_cookie_opens_nothing_after_signing_out_and_the_browser_is_told_to_forget(client):
    """ASVS 7.4.1, 14.3.1; hostile act 20."""
    make.customer()
    sign_in(client)
    key = client.cookies[_cookie()].value
    assert _opens(key)
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not _opens(key)


def test_a_cookie_opens_nothing_after_its_person_was_shut_out(client):
    """ASVS 7.4.2; hostile act 20."""
    customer = make.customer()
    sign_in(client)
    key = client.cookies[_cookie()].value
    customer.user.is_active = False
    customer.user.save()
    assert not _opens(key)


def test_a_cookie_elsewhere_opens_nothing_after_the_password_changed(client):
    """ASVS 7.4.3; hostile act 20."""
    customer = make.customer()
    sign_in(client)
    key = client.cookies[_cookie()].value
    customer.user.set_password("eleven foxes cross the frozen lake")
    customer.user.save()
    assert not _opens(key)


@pytest.mark.parametrize("name", ["account_login", "account_logout", "language", "keep_typed", "stay_signed_in"])
def test_a_foreign_page_can_send_nothing(name):
    """ASVS 3.5.1; hostile act 21: signing in, signing out and the choice of language included."""
    make.customer()
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(reverse(name), {"login": "lin@example.com", "password": make.PASSWORD}).status_code == 403
    assert not signed_in(browser)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_way_out_signs_nobody_out(client, method):
    """ASVS 3.5.3."""
    make.customer()
    sign_in(client)
    getattr(client, method)(reverse("account_logout"))
    assert client.get(reverse("security")).status_code == 200


def _cookie() -> str:

    return str(settings.SESSION_COOKIE_NAME)


def _opens(key: str) -> bool:
    thief = Client()
    thief.cookies[_cookie()] = key
    return thief.get(reverse("security")).status_code == 200
