"""The person's own pages: security, sessions."""

from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import queries, sessions
from accounts.access.decorators import background


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show what proves who one is, and where one is signed in."""
    user = request.user
    back = get_next_redirect_url(request)
    return render(
        request,
        "access/security.html",
        {
            "next_query": urlencode({"next": back}) if back else "",
            "factors": queries.factors_of(user),  # type: ignore[arg-type]
            "open_sessions": len(
                queries.sessions_of(user, current_key=request.session.session_key, now=timezone.now())  # type: ignore[arg-type]
            ),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_sessions(request: HttpRequest) -> HttpResponse:
    """List where one is signed in; end one of them, or all but this one."""
    user, now, here = request.user, timezone.now(), request.session.session_key
    found = queries.sessions_of(user, current_key=here, now=now)  # type: ignore[arg-type]
    if request.method != "POST":
        return render(request, "usersessions/usersession_list.html", {"sessions": found})
    which = request.POST.get("session", "")
    ended = sessions.end_listed(user=user, which=which, keep=here, now=now)  # type: ignore[arg-type]
    if ended:
        messages.success(request, _("Signed out there. Whoever sits at that device has to sign in again."))
    else:
        messages.info(request, _("That session had ended already."))
    return HttpResponseRedirect(reverse("usersessions_list"))


@background
@require_safe
def session_left(request: HttpRequest) -> JsonResponse:
    """Tell the page how many seconds are left until the warning and until the end. Asking is no activity."""
    held = sessions.left(request.session, now=timezone.now()) if request.user.is_authenticated else None
    answer = JsonResponse({"warning": held.until_warning, "end": held.until_end} if held else {"warning": 0, "end": 0})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def stay(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - asking is what counts
    """Keep the session open: the person pressed the button of the warning."""
    return HttpResponse(status=204)
