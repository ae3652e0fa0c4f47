"""The loans, for staff to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ledger.money import Money
from loans.models import Loan


@admin.register(Loan)
class LoanAdmin(admin.ModelAdmin):
    list_display = ("external_ref", "state", "granted_on", "whole", "each_month", "months", "bank_account")
    list_filter = ("state",)
    list_select_related = ("bank_account",)
    search_fields = ("external_ref", "bank_account__number")
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("amount"), ordering="amount")
    def whole(self, loan: Loan) -> str:
        return f"{Money(loan.amount, loan.currency).decimal:,} {loan.currency}"

    @admin.display(description=_("monthly payment"))
    def each_month(self, loan: Loan) -> str:
        return f"{Money(loan.monthly_payment, loan.currency).decimal:,} {loan.currency}"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False
