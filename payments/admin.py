"""What customers moved and whom they pay, as staff may look it up. Nothing is changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from payments.models import Payee, StandingOrder, Transfer


class LookUpOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description=_("amount"))
    def money(self, row: Any) -> str:
        return formats.amount(Money(row.amount, row.currency).decimal, row.currency)


@admin.register(Transfer)
class TransferAdmin(LookUpOnly):
    list_display = ("reference", "state", "kind", "money", "payer", "source", "destination", "created_at")
    list_filter = ("state", "kind", "business_date")
    list_select_related = ("payer__user", "source", "destination")
    search_fields = ("=reference", "=source__number", "=destination__number")
    search_help_text = _("Exact reference or account number")
    ordering = ("-id",)
    # The verification code stays out: whoever knows it can show the receipt.
    fields = (
        "reference", "state", "kind", "money", "memo", "payer", "source", "payee", "destination", "shown_name",
        "business_date", "created_at", "expires_at", "confirmed_at", "entry",
    )  # fmt: skip


@admin.register(Payee)
class PayeeAdmin(LookUpOnly):
    list_display = ("alias", "shown_name", "customer", "bank_account", "name_check", "state", "confirmed_at")
    list_filter = ("state", "name_check")
    list_select_related = ("customer__user", "bank_account")
    search_fields = ("=bank_account__number",)
    search_help_text = _("Exact account number")
    ordering = ("-id",)
    fields = (
        "alias", "shown_name", "customer", "bank_account", "name_check", "state", "created_at", "confirmed_at",
        "archived_at",
    )  # fmt: skip


@admin.register(StandingOrder)
class StandingOrderAdmin(LookUpOnly):
    list_display = ("source", "payee_bank", "payee_account", "payee_name", "money", "purpose", "rhythm", "status")
    list_filter = ("status", "rhythm", "purpose")
    list_select_related = ("source",)
    search_fields = ("=source__number", "=payee_account", "=external_ref")
    search_help_text = _("Exact account number or old reference")
    ordering = ("-id",)
    fields = (
        "source", "payee_bank", "payee_account", "payee_name", "money", "purpose", "rhythm", "status", "external_ref",
    )  # fmt: skip
