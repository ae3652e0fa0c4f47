"""The desk, inside Django's admin: a queue and one screen for each case. Every button calls a service."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.reviews import errors, pages, queries, services
from core.reviews.forms import DecisionForm
from core.reviews.models import Case
from core.reviews.subject import UnknownPaper, subject_of


def refusal(error: errors.Refused) -> str:
    """This function will say why the desk did not do something; nothing has changed."""
    match error:
        case errors.HeldByAnother(holder=holder):
            return _("%(holder)s holds this case at the moment. Nothing was changed.") % {"holder": holder}
        case errors.Objection(sentence=sentence):
            return str(sentence)
    sentences = {
        errors.NoRole: _("This step takes another role than yours. Nothing was changed."),
        errors.OwnCase: _("This case is your own, or you asked for it. A colleague decides it."),
        errors.DecidedBefore: _("You have already looked at this case. A second person must decide now."),
        errors.NotHeld: _("Claim the case before you decide it."),
        errors.Closed: _("This case is already decided or withdrawn. Nothing was changed."),
        errors.Changed: _("Something has changed since you opened this page. Look again, then decide."),
        errors.ReasonMissing: _("To decline takes at least one reason and a note."),
        errors.UnknownReason: _("Choose the reasons from the list."),
        errors.CheckFailed: _("A check is not in order, so this case cannot be approved."),
    }
    return sentences[type(error)]


def _roles(request: HttpRequest) -> frozenset[str]:
    """Read the roles once for a page; the services read them again, under the lock, for every act."""
    found: frozenset[str] | None = getattr(request, "_desk_roles", None)
    if found is None:
        found = request._desk_roles = services.roles_of(request.user)  # type: ignore[attr-defined]
    return found


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A work place, not a database browser: nothing is edited here, everything is decided."""

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path("", inside(require_GET(never_cache(self.queue))), name="reviews_case_changelist"),
            path("<uuid:public_id>/", inside(require_GET(never_cache(self.case))), name="reviews_case"),
            path("<uuid:public_id>/claim/", inside(require_POST(self.claim)), name="reviews_claim"),
            path("<uuid:public_id>/release/", inside(require_POST(self.release)), name="reviews_release"),
            path("<uuid:public_id>/decide/", inside(require_POST(never_cache(self.decide))), name="reviews_decide"),
            path("<uuid:public_id>/papers/<slug:name>/", inside(require_GET(self.paper)), name="reviews_paper"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Case | None = None) -> bool:
        return bool(services.kinds_for(_roles(request)))

    def _never(self, *_args: Any) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never  # type: ignore[assignment]

    def queue(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        now = timezone.now()
        desk = queries.queue(request.user, roles=_roles(request), now=now)
        context = {
            "title": _("Review desk"),
            "mine": pages.rows(desk.mine, now=now),
            "second": pages.rows(desk.second, now=now),
            "open": pages.rows(desk.open, now=now),
            "with_others": pages.rows(desk.with_others, now=now),
            "closed": pages.rows(desk.closed, now=now),
            "overdue": desk.overdue,
            "waiting": desk.waiting,
        }
        return self._page(request, "admin/reviews/case/queue.html", context)

    def case(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        return self._screen(request, self._case(request, public_id))

    def claim(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        try:
            services.claim(public_id=public_id, user=request.user, now=timezone.now())
        except errors.UnknownCase as error:
            raise Http404 from error
        except errors.Refused as error:
            messages.warning(request, refusal(error))
        return redirect("admin:reviews_case", public_id)

    def release(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        try:
            services.release(public_id=public_id, user=request.user, now=timezone.now())
        except errors.UnknownCase as error:
            raise Http404 from error
        except errors.Refused as error:
            messages.warning(request, refusal(error))
            return redirect("admin:reviews_case", public_id)
        messages.success(request, _("The case is back in the queue."))
        return redirect("admin:reviews_case_changelist")

    def decide(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        case = self._case(request, public_id)
        form = DecisionForm(request.POST, subject=subject_of(case.subject))
        if not form.is_valid():
            return self._screen(request, case, form)
        try:
            decided = services.decide(
                public_id=public_id,
                user=request.user,
                verdict=form.cleaned_data["verdict"],
                reasons=form.cleaned_data["reasons"],
                note=form.cleaned_data["note"],
                digest=form.cleaned_data["seen"],
                now=timezone.now(),
            )
        except errors.Refused as error:
            form.add_error(None, refusal(error))
            case.refresh_from_db()
            return self._screen(request, case, form, status=409)
        messages.success(
            request, _("Decision on %(number)s saved: %(state)s.")
            % {"number": decided.case.number, "state": decided.case.get_state_display()}
        )  # fmt: skip
        return redirect("admin:reviews_case", public_id)

    def paper(self, request: HttpRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
        """Show a document to the person who holds the case, and to nobody else; each look is in the audit trail."""
        case, now = self._case(request, public_id), timezone.now()
        if case.holder_id != request.user.pk or case.is_closed:
            raise Http404
        try:
            content_type, content = subject_of(case.subject).paper(case.subject_id, name)
        except UnknownPaper as error:
            raise Http404 from error
        services.note_reading(case=case, user=request.user, name=name, now=now)
        return HttpResponse(
            content,
            content_type=content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{case.number}-{name}"',
                "Cache-Control": "no-store, private",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )

    def _case(self, request: HttpRequest, public_id: uuid.UUID) -> Case:
        case = queries.case_for(roles=_roles(request), public_id=public_id)
        if case is None:
            raise Http404
        return case

    def _screen(
        self, request: HttpRequest, case: Case, form: DecisionForm | None = None, status: int = 200
    ) -> HttpResponse:
        now = timezone.now()
        screen = pages.screen(case, user=request.user, now=now)
        if form is None:
            form = DecisionForm(initial={"seen": screen["seen"]}, subject=subject_of(case.subject))
        else:  # what is on the screen now is what a second try decides on
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = screen["seen"]  # type: ignore[index]
        following = None if screen["mine"] else queries.next_case(request.user, roles=_roles(request))
        context = {
            **screen,
            "title": str(case),
            "form": form,
            "next": pages.row(following, now=now) if following and following.pk != case.pk else None,
        }
        return self._page(request, "admin/reviews/case/case.html", context, status=status)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**shared, "opts": self.opts, **context}, status=status)
