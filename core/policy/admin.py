"""The figures as staff read them: looked up, never edited here."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.policy.models import Figure
from core.policy.units import with_unit


@admin.register(Figure)
class FigureAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("meaning_shown", "figure", "effective_from", "source", "key")
    list_filter = ("effective_from",)
    search_fields = ("key", "meaning_en", "meaning_zh", "source")
    search_help_text = _("Key, meaning or source")
    list_per_page = 100
    fields = (
        "key",
        "effective_from",
        "type",
        "value",
        "unit",
        "source",
        "meaning_en",
        "meaning_zh",
        "loaded_at",
        "change",
    )

    @admin.display(description=_("figure"))
    def figure(self, row: Figure) -> str:
        return with_unit(row.value, row)

    @admin.display(description=_("meaning"))
    def meaning_shown(self, row: Figure) -> str:
        return row.meaning

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Figure | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Figure | None = None) -> bool:  # noqa: ARG002
        return False
