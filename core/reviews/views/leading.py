"""For those who lead the desk: the figures, the team, and handing over for somebody who is away."""

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.reviews import board, calendar, errors, pages, queries, services
from core.reviews.figures import figures
from core.reviews.forms import QueueForm, SkillForm
from core.reviews.models import Skill
from core.reviews.services.people import overseen
from core.reviews.views.words import refusal, refusal_of_colleague
from core.workdays.checks import missing_year

if TYPE_CHECKING:
    from core.reviews.admin import CaseAdmin

PERIODS = (7, 30, 90)


def statistics(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Show the desk's figures; no customer's name is in them."""
    kinds, now = overseen(desk.roles(request)), timezone.now()
    if not kinds:
        raise Http404
    days = next((days for days in PERIODS if request.GET.get("days") == str(days)), 30)
    found = figures(kinds=kinds, days=days, now=now, zone=settings.TIME_ZONE)
    today = timezone.localdate(now)
    context = {
        "title": _("Figures of the review desk"),
        **board.context(found, now=now, desk=calendar.desk(today)),
        "periods": [
            {
                "text": ngettext("%(count)s day", "%(count)s days", period) % {"count": period},
                "url": f"{reverse('admin:reviews_statistics')}?days={period}",
                "on": period == days,
            }
            for period in PERIODS
        ],
        "calendar_ends": missing_year(today),
        "has_desk": bool(services.kinds_for(desk.roles(request))),
    }
    return desk.page(request, "statistics.html", context)


def new_skill(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Put a skill on the desk's list."""
    _led(desk, request)
    form = SkillForm(request.POST)
    if not form.is_valid():
        return team(desk, request, form)
    skill = services.add_skill(**form.cleaned_data, by=request.user, now=timezone.now())
    messages.success(request, _("“%(skill)s” is on the list.") % {"skill": skill})
    return redirect("admin:reviews_team")


def team(desk: "CaseAdmin", request: HttpRequest, form: SkillForm | None = None) -> HttpResponse:
    """Show who works on the desk, with what load and skills."""
    kinds, now = _led(desk, request), timezone.now()
    context = {
        "title": _("The desk's team"),
        "members": queries.members(kinds, now=now),
        "skills": list(Skill.objects.order_by("code")),
        "most": services.people.most_open(now),
        "me": request.user.pk,
        "form": form or SkillForm(),
    }
    return desk.page(request, "team.html", context)


def skills(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Enter a colleague's skills."""
    _led(desk, request)
    person = queries.staff_by_key(request.POST.get("person", ""))
    if person is None:
        messages.warning(request, _("This colleague does not work at the desk."))
        return redirect("admin:reviews_team")
    try:
        services.set_skills(person=person, codes=request.POST.getlist("skills"), by=request.user, now=timezone.now())
    except errors.Refused as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("The skills of %(person)s are saved.") % {"person": person})
    return redirect("admin:reviews_team")


def end_relation(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Note that a colleague's relation has ended."""
    _led(desk, request)
    try:
        public_id = uuid.UUID(request.POST.get("relation", ""))
        services.end_relation(public_id=public_id, by=request.user, now=timezone.now())
    except (ValueError, errors.UnknownCase):
        messages.warning(request, _("There is no such entry. Nothing was changed."))
    except errors.Refused as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("The relation no longer counts. The entry is kept."))
    return redirect("admin:reviews_team")


def hand_over_queue(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Hand over everything somebody has on their desk: first shown, then done."""
    desk.only_for_the_desk(request)
    kinds, now = services.kinds_led(desk.roles(request)), timezone.now()
    key = request.POST.get("person") or request.GET.get("person") or str(request.user.pk)
    person = queries.staff_by_key(key)
    if person is None or (person.pk != request.user.pk and not kinds):
        raise Http404
    seen = services.kinds_for(desk.roles(request))
    cases = [case for case in queries.on_desk_of(person) if case.subject in seen]
    people = [
        member.person
        for member in queries.members(sorted({case.subject for case in cases}), now=now)
        if not member.away and member.person.pk != person.pk
    ]
    form = QueueForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.hand_over_queue(
                person=person,
                by=request.user,
                to=form.cleaned_data["to"],
                note=form.cleaned_data["note"],
                now=now,
                only=_shown(request),
            )
        except errors.Refused as error:
            form.add_error(None, refusal(error))
        else:
            return desk.page(request, "handed_over.html", _handed(done, person, form.cleaned_data["to"], kinds))
    context = {
        "title": _("Hand over a desk"),
        "form": form,
        "person": person,
        "is_me": person.pk == request.user.pk,
        "cases": pages.Rows(cases, now=now)(cases),
    }
    return desk.page(request, "hand_over_queue.html", context, status=409 if form.non_field_errors() else 200)


def _shown(request: HttpRequest) -> list[uuid.UUID]:
    """Read which cases the page has shown; what is no such number was not shown."""
    found = []
    for text in request.POST.getlist("cases")[: services.AT_ONCE]:
        with suppress(ValueError):
            found.append(uuid.UUID(text))
    return found


def _handed(done: services.HandedOver, person: Any, to: Any, kinds: list[str]) -> dict[str, Any]:
    """Give the outcome case by case: to whom it went, or why not."""
    return {
        "title": _("Handed over"),
        "person": person,
        "to": to,
        "given": done.given,
        "back": done.back,
        "items": [
            {
                "number": item.case.number,
                "title": item.case.title,
                "url": pages.address(item.case),
                "given": item.given,
                "why": refusal_of_colleague(item.why) if item.why else "",
            }
            for item in done.items
        ],
        "back_url": reverse("admin:reviews_team" if kinds else "admin:reviews_case_changelist"),
        "back_text": _("The desk's team") if kinds else _("Review desk"),
    }


def _led(desk: "CaseAdmin", request: HttpRequest) -> list[str]:
    kinds = services.kinds_led(desk.roles(request))
    if not kinds:
        raise Http404
    return kinds
