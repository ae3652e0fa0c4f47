"""Answers when something failed: from templates that need neither a user nor the database."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from core.ui.context import frame

RETRY_AFTER = "30"  # seconds


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that could not be read."""
    return _page(request, 400)


def not_this_way(request: HttpRequest) -> HttpResponse:
    """Answer a request for an address that only takes what a form sends."""
    return _page(request, 405)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours; when the database is away, say so with 503 and when to come back."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        answer = _page(request, 503)
        answer["Retry-After"] = RETRY_AFTER
        return answer
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    context = {"request": request, "LANGUAGE_CODE": get_language(), **frame(request)}
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)
