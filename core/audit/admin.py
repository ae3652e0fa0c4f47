"""The trail as auditors read it: newest first, filtered, never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.audit import queries
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
    search_fields = ("=subject", "=reference", "=actor_label", "=ip")
    search_help_text = _("Exact subject, actor, address or request reference")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    fields = (
        "act", "subject", "actor_label", "actor_id", "reason", "before", "after", "ip", "reference", "acted_at",
        "recorded_at",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002
        return False
