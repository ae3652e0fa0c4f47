"""Preferences of the person signed in: how the portal looks, what the home page offers, how they are told of what."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.preferences import events, queries, quick, services
from accounts.preferences.forms import LookForm
from core.ui import cookies, reader
from core.ui import look as looks
from ledger.money import Money

SAMPLE = Money(1_234_567, "CNY")  # what the preview draws


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """This view will show how the portal looks to the reader, and keep what they choose."""
    user = _person(request)
    if request.method != "POST":
        look = reader.of(request).look
        form = LookForm(initial=_initial(user, look), staff=user.is_staff)
        return _page(request, "preferences/look.html", {"form": form, **_drawn(form)})
    form = LookForm(request.POST, staff=user.is_staff)
    if not form.is_valid():
        return _page(request, "preferences/look.html", {"form": form, **_drawn(form)})
    services.keep_all(user=user, choices=form.choices(), now=timezone.now())
    answer = HttpResponseRedirect(reverse("preferences"))
    with translation.override(user.language):
        messages.success(request, _("Saved. The portal looks like this from now on, wherever you sign in."))
    cookies.keep_look(answer, queries.of(user).look)
    cookies.keep_language(answer, user.language)
    return answer


@never_cache
@login_required
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """This view will show which quick functions stand on the reader's home page, and which could."""
    _person(request)
    offered = {one.key: one for one, _url in quick.offered()}
    order = quick.shown(reader.of(request).quick)
    return _page(
        request,
        "preferences/home.html",
        {
            "shown": [offered[key] for key in order],
            "others": [one for key, one in offered.items() if key not in order],
            "full": len(order) >= quick.MOST,
            "most": quick.MOST,
        },
    )


@login_required
@require_POST
def arrange(request: HttpRequest) -> HttpResponse:
    """This view will add, remove or move one quick function."""
    act, _colon, key = request.POST.get("do", "").partition(":")
    try:
        services.arrange(user=_person(request), act=act, key=key, now=timezone.now())
    except services.NotOffered as error:
        raise Http404 from error
    anchor = f"#quick-{key}" if act in {"up", "down", "add"} else ""
    return HttpResponseRedirect(reverse("preferences_home") + anchor)


@dataclass(frozen=True)
class Row:
    """One event as the page of notices asks about it."""

    key: str
    label: Any
    always: bool
    ways: list[tuple[str, Any, bool]]  # channel, its name, whether it is wished


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """This view will show by which ways the reader is told of what, and keep what they choose."""
    user = _person(request)
    ways = [events.EMAIL, *([events.SMS] if _can_be_texted(user) else [])]
    asked_about = [event for event in events.declared() if event.concerns(staff=user.is_staff)]
    if request.method == "POST":
        stored = queries.of(user).channels
        wishes = {}
        for event in asked_about:
            if event.always:
                continue
            unseen = events.chosen_channels(event.key, stored) - {events.INBOX, *ways}  # not asked, so not changed
            wanted = {way for way in ways if request.POST.get(f"{event.key}:{way}") == "on"}
            wishes[event.key] = wanted | unseen
        services.choose_channels(user=user, wishes=wishes, now=timezone.now())
        messages.success(request, _("Saved. This holds from the next notice on."))
        return redirect("preferences_notices")
    stored = queries.of(user).channels
    groups: dict[str, list[Row]] = {}
    for event in asked_about:
        wished = events.chosen_channels(event.key, stored)
        shown = [(way, events.CHANNELS[way], way in wished) for way in ways]
        groups.setdefault(event.group, []).append(Row(event.key, event.label, event.always, shown))
    return _page(
        request,
        "preferences/notices.html",
        {
            "groups": [(events.GROUPS[key], groups[key]) for key in events.GROUPS if key in groups],
            "person": user,
            "ways": [events.CHANNELS[way] for way in ways],
            "texted": events.SMS in ways,
        },
    )


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    places = [("preferences", _("Look")), ("preferences_home", _("Home page")), ("preferences_notices", _("Notices"))]
    if _person(request).is_staff:
        places = [place for place in places if place[0] != "preferences_home"]  # staff have a desk, not a home page
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [(text, reverse(name), name == here) for name, text in places]
    return render(request, template, {"tabs": tabs, **context})


def _initial(user: User, look: looks.Look) -> dict[str, Any]:
    return {
        "language": translation.get_language() or user.language,
        "mode": look.mode or "system",
        "colour": look.colour,
        "size": look.size,
        "simple": look.simple,
        "covered": look.covered,
    }


def _drawn(form: LookForm) -> dict[str, Any]:
    """The colours as the template draws them, each with its swatch, and what the preview is made of."""
    chosen = str(form["colour"].value())
    return {
        "sample": SAMPLE,
        "sample_day": date(2026, 3, 5),
        "colours": [(key, label, key == chosen) for key, label in form.fields["colour"].choices],  # type: ignore[attr-defined]
    }


def _can_be_texted(user: User) -> bool:
    return bool(user.phone_verified_at and settings.SMS_GATEWAY)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required stands before every view here
