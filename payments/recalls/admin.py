"""Recalls and disputes, as staff may look them up. Nothing is changed here; disputes are decided on the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.admin import LookUpOnly
from payments.recalls.models import Dispute, Recall, Step


class StepInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Step
    fields = readonly_fields = ("state", "heard", "code", "at")
    extra = max_num = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return request.user.has_perm("recalls.view_recall")


@admin.register(Recall)
class RecallAdmin(LookUpOnly):
    list_display = ("reference", "state", "why", "money", "payer", "transfer", "payment", "abroad", "answer_by")
    list_filter = ("state", "why")
    list_select_related = ("payer__user", "transfer", "payment", "abroad")
    search_fields = ("=reference", "=transfer__reference", "=payment__reference", "=abroad__reference")
    search_help_text = _("Exact reference")
    ordering = ("-id",)
    inlines = (StepInline,)
    fields = (
        "reference", "state", "why", "words", "money", "payer", "transfer", "payment", "abroad", "answer_code",
        "answer_words", "answer_by", "handed_at", "back", "asked_at", "ended_at",
    )  # fmt: skip


@admin.register(Dispute)
class DisputeAdmin(LookUpOnly):
    list_display = ("reference", "state", "about", "money", "customer", "bank_account", "entry", "promised_by")
    list_filter = ("state", "about")
    list_select_related = ("customer__user", "bank_account")
    search_fields = ("=reference",)
    search_help_text = _("Exact reference")
    ordering = ("-id",)
    # What the customer wrote, and their pictures, are read on the desk by whoever holds the case.
    fields = (
        "reference", "state", "about", "money", "customer", "bank_account", "number", "entry", "froze", "promised_by",
        "opened_at", "ended_at",
    )  # fmt: skip
