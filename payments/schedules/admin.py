"""Dated transfers and standing orders, as staff may look them up. Nothing is changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.admin import LookUpOnly
from payments.schedules import words
from payments.schedules.models import Occurrence, Schedule


class OccurrenceInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Occurrence
    fields = readonly_fields = ("nominal", "day", "became", "why", "transfer", "payment", "at")
    extra = max_num = 0
    can_delete = False

    @admin.display(description=_("reason"))
    def why(self, row: Occurrence) -> str:
        return words.reason(row.reason)

    @admin.display(description=_("state"))
    def became(self, row: Occurrence) -> str:
        return row.became

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("transfer", "payment")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return request.user.has_perm("schedules.view_schedule")


@admin.register(Schedule)
class ScheduleAdmin(LookUpOnly):
    list_display = ("id", "state", "money", "rhythm", "next_day", "payer", "source", "destination", "other_payee")
    list_filter = ("state", "unit")
    list_select_related = ("payer__user", "source", "destination", "other_payee")
    search_fields = ("=source__number", "=destination__number", "=other_payee__number")
    search_help_text = _("Exact account number")
    ordering = ("-id",)
    inlines = (OccurrenceInline,)
    fields = (
        "payer", "source", "destination", "payee", "other_payee", "kind", "shown_name", "money", "memo", "rhythm",
        "starts_on", "holiday", "until", "count", "total", "notice_days", "state", "ended_because", "ended_at",
        "next_day", "paid_count", "paid_total", "version", "brought", "created_at",
    )  # fmt: skip

    @admin.display(description=_("rhythm"))
    def rhythm(self, row: Schedule) -> str:
        return words.rhythm(row.rhythm)
