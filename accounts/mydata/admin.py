"""Who read what is covered: on record. Reading it is a page of its own (accounts.mydata.views.revealing)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import LookOnly
from accounts.mydata.models import Disclosure, Emergency, Look


@admin.register(Disclosure)
class DisclosureAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("at", "customer", "what", "why", "staff", "role")
    list_filter = ("what", "why")
    list_select_related = ("customer", "staff")
    ordering = ("-at", "-id")
    fields = ("at", "customer", "what", "why", "reason", "staff", "role", "approved_by")
    readonly_fields = fields


class ForAuditors(LookOnly):
    """What colleagues did where they are watched: for whom the right to view it was given, and for nobody else."""

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        meta = self.model._meta  # type: ignore[attr-defined]
        return bool(request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"))  # type: ignore[union-attr]


@admin.register(Look)
class LookAdmin(ForAuditors, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("at", "customer_id_shown", "covered", "ground", "staff", "reason")
    list_filter = ("covered", "ground")
    list_select_related = ("customer", "staff")
    ordering = ("-at", "-id")
    fields = ("at", "until", "customer_id_shown", "covered", "ground", "reason", "staff")
    readonly_fields = fields

    @admin.display(description=_("customer"))
    def customer_id_shown(self, look: Look) -> str:
        return str(look.customer.public_id)


@admin.register(Emergency)
class EmergencyAdmin(ForAuditors, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("began_at", "until", "ended_at", "staff", "duty", "reason")
    list_filter = ("duty",)
    list_select_related = ("staff",)
    ordering = ("-began_at", "-id")
    fields = ("began_at", "until", "ended_at", "staff", "duty", "reason", "told")
    readonly_fields = fields
