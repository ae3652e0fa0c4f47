"""What a refused page says after the redirect to itself: kept in the sealed session, for one address, said once."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

_KEY = "payments.afterwards"


def back(request: HttpRequest, **said: Any) -> HttpResponse:
    """This function will lead to the same address again and keep what is to be said there."""
    if said:
        request.session[_KEY] = {"path": request.path, **said}
    return HttpResponseRedirect(request.get_full_path())


def said(request: HttpRequest) -> dict[str, Any]:
    """This function will give what the POST before has left for this address; empty when there was none."""
    left: dict[str, Any] = request.session.get(_KEY) or {}
    if request.method != "GET" or left.get("path") != request.path:
        return {}
    del request.session[_KEY]
    return left
