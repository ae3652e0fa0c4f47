"""The desk, inside Django's admin: where everything is found, and who sees it. The pages stand in `views`.

Nothing is edited here, everything is decided: no admin form, no admin action, no import writes a case.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.reviews import services
from core.reviews.models import Case
from core.reviews.services.people import overseen
from core.reviews.views import acting, deciding, leading, queueing
from core.ui import menu

View = Callable[..., HttpResponse]


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A work place, not a database browser."""

    actions = None

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: View, name: str, methods: Callable[[View], View] = require_GET) -> URLPattern:
            wrapped = self.admin_site.admin_view(methods(never_cache(partial(view, self))))
            # Pages ask for these by themselves: they keep no session open (accounts.access.middleware).
            wrapped.is_background = getattr(view, "is_background", False)  # type: ignore[attr-defined]
            return path(route, wrapped, name=f"reviews_{name}")

        both = require_http_methods(["GET", "POST"])
        return [
            at("", queueing.queue, "case_changelist"),
            at("live/", queueing.live, "live"),
            at("next/", queueing.claim_next, "next", require_POST),
            at("statistics/", leading.statistics, "statistics"),
            at("team/", leading.team, "team"),
            at("team/hand-over/", leading.hand_over_queue, "team_hand_over", both),
            at("team/skills/", leading.skills, "team_skills", require_POST),
            at("team/new-skill/", leading.new_skill, "team_new_skill", require_POST),
            at("team/relation-ended/", leading.end_relation, "team_relation_ended", require_POST),
            at("relations/", acting.relations, "relations", both),
            at("<uuid:public_id>/", deciding.case, "case"),
            at("<uuid:public_id>/claim/", deciding.claim, "claim", require_POST),
            at("<uuid:public_id>/release/", deciding.release, "release", require_POST),
            at("<uuid:public_id>/decide/", deciding.decide, "decide", require_POST),
            at("<uuid:public_id>/ask/", acting.ask, "ask", require_POST),
            at("<uuid:public_id>/recall/", acting.recall, "recall", require_POST),
            at("<uuid:public_id>/hand-over/", acting.hand_over, "hand_over", both),
            at("<uuid:public_id>/correct/", acting.correct, "correct", both),
            at("<uuid:public_id>/papers/<slug:name>/", deciding.paper, "paper"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Case | None = None) -> bool:
        return bool(services.kinds_for(self.roles(request)))

    def _never(self, *_args: Any) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never  # type: ignore[assignment]

    def roles(self, request: HttpRequest) -> frozenset[str]:
        """Read the roles once for a page; the services read them again, under the lock, for every act."""
        found: frozenset[str] | None = getattr(request, "_desk_roles", None)
        if found is None:
            found = request._desk_roles = services.roles_of(request.user)  # type: ignore[attr-defined]
        return found

    def only_for_the_desk(self, request: HttpRequest) -> None:
        """This function will hide the desk from whoever has none. Raises Http404."""
        if not self.has_view_permission(request):
            raise Http404

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """This function will answer with a page of the desk.

        It stands in the portal's own frame, so what the admin asks for its frame (every app and right) is not asked.
        """
        roles = self.roles(request)
        request.audiences = menu.audiences_of(request.user, held=roles)  # type: ignore[attr-defined]  # for the frame
        shared = {
            "leads": bool(services.kinds_led(roles)),
            "oversees": bool(overseen(roles)),
        }
        return TemplateResponse(request, f"admin/reviews/case/{template}", {**shared, **context}, status=status)
