"""The cards, for staff to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from products.cards.models import Card


@admin.register(Card)
class CardAdmin(admin.ModelAdmin):
    list_display = ("external_ref", "type", "issued_on", "disposition")
    list_filter = ("type",)
    list_select_related = ("disposition__customer__user", "disposition__bank_account")
    search_fields = ("external_ref", "disposition__bank_account__number")
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False
