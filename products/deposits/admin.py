"""Interest that was credited and that is owed, as staff look it up. Nothing is changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from products.deposits.models import AccruedDay, Settlement


class LookUpOnly(admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False


def _money(minor: int, currency: str) -> str:
    return formats.amount(Money(minor, currency).decimal, currency)


@admin.register(Settlement)
class SettlementAdmin(LookUpOnly):
    list_display = ("bank_account", "first_day", "last_day", "rate", "amount", "reason", "settled_at")
    list_filter = ("reason",)
    list_select_related = ("bank_account",)
    date_hierarchy = "last_day"
    search_fields = ("=bank_account__number",)
    search_help_text = _("Exact account number")
    ordering = ("-last_day", "bank_account")
    fields = (
        "bank_account", "reason", "first_day", "last_day", "balances", "rate", "day_basis", "rate_day", "amount",
        "entry_id", "settled_at",
    )  # fmt: skip

    @admin.display(description=_("per cent a year"))
    def rate(self, row: Settlement) -> str:
        return f"{row.percent.normalize():f}"

    @admin.display(description=_("interest"))
    def amount(self, row: Settlement) -> str:
        return _money(row.interest, row.bank_account.currency)

    @admin.display(description=_("sum of daily balances"))
    def balances(self, row: Settlement) -> str:
        return _money(row.daily_balances, row.bank_account.currency)


@admin.register(AccruedDay)
class AccruedDayAdmin(LookUpOnly):
    list_display = ("day", "currency", "rate", "what_is_owed", "what_was_booked", "made_at")
    list_filter = ("currency",)
    date_hierarchy = "day"
    ordering = ("-day", "currency")
    fields = (
        "day", "currency", "balances", "rate", "day_basis", "what_is_owed", "what_was_booked", "entry_id", "made_at"
    )  # fmt: skip

    @admin.display(description=_("per cent a year"))
    def rate(self, row: AccruedDay) -> str:
        return f"{row.percent.normalize():f}"

    @admin.display(description=_("owed"))
    def what_is_owed(self, row: AccruedDay) -> str:
        return _money(row.owed, row.currency)

    @admin.display(description=_("booked"))
    def what_was_booked(self, row: AccruedDay) -> str:
        return _money(row.change, row.currency)

    @admin.display(description=_("sum of daily balances"))
    def balances(self, row: AccruedDay) -> str:
        return _money(int(row.daily_balances), row.currency)
