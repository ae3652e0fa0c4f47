"""Whatever goes wrong, the page says what happened, what is safe, what to do, and a reference the log repeats."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from core.audit.middleware import HEADER
from portal.urls import handler400, handler429, handler500
from portal.urls import urlpatterns as the_portals
from tests.factories import access

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.test_errors")]


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret inside: hunter2")


def without_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


def forbids(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("trial/breaks/", breaks),
    path("trial/no-database/", without_database),
    path("trial/forbids/", forbids),
    *the_portals,
]
__all__ = ["handler400", "handler429", "handler500"]

CASES = {
    "there is no such page": ("get", "/nothing/here/", 404),
    "not allowed": ("get", "/trial/forbids/", 403),
    "failed inside": ("get", "/trial/breaks/", 500),
    "no database": ("get", "/trial/no-database/", 503),
    "a button's address": ("get", "/messages/read/", 405),
    "without the page's token": ("post", "/auth/login/", 403),
}


def asked(how: str, url: str, *, language: str = "en"):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True, headers={"accept-language": language})
    client.force_login(access.customer().user)
    client.cookies["django_language"] = language
    return getattr(client, how)(url)


@pytest.mark.parametrize("case", list(CASES))
def test_the_page_says_what_happened_and_gives_a_reference_that_finds_the_log_line(case, caplog):
    how, url, status = CASES[case]
    with caplog.at_level(logging.INFO):
        answer = asked(how, url)
    page = answer.content.decode()
    assert answer.status_code == status
    assert answer[HEADER] in page, "the reference stands on the page"
    assert "tel:" in page, "and a way to a person"
    assert any(word in page for word in ("money", "Everything of yours", "was made")), "what is safe"
    assert "hunter2" not in page
    assert "Traceback" not in page
    assert [one for one in caplog.records if one.name.startswith("django.")], "a line is in the log"


@pytest.mark.parametrize("case", list(CASES))
def test_it_says_so_in_chinese_too(case):
    how, url, status = CASES[case]
    answer = asked(how, url, language="zh-hans")
    assert answer.status_code == status
    assert 'lang="zh' in answer.content.decode()


def test_the_database_being_away_says_when_to_come_back():
    assert asked("get", "/trial/no-database/")["Retry-After"] == "30"


def test_a_buttons_address_still_names_what_it_takes():
    assert asked("get", "/messages/read/")["Allow"] == "POST"
