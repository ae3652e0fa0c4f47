"""An address that takes only what a form sends says so in words, instead of an empty page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from portal.pages import errors

METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class NotThisWay:
    """Somebody typed the address of a button, or came back to it after signing in: nothing was done, and it says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = request.method in METHODS  # no page of the portal is put, patched, deleted or traced
        response = self.get_response(request) if known else HttpResponseNotAllowed(METHODS)
        if not isinstance(response, HttpResponseNotAllowed) or response.content or request.method == "HEAD":
            return response
        page = errors.not_this_way(request)
        page["Allow"] = response["Allow"]
        return page
