"""The trail as auditors read it: newest first, filtered, never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.audit import queries, search
from core.audit.models import Row
from core.audit.paging import BoundedPaginator


class ActFilter(admin.SimpleListFilter):
    title = _("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(act, act) for act in queries.acts()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> QuerySet[Row]:  # noqa: ARG002
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(Row)
class RowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("acted_at", "act", "subject", "actor_label", "reason", "reference")
    list_filter = (ActFilter, "acted_at")
    search_fields = ("subject",)  # shows the box; get_search_results reads it
    search_help_text = _(
        "A day (2026-11-22) or days (2026-11-01..2026-11-22), an act (reviews.approved, reviews.), somebody's e-mail, "
        "name or employee number, a record's id, a network address, a reference, #row. Several words narrow it down."
    )
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    change_form_template = "admin/audit/row.html"
    fields = (
        "act", "subject", "actor_label", "actor_id", "reason", "ip", "reference", "acted_at", "recorded_at",
    )  # fmt: skip

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - everybody who may look finds the same
        queryset: QuerySet[Row],
        search_term: str,
    ) -> tuple[QuerySet[Row], bool]:
        return queryset.filter(search.condition(search_term)), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one act: what it was beside what it became, and its place in the chain."""
        row = queries.row(object_id)
        more = {"changes": queries.changes(row), "seal": queries.seal_of(row)} if row is not None else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002
        return False
