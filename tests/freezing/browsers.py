"""Signing in as tests of this folder do."""

from django.urls import reverse

from tests.factories import access as make


def sign_in(client, email="lin@example.com"):
    return client.post(reverse("account_login"), {"login": email, "password": make.PASSWORD})
