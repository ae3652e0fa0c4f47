"""Asking for changes, inside Django's admin: what one may ask for, a form, a look at it, and what became of it.

Nothing is edited or decided here. Every button calls a service; the desk decides.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.changes import errors, kinds, pages, queries, reasons, services
from core.changes.forms import ReasonForm
from core.changes.models import Change
from core.reviews import services as desk

STEP = "step"
LOOK, ASK, BACK = "look", "ask", "back"


def _roles(request: HttpRequest) -> frozenset[str]:
    """Read the roles once for a page; the services read them again for every act."""
    found: frozenset[str] | None = getattr(request, "_change_roles", None)
    if found is None:
        found = request._change_roles = desk.roles_of(request.user)  # type: ignore[attr-defined]
    return found


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A place to ask, not a table to edit."""

    actions = None

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path("", inside(require_GET(never_cache(self.overview))), name="changes_change_changelist"),
            path(
                "ask/<str:kind>/",
                inside(require_http_methods(["GET", "POST"])(never_cache(self.ask))),
                name="changes_ask",
            ),
            path("reasons/", inside(require_GET(never_cache(self.reasons))), name="changes_reasons"),
            path("<uuid:public_id>/", inside(require_GET(never_cache(self.change))), name="changes_change"),
            path("<uuid:public_id>/withdraw/", inside(require_POST(self.withdraw)), name="changes_withdraw"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Change | None = None) -> bool:
        roles = _roles(request)
        return bool(kinds.asked_by(roles) or roles & set(kinds.decided_by()) or self._sees_all(request))

    def _never(self, *_args: Any) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never  # type: ignore[assignment]

    def overview(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        board = queries.board(request.user, roles=_roles(request), sees_all=self._sees_all(request))
        context = {
            "title": _("Changes by two people"),
            "offers": pages.offers(_roles(request)),
            "waiting": [pages.row(change) for change in board.waiting],
            "settled": [pages.row(change) for change in board.settled],
        }
        return self._page(request, "admin/changes/overview.html", context)

    def reasons(self, request: HttpRequest) -> HttpResponse:
        """Show the words of every reason, version by version, to those who ask for new ones or agree to them."""
        offer, roles = kinds.offer_of(reasons.KIND), _roles(request)
        asks = bool(roles & set(offer.asks))
        if not (asks or roles & {role for step in offer.decides for role in step} or self._sees_all(request)):
            raise Http404
        listed = reasons.versions()
        chosen = next((one for one in listed if one["kind"] == request.GET.get("kind")), listed[0])
        here = reverse("admin:changes_reasons")
        context = {
            "title": _("Words of reasons"),
            "kinds": [(one["label"], f"{here}?kind={one['kind']}", one is chosen) for one in listed],
            "kind": chosen,
            "asks": asks,
            "today": timezone.localdate(),
        }
        return self._page(request, "admin/changes/reasons.html", context)

    def ask(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Ask in three steps, each carrying what was typed: the form, a look at what would change, the wish itself."""
        act = kinds.asked_by(_roles(request)).get(kind)
        if act is None:
            raise Http404
        now, step = timezone.now(), request.POST.get(STEP, "")
        made: Any = kinds.form_of(kind)
        given = {"user": request.user, "now": now}
        if request.method == "GET":
            chosen_at = getattr(act, "chosen_at", None)
            if chosen_at is not None and not request.GET.get(chosen_at.field):
                return redirect(chosen_at.url_name)
            form = made(initial={name: request.GET[name] for name in request.GET}, **given)
            return self._form(request, kind, form, ReasonForm())
        form, reason = made(request.POST, **given), ReasonForm(request.POST)
        fine = form.is_valid() & reason.is_valid()
        if fine and step == ASK:
            try:
                change = services.ask(
                    kind=kind,
                    payload=form.payload(),
                    reason=reason.cleaned_data["reason"],
                    asked_by=request.user,
                    now=now,
                )
            except errors.NotDone as error:
                _say(form, error)
                return self._form(request, kind, form, reason)
            messages.success(request, _("%(number)s waits for a colleague's decision.") % {"number": change.number})
            return redirect("admin:changes_change", change.public_id)
        if fine and step == LOOK:
            try:
                services.check(kind=kind, payload=form.payload(), asked_by=request.user, now=now)
            except errors.NotDone as error:
                _say(form, error)
            else:
                return self._look(request, kind, form, reason)
        return self._form(request, kind, form, reason)

    def change(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        change = queries.change_for(
            request.user, roles=_roles(request), sees_all=self._sees_all(request), public_id=public_id
        )
        if change is None:
            raise Http404
        context = pages.screen(change, queries.case_of(change), user=request.user, now=timezone.now())
        return self._page(request, "admin/changes/change.html", {**context, "title": str(change)})

    def withdraw(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        try:
            services.withdraw(public_id=public_id, user=request.user, now=timezone.now())
        except errors.UnknownChange as error:
            raise Http404 from error
        except errors.NotDone as error:
            messages.warning(request, pages.refusal(error))
        else:
            messages.success(request, _("The change is withdrawn. Nothing was changed."))
        back = request.POST.get("back", "")  # the page that asked, where it is not this one
        if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
            return redirect(back)
        return redirect("admin:changes_change", public_id)

    def _sees_all(self, request: HttpRequest) -> bool:
        return request.user.has_perm("changes.view_change")  # type: ignore[union-attr]

    def _form(self, request: HttpRequest, kind: str, form: forms.Form, reason: ReasonForm) -> HttpResponse:
        act = kinds.kind_of(kind)
        context = {
            "title": act.label,
            "hint": act.hint,
            "form": form,
            "reason": reason,
            "rows": getattr(form, "rows", None),
        }
        return self._page(request, "admin/changes/ask.html", context)

    def _look(self, request: HttpRequest, kind: str, form: Any, reason: ReasonForm) -> HttpResponse:
        act, now = kinds.kind_of(kind), timezone.now()
        wanted = services.rule_for(kind=kind, payload=form.payload(), now=now)
        typed = [(name, value) for name in (*form.fields, *reason.fields) for value in request.POST.getlist(name)]
        context = {
            "title": act.label,
            "preview": act.present(form.payload(), now=now),
            "reason_text": reason.cleaned_data["reason"],
            "needed": wanted.approvals,
            "why": [act.why(code.rpartition("/")[2]) for code in wanted.why],
            "typed": typed,
        }
        return self._page(request, "admin/changes/look.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**shared, "opts": self.opts, **context})


def _say(form: forms.Form, error: errors.NotDone) -> None:
    """Put the sentence at the field it is about, or on top."""
    field = error.field if isinstance(error, errors.Refused) and error.field in form.fields else None
    form.add_error(field, pages.refusal(error))
