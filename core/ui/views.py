"""Choosing language and colours, and the page that shows every component."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core.ui import styleguide
from core.ui.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the portal in the language chosen from now on, and write to this person in it."""
    chosen = request.POST.get("language", "")
    answer = HttpResponseRedirect(_back(request))
    if chosen not in dict(settings.LANGUAGES):
        return answer
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language != chosen:
        type(user).objects.filter(pk=user.pk).update(language=chosen)
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Show the portal in light or dark from now on, or as the reader's system does."""
    chosen = request.POST.get("theme", "")
    answer = HttpResponseRedirect(_back(request))
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    elif chosen == "system":
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    return answer


@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state: to staff, on the demo bank, and in development."""
    user = getattr(request, "user", None)
    if not (settings.DEBUG or settings.DEMO or (user is not None and user.is_active and user.is_staff)):
        raise Http404
    return render(request, "ui/styleguide.html", styleguide.context())


def _back(request: HttpRequest) -> str:
    """Give the page the reader came from, as long as it is one of ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
