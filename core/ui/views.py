"""Choosing language, colours and layout from any page, and the page that shows every component."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET, require_POST

from core.ui import cookies, reader, styleguide
from core.ui import look as looks


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the portal in the language chosen from now on, and write to this person in it."""
    chosen = request.POST.get("language", "")
    answer = HttpResponseRedirect(_back(request))
    if chosen in dict(settings.LANGUAGES):
        cookies.keep_language(answer, chosen)
        _keep(request, answer, "language", chosen)
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Show the portal in light or dark from now on, or as the reader's system does."""
    chosen = request.POST.get("theme", "")
    answer = HttpResponseRedirect(_back(request))
    if chosen in (*looks.MODES, "system"):
        _keep(request, answer, "mode", "" if chosen == "system" else chosen)
    return answer


@require_POST
def simplified(request: HttpRequest) -> HttpResponse:
    """Show the portal in its simplified layout from now on, or in its full one."""
    chosen = request.POST.get("simplified", "")
    answer = HttpResponseRedirect(_back(request))
    if chosen in {"on", "off"}:
        _keep(request, answer, "simple", chosen == "on")
    return answer


@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, in the look asked for: to staff, on the demo bank, and in development."""
    user = getattr(request, "user", None)
    if not (settings.DEBUG or settings.DEMO or (user is not None and user.is_active and user.is_staff)):
        raise Http404
    seen = styleguide.look_of(request.GET, reader.of(request).look)
    request.reader = reader.Reader(look=seen, unread=reader.of(request).unread)  # type: ignore[attr-defined]
    return render(request, "ui/styleguide.html", styleguide.context(seen))


def _keep(request: HttpRequest, answer: HttpResponse, name: str, value: Any) -> None:
    """Remember a choice: with the person who is signed in, or in the browser of a visitor as chosen by them."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        import_string(settings.KEEP_PREFERENCE)(user=user, name=name, value=value, now=timezone.now())
        request.reader = None  # type: ignore[attr-defined]  # what was known of them is out of date
        cookies.follow(request, answer, reader.of(request).look)
        return
    seen = looks.from_cookies(request.COOKIES)
    if name != "language":
        seen = seen.with_(**{name: value})
    cookies.keep_look(answer, seen, chosen=looks.chosen_in(request.COOKIES) | {name})


def _back(request: HttpRequest) -> str:
    """Give the page the reader came from, as long as it is one of ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
