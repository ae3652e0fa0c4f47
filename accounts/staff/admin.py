"""Colleagues, inside Django's admin: who works here, invitation, absence, departure, and the review of access.

Every button calls a service. Roles are asked for on the pages of core.changes.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.staff import errors, pages, queries, services
from accounts.staff.forms import ConfirmForm, DepartureForm, InviteForm, LeaveForm
from accounts.staff.models import Colleague
from core.changes import errors as two_people
from core.changes import kinds
from core.changes import pages as change_pages
from core.reviews import services as desk
from core.reviews.errors import Refused


@admin.register(Colleague)
class ColleagueAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A place to look after colleagues, not a table to edit."""

    actions = None

    def get_urls(self) -> list[URLPattern]:
        get, post = ["GET"], ["GET", "POST"]
        return [
            self._at("", get, self.overview, "staff_colleague_changelist", "view_colleague"),
            self._at("invite/", post, self.invite, "staff_invite", "invite_colleague"),
            self._at("access/", post, self.access, "staff_access", "view_colleague"),
            self._at("<uuid:public_id>/", get, self.colleague, "staff_colleague", "view_colleague"),
            self._at("<uuid:public_id>/invite/", ["POST"], self.invite_again, "staff_invite_again", "invite_colleague"),
            self._at("<uuid:public_id>/leave/", post, self.leave, "staff_leave", "enter_leave"),
            self._at("leave/<uuid:leave_id>/cancel/", ["POST"], self.cancel, "staff_leave_cancel", "enter_leave"),
            self._at("<uuid:public_id>/departure/", post, self.departure, "staff_departure", "end_access"),
        ]

    def _at(self, route: str, methods: list[str], view: Callable[..., Any], name: str, right: str) -> URLPattern:
        """One address: the second factor, the right, the methods."""

        def guarded(request: HttpRequest, **rest: Any) -> HttpResponse:
            if not request.user.has_perm(f"staff.{right}"):  # type: ignore[union-attr]
                raise Http404
            answer: HttpResponse = view(request, now=timezone.now(), **rest)
            return answer

        return path(route, self.admin_site.admin_view(require_http_methods(methods)(never_cache(guarded))), name=name)

    def _never(self, *_args: Any) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never  # type: ignore[assignment]

    def overview(self, request: HttpRequest, *, now: datetime) -> HttpResponse:
        people = [pages.row(user, now=now) for user in queries.colleagues()]
        context = {
            "title": _("Colleagues"),
            "here": [row for row in people if not hasattr(row["colleague"], "departure")],
            "left": [row for row in people if hasattr(row["colleague"], "departure")],
            **self._rights(request),
        }
        return self._page(request, "admin/staff/overview.html", context)

    def colleague(self, request: HttpRequest, public_id: uuid.UUID, *, now: datetime) -> HttpResponse:
        user = self._user(public_id)
        context = {"title": str(user), **pages.screen(user, now=now), **self._rights(request)}
        return self._page(request, "admin/staff/colleague.html", {**context, "oneself": user.pk == request.user.pk})

    def invite(self, request: HttpRequest, *, now: datetime) -> HttpResponse:
        form = InviteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                invitation = services.invite(**form.cleaned_data, actor=_actor(request), now=now)
            except errors.EmailTaken as error:
                form.add_error("email", pages.refusal(error))
            except errors.NumberTaken as error:
                form.add_error("employee_number", pages.refusal(error))
            except two_people.NotDone as error:
                form.add_error("roles", change_pages.refusal(error))
            else:
                messages.success(request, _("The invitation is on its way to %(name)s.") % {"name": invitation.user})
                return redirect("admin:staff_colleague", invitation.user.public_id)
        return self._page(request, "admin/staff/invite.html", {"title": _("Invite a colleague"), "form": form})

    def invite_again(self, request: HttpRequest, public_id: uuid.UUID, *, now: datetime) -> HttpResponse:
        self._done(
            request,
            lambda: services.invite_again(public_id=public_id, actor=_actor(request), now=now),
            _("A new link is on its way. The former one opens nothing any more."),
        )
        return redirect("admin:staff_colleague", public_id)

    def leave(self, request: HttpRequest, public_id: uuid.UUID, *, now: datetime) -> HttpResponse:
        user = self._user(public_id)
        form = LeaveForm(request.POST or None, colleague=user, now=now)
        if request.method == "POST" and form.is_valid():
            try:
                services.enter_leave(public_id=public_id, **form.cleaned_data, actor=_actor(request), now=now)
            except errors.UnknownColleague as error:
                raise Http404 from error
            except errors.NotDone as error:
                form.add_error(None, pages.refusal(error))
            else:
                messages.success(
                    request,
                    _("The absence is entered. On these days the desk gives %(name)s no cases.") % {"name": user},
                )
                if form.cleaned_data["starts_on"] <= timezone.localdate(now):
                    _hand_over(request, user, form.cleaned_data["deputy"], now)
                return redirect("admin:staff_colleague", public_id)
        context = {"title": _("When is %(name)s away?") % {"name": user}, "form": form, "colleague": user}
        return self._page(request, "admin/staff/leave.html", context)

    def cancel(self, request: HttpRequest, leave_id: uuid.UUID, *, now: datetime) -> HttpResponse:
        self._done(
            request,
            lambda: services.cancel_leave(public_id=leave_id, actor=_actor(request), now=now),
            _("The absence is taken back."),
        )
        return redirect("admin:staff_colleague_changelist")

    def departure(self, request: HttpRequest, public_id: uuid.UUID, *, now: datetime) -> HttpResponse:
        user = self._user(public_id)
        form = DepartureForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                gone = services.end_access(
                    public_id=public_id, reason=form.cleaned_data["reason"], actor=_actor(request), now=now
                )
            except errors.NotDone as error:
                form.add_error(None, pages.refusal(error))
            else:
                messages.success(
                    request,
                    _("%(name)s is shut out. Sessions ended: %(sessions)d. Cases handed back: %(cases)d.")
                    % {"name": user, "sessions": gone.sessions, "cases": len(gone.cases)},
                )
                return redirect("admin:staff_colleague", public_id)
        context = {"title": _("Shut out %(name)s") % {"name": user}, "form": form, **pages.screen(user, now=now)}
        return self._page(request, "admin/staff/departure.html", context)

    def access(self, request: HttpRequest, *, now: datetime) -> HttpResponse:
        may_confirm, form = request.user.has_perm("staff.confirm_access"), ConfirmForm()  # type: ignore[union-attr]
        if request.method == "POST":
            if not may_confirm:
                raise PermissionDenied
            form = ConfirmForm(request.POST)
            if form.is_valid():
                try:
                    review = services.confirm_access(**form.cleaned_data, actor=_actor(request), now=now)
                except errors.NotDone as error:
                    form.add_error(None, pages.refusal(error))
                except two_people.NotDone as error:
                    form.add_error(None, change_pages.refusal(error))
                else:
                    messages.success(request, _("The list of %(quarter)s is confirmed.") % {"quarter": review.period})
                    return redirect("admin:staff_access")
        screen = pages.access(now=now)
        context = {
            "title": _("Who holds which role"),
            **screen,
            "form": form,
            "seen": services.digest_of(screen["holdings"]),
            "struck": request.POST.getlist("take"),  # a second look keeps what was struck out on the first
            "may_confirm": may_confirm and screen["review"] is None,
        }
        return self._page(request, "admin/staff/access.html", context)

    def _done(self, request: HttpRequest, act: Callable[[], Any], said: str) -> None:
        try:
            act()
        except errors.UnknownColleague as error:
            raise Http404 from error
        except errors.NotDone as error:
            messages.warning(request, pages.refusal(error))
        else:
            messages.success(request, said)

    def _rights(self, request: HttpRequest) -> dict[str, bool]:
        names = ("invite_colleague", "enter_leave", "end_access")
        held = {f"may_{name}": request.user.has_perm(f"staff.{name}") for name in names}  # type: ignore[union-attr]
        return {**held, "may_ask_for_roles": "staff.role" in kinds.asked_by(desk.roles_of(request.user))}

    def _user(self, public_id: uuid.UUID) -> User:
        user = queries.colleague(public_id)
        if user is None:
            raise Http404
        return user

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**shared, "opts": self.opts, **context})


def _actor(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # admin_view has asked for somebody who is signed in


def _hand_over(request: HttpRequest, user: User, deputy: User | None, now: datetime) -> None:
    """Hand over what lies on an absent colleague's desk, where whoever enters the absence leads it."""
    note = _("%(name)s is away.") % {"name": user}
    try:
        given = desk.hand_over_queue(person=user, by=request.user, to=deputy, note=note, now=now)
    except Refused:
        messages.info(request, _("Cases they hold can be taken over by colleagues on the desk."))
        return
    if given.given or given.back:
        messages.info(
            request,
            _("Cases handed to the deputy: %(given)d; back for everybody: %(back)d.")
            % {"given": given.given, "back": given.back},
        )
