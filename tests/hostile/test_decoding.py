"""What was typed is decoded once, by the server that received it, and never again (ASVS 1.1.1)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access.models import KnownDevice
from core.ui.forms import NameField, TextField
from tests.factories import access

TWICE = [
    "%3Cscript%3E", "%253Cscript%253E", "&lt;b&gt;", "&amp;lt;b&amp;gt;", "&#x3c;", r"\u003cb\u003e", r"\x3cb",
    "%2e%2e%2f", "%00", "+ADw-b+AD4-", "=?utf-8?q?=3Cb=3E?=", "%c0%bc",
]  # fmt: skip


@pytest.mark.parametrize("text", TWICE)
def test_what_was_decoded_once_is_never_decoded_again(text: str) -> None:
    assert TextField().clean(text) == text
    assert NameField().clean(f"Li {text}") == f"Li {text}"


@pytest.mark.django_db
@pytest.mark.parametrize("text", TWICE)
def test_the_same_comes_back_from_form_table_and_page(text: str, client: Client) -> None:
    """The body is encoded once for the way; the table holds what was typed, and the page shows it escaped once."""
    user = access.customer().user
    assert user is not None
    client.post(reverse("account_login"), {"login": user.email, "password": access.PASSWORD})
    row = KnownDevice.objects.get(user=user)
    client.post(reverse("device", args=[row.public_id]), {"rename": "yes", "name": text})
    row.refresh_from_db()
    assert row.name == text
    page = client.get(reverse("usersessions_list")).content.decode()
    assert text.replace("&", "&amp;").replace("<", "&lt;") in page
