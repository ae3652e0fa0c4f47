"""The queue: what is mine, what is next, what colleagues have; it renews itself while it is open."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import policy
from core.reviews import errors, pages, queries, services
from core.reviews.subject import kinds, subject_of
from core.reviews.views.words import refusal

if TYPE_CHECKING:
    from core.reviews.admin import CaseAdmin

QUEUE = "admin:reviews_case_changelist"


def queue(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Show a person's desk."""
    desk.only_for_the_desk(request)
    return desk.page(request, "queue.html", _context(desk, request))


def live(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Answer an open queue page: nothing when nothing has happened, else the lists anew."""
    desk.only_for_the_desk(request)
    version = queries.pulse(request.user, roles=desk.roles(request))
    if request.GET.get("have") == version:
        return HttpResponse(status=204)
    return desk.page(request, "lists.html", _context(desk, request))


live.is_background = True  # type: ignore[attr-defined]


def claim_next(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Claim the next-best case and open it."""
    desk.only_for_the_desk(request)
    try:
        case = services.claim_next(user=request.user, now=timezone.now())
    except errors.Refused as error:
        messages.warning(request, refusal(error))
        return redirect(QUEUE)
    if case is None:
        messages.info(request, _("Nothing is left for you to decide at the moment."))
        return redirect(QUEUE)
    return redirect("admin:reviews_case", case.public_id)


def _context(desk: "CaseAdmin", request: HttpRequest) -> dict[str, Any]:
    now, roles = timezone.now(), desk.roles(request)
    chosen = _chosen(request)
    version = queries.pulse(request.user, roles=roles)  # before the lists: what happens meanwhile is shown next time
    found = queries.queue(request.user, roles=roles, now=now, **chosen)
    lists = ("mine", "turn", "asked", "second", "open", "with_others", "closed")
    rows = pages.Rows(*(getattr(found, name) for name in lists), now=now)
    return {
        "title": _("Review desk"),
        **{name: rows(getattr(found, name)) for name in lists},
        "overdue": found.overdue,
        "waiting": found.waiting,
        "filters": _filters(found, chosen, rows.skills),
        "page": chosen["page"],
        "more_url": _address(chosen, page=chosen["page"] + 1) if found.more else "",
        "less_url": _address(chosen, page=chosen["page"] - 1) if chosen["page"] > 1 else "",
        "version": version,
        "live_url": f"{reverse('admin:reviews_live')}?{urlencode(chosen)}",
        "pulse_seconds": policy.value("review.pulse_seconds", on=timezone.localdate(now)),
    }


def _chosen(request: HttpRequest) -> dict[str, Any]:
    kind, skill, page = (request.GET.get(name, "") for name in ("kind", "skill", "page"))
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return {"kind": kind if kind in kinds() else "", "skill": skill[:40].replace("\x00", ""), "page": max(1, number)}


def _filters(found: queries.Queue, chosen: dict[str, Any], names: dict[str, str]) -> list[dict[str, Any]]:
    """Offer the kinds and the skills that wait, each with how many; nothing where there is nothing to choose."""
    offered = [
        {
            "text": subject_of(kind).label,
            "number": number,
            "url": _address(chosen, kind="" if chosen["kind"] == kind else kind, page=1),
            "on": chosen["kind"] == kind,
        }
        for kind, number in sorted(found.by_kind.items())
        if number or chosen["kind"] == kind
    ]
    offered = offered if len(offered) > 1 or chosen["kind"] else []
    return offered + [
        {
            "text": names.get(code, code),
            "number": number,
            "url": _address(chosen, skill="" if chosen["skill"] == code else code, page=1),
            "on": chosen["skill"] == code,
        }
        for code, number in sorted(found.by_skill.items())
        if number or chosen["skill"] == code
    ]


def _address(chosen: dict[str, Any], **changes: Any) -> str:
    wanted = {name: value for name, value in {**chosen, **changes}.items() if value and (name, value) != ("page", 1)}
    return f"{reverse(QUEUE)}?{urlencode(wanted)}" if wanted else reverse(QUEUE)
