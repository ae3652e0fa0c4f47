"""Nobody is led from the bank's pages to another's, and the back office answers only what it is for."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.factories import access
from tests.factories import identity as desk
from tests.rights.test_places import own_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AWAY = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example", "https://evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example",
    "http:evil.example", "HTTPS://evil.example", "hTTps:\\\\evil.example", "//evil.example%2f@testserver",
    "https://testserver@evil.example", "https://testserver:80@evil.example", "https://testserver.evil.example",
    "https://evil.example/testserver", "//evil.example\\@testserver", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "\x00//evil.example", "\x0b//evil.example", "/\r/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
    "//ｅvil.example", "//evil。example", "https://еvil.example", "//[::1]", "//0x7f000001", "//evil.example:443",
    "/security/\r\nLocation: https://evil.example", "/%0d%0aLocation:%20https://evil.example", "//evil.example/..;/",
    "https://evil.example#testserver", "https://evil.example?testserver",
]  # fmt: skip
UNSAFE = ("trace", "put", "patch", "delete")


def lands(answer: Any, asked: str) -> str:
    """The host a browser would end on; it drops tabs and line breaks and reads a backslash as a slash."""
    target = answer.get("Location", "").strip()
    for dropped in "\t\r\n":
        target = target.replace(dropped, "")
    whole = urljoin(f"http://testserver{asked}", target.replace("\\", "/"))
    parts = urlsplit(whole)
    return parts.netloc if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


@pytest.mark.parametrize("target", AWAY, ids=repr)
def test_no_spelling_of_a_foreign_address_leads_away(target: str, client: Client) -> None:
    user = access.customer().user
    assert user is not None
    login = reverse("account_login")
    sent = [
        (login, {"login": user.email, "password": access.PASSWORD, "next": target}),
        (reverse("language"), {"language": "en", "next": target}),
        (reverse("theme"), {"theme": "dark", "next": target}),
        (reverse("simplified"), {"simplified": "off", "next": target}),
        (reverse("account_logout"), {"next": target}),
    ]
    for url, data in sent:
        answer = client.post(url, data)
        assert answer.status_code < 500, url
        assert "\n" not in answer.get("Location", ""), url
        assert lands(answer, url) == "testserver", f"{url} leads to {answer.get('Location')!r}"


def test_signing_in_is_what_was_tried(client: Client) -> None:
    """The test above sends a sign-in that works: with an own address it leads there."""
    user = access.customer().user
    assert user is not None
    data = {"login": user.email, "password": access.PASSWORD, "next": "/security/?x=1"}
    assert client.post(reverse("account_login"), data).get("Location") == "/security/?x=1"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "", "a b"])
def test_a_host_nobody_gave_this_bank_is_refused(host: str, client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get(reverse("account_login"), headers={"host": host}).status_code == 400


def test_a_forwarded_host_changes_no_link(client: Client) -> None:
    answer = client.get(reverse("security"), headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in answer.get("Location", "") + answer.content.decode()


def test_no_address_answers_to_methods_nobody_declared(client: Client) -> None:
    """TRACE, PUT, PATCH and DELETE do nothing anywhere, signed in or not."""
    user = access.customer().user
    assert user is not None
    client.force_login(user)
    taken = []
    for address in own_addresses():
        if address.parameters:
            continue
        for method in UNSAFE:
            answer = client.generic(method.upper(), reverse(address.route))
            if answer.status_code == 200:
                taken.append(f"{method.upper()} {address.route}")
    assert taken == []


SECRET = ("user__password", "customer__user__password", "password", "user__password__startswith", "sealed", "secret")


def test_the_back_office_filters_and_orders_by_nothing_secret(client: Client) -> None:
    """No address finds out a hash letter by letter; a search for everything and an order by nonsense do no harm."""
    desk.enter(client, desk.make_staff("auditor@example.com", "auditor"))
    for model, shown in admin.site._registry.items():
        listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if client.get(listed).status_code != 200:
            continue
        assert not any("password" in name or "sealed" in name for name in shown.list_display), listed
        for name in SECRET:
            answers = [client.get(listed, {name: "argon2", f"{name}__startswith": letter}) for letter in ("a", "z")]
            refused = all(answer.status_code in {302, 400, 404} for answer in answers)
            unheard = len({answer.content.count(b"<tr") for answer in answers}) == 1  # a list of its own reads neither
            own_list = not hasattr(answers[0], "context_data") or "cl" not in answers[0].context_data
            assert refused or (own_list and unheard), f"{listed}?{name}"
        assert client.get(listed, {"q": "%" * 500}).status_code < 500
        assert client.get(listed, {"o": "99.-99.x"}).status_code < 500
