"""The two cookies that carry a reader's wishes from page to page: the look, and Django's own for the language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.ui import look as looks
from core.ui.look import Look

YEAR = 365 * 24 * 3600


def keep_look(response: HttpResponse, look: Look, *, chosen: frozenset[str] = frozenset()) -> None:
    """This function will have the browser remember a look; `chosen` is what a visitor chose of it here."""
    _keep(response, looks.COOKIE, looks.write(look, chosen))


def keep_language(response: HttpResponse, language: str) -> None:
    """This function will have the browser remember a language of the portal."""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)


def follow(request: HttpRequest, response: HttpResponse, look: Look) -> None:
    """This function will bring the browser's cookie in line with the look of the person signed in, if it is not."""
    if request.COOKIES.get(looks.COOKIE) != looks.write(look) and looks.COOKIE not in response.cookies:
        keep_look(response, look)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
