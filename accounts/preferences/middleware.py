"""Keeps the browser's cookies in line with the person signed in; pages that stand without a database read them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.preferences import queries
from core.ui import cookies, reader


class FollowPreferences:
    """Asks the database nothing of its own but at sign-in itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "preferences_of", None)
        if user is not None:
            cookies.follow(request, response, queries.of(user).look)
            cookies.keep_language(response, user.language)
            return response
        known = reader.known(request)
        if known is not None and known.signed_in:
            cookies.follow(request, response, known.look)
        return response
