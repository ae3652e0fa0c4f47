"""Who read what is covered: on record. Reading it is a page of its own (accounts.mydata.views.revealing)."""

from django.contrib import admin

from accounts.admin import LookOnly
from accounts.mydata.models import Disclosure


@admin.register(Disclosure)
class DisclosureAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("at", "customer", "what", "why", "staff", "role")
    list_filter = ("what", "why")
    list_select_related = ("customer", "staff")
    ordering = ("-at", "-id")
    fields = ("at", "customer", "what", "why", "reason", "staff", "role", "approved_by")
    readonly_fields = fields
