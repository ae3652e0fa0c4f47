"""Ends sessions left alone or open too long, saves what was being typed, keeps pages about people out of caches."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from redis.exceptions import RedisError

from accounts.access import kept, sessions
from accounts.models import User

log = logging.getLogger(__name__)


class Sessions(SessionMiddleware):
    """Django's own, except for a session that was ended elsewhere while its last request was at work.

    What that request has done stays done, so a redirect (to a receipt, say) is given as it is, and only what comes next
    asks to sign in. Django's answer, "bad request", would deny it. A page is not shown any more: sign in first.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """This method will write the session and its cookie, or take the cookie away where the session was ended."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            log.info("a session was ended while its request was at work")
        if not isinstance(response, HttpResponseRedirect):
            response.close()
            response = HttpResponseRedirect(reverse(settings.LOGIN_URL))
        response.delete_cookie(
            settings.SESSION_COOKIE_NAME,
            path=settings.SESSION_COOKIE_PATH,
            domain=settings.SESSION_COOKIE_DOMAIN,
            samesite=settings.SESSION_COOKIE_SAMESITE,  # type: ignore[arg-type]  # "Lax", which the stubs take for any text
        )
        patch_vary_headers(response, ("Cookie",))
        return response


class SessionLimits:
    """Counts only what a person asks for: views marked `background` neither keep a session open nor end at its end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        _drop_what_arrived(request, response)
        if request.session.accessed and not response.has_header("Cache-Control") and SESSION_KEY in request.session:
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if SESSION_KEY not in request.session:
            return None
        now = timezone.now()
        reason = sessions.ended_because(request.session, now=now)
        if reason:
            request.session_end_reason = reason  # type: ignore[attr-defined]
            place = reverse("kept_form") if kept.of_request(request, now=now) else _place(request)
            logout(request)
            return HttpResponseRedirect(f"{reverse('timed_out')}?{urlencode({'next': place})}")
        if not getattr(view, "is_background", False):
            sessions.touch(request.session, now=now)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Without the count of wrong tries nobody signs in: say so plainly instead of failing."""
        if not isinstance(exception, RedisError):
            return None
        log.error("the cache that counts tries does not answer", exc_info=exception)
        response = render(request, "access/unavailable.html", status=503)
        response["Retry-After"] = "60"
        return response


def _drop_what_arrived(request: HttpRequest, response: HttpResponse) -> None:
    """Drop a form that was kept, once the page it was sent to has judged it: it leads on, or shows what was typed once
    more. A refusal or a failure leaves it, and so does what leads to the entrance first. What no view has read
    is left alone: its view chooses how files are received (accounts.identity.uploads)."""
    if request.method != "POST" or response.status_code >= 400 or not hasattr(request, "_post"):
        return
    if response.headers.get("Location", "").startswith(kept.ENTRANCE):
        return
    if kept.MARK in request.POST and isinstance(request.user, User):
        kept.forget(user=request.user, public_id=request.POST[kept.MARK])


def _place(request: HttpRequest) -> str:
    """Say where the person was: the page itself, or the page whose form was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referrer = urlsplit(request.META.get("HTTP_REFERER", ""))
    if referrer.netloc == request.get_host():
        return referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return "/"
