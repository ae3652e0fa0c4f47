"""The person's own pages: security, sessions."""

import uuid
from typing import cast
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import agents, devices, kept, queries, sessions
from accounts.access.adapters import device_cookie
from accounts.access.decorators import background
from accounts.access.forms.devices import DeviceForm
from accounts.access.views import proving
from accounts.models import User


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
def open_sessions(request: HttpRequest) -> HttpResponseBase:
    """List the devices one signs in with and what is open on each; end one or all others, after a fresh proof."""
    user, now, here = cast("User", request.user), timezone.now(), request.session.session_key
    if request.method != "POST":
        found = devices.devices_of(user, token=_token(request), session_key=here, now=now)
        return render(
            request,
            "usersessions/usersession_list.html",
            {"devices": found, "others": sum(len(one.open_sessions) for one in found) > 1},
        )
    if (asked := proving.first(request, name="session")) is not None:
        return asked
    which = request.POST.get("session", "")
    ended = sessions.end_listed(user=user, which=which, keep=here, now=now)
    if ended:
        messages.success(request, _("Signed out there. Whoever sits at that device has to sign in again."))
    else:
        messages.info(request, _("That session had ended already."))
    return HttpResponseRedirect(reverse("usersessions_list"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Give a device a name, or make it unknown and sign it out."""
    user, now, here = cast("User", request.user), timezone.now(), request.session.session_key
    row = devices.device_of(user, public_id)
    if row is None:
        raise Http404
    form = DeviceForm(request.POST if "rename" in request.POST else None, initial={"name": row.name})
    if request.method == "POST" and "remove" in request.POST:
        if (asked := proving.first(request, name="remove")) is not None:
            return asked
        if devices.remove(user=user, public_id=public_id, keep=here, now=now) is None:
            raise Http404
        if row.digest == devices.digest_of(_token(request)):  # the very device one sits at: its session is over too
            logout(request)
            return HttpResponseRedirect(reverse("account_login"))
        messages.success(request, _("Removed and signed out. It counts as new when somebody signs in there again."))
        return HttpResponseRedirect(reverse("usersessions_list"))
    if request.method == "POST" and form.is_valid():
        devices.rename(user=user, public_id=public_id, name=form.cleaned_data["name"], now=now)
        messages.success(request, _("The name is saved."))
        return HttpResponseRedirect(reverse("usersessions_list"))
    return render(
        request,
        "access/device.html",
        {
            "form": form,
            "device": row,
            "kind": agents.describe(row.agent),
            "is_this_one": row.digest == devices.digest_of(_token(request)),
        },
    )


def _token(request: HttpRequest) -> str:
    return request.COOKIES.get(device_cookie(), "")


@background
@require_safe
def session_left(request: HttpRequest) -> JsonResponse:
    """Tell the page how many seconds are left until the warning and until the end. Asking is no activity."""
    held = sessions.left(request.session, now=timezone.now()) if request.user.is_authenticated else None
    answer = JsonResponse({"warning": held.until_warning, "end": held.until_end} if held else {"warning": 0, "end": 0})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """Give back what was being typed when the session ended, to the person who typed it; or drop it."""
    user = cast("User", request.user)
    if request.method == "POST":
        kept.forget(user=user)
        messages.info(request, _("Discarded. Nothing was sent."))
        return HttpResponseRedirect(reverse("home"))
    found = kept.kept_of(user=user, now=timezone.now())
    if found is None:
        return HttpResponseRedirect(reverse("home"))
    return render(request, "access/typed.html", {"typed": found})


@login_required
@background
@require_POST
def keep_typed(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form while the warning shows: the page sends it by itself, so it is no activity."""
    posted = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    path = posted.pop("_path", [""])[0]
    saved = kept.keep(user=cast("User", request.user), path=path, posted=posted, now=timezone.now())
    return HttpResponse(status=204 if saved else 422)


@login_required
@require_POST
def stay(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - asking is what counts
    """Keep the session open: the person pressed the button of the warning."""
    return HttpResponse(status=204)
