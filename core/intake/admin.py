"""The runs and their refused rows, for staff to read. Nothing here can be changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.intake.models import Mark, Refusal, Run


class ReadOnly:
    """Takes away every way to add, change or delete."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False


class MarkInline(ReadOnly, admin.TabularInline):
    model = Mark
    fields = ("file", "taken", "repeated", "refused", "line", "complete")
    extra = 0


@admin.register(Run)
class RunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("source_name", "source", "as_of", "state", "started_at", "finished_at", "resumed")
    list_filter = ("state", "source")
    fields = (
        ("source", "source_name", "as_of"),
        ("state", "started_at", "finished_at", "resumed"),
        "files",
        "report_text",
        "report",
        "fingerprint",
    )
    inlines = (MarkInline,)
    list_per_page = 50


@admin.register(Refusal)
class RefusalAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("run", "file", "line", "column", "value", "reason")
    list_filter = ("file", "run")
    list_select_related = ("run",)
    search_fields = ("reason", "value")
    list_per_page = 50
    show_full_result_count = False
