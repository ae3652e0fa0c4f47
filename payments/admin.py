"""What customers moved and whom they pay, as staff may look it up. Nothing is changed here."""

import uuid
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from payments.models import Holding, Payee, StandingOrder, Transfer


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


# Where a payment may stand that is held or noticed. By label: the room that sends to other banks is above this one.
PAID = ("payments.Transfer", "clearing.Payment")


class ByReference(LookUpOnly):
    """Rows about a payment, known by its public id (`payment`): found by the reference that customers quote."""

    search_fields = ("payment",)  # the box; what is typed is looked up below
    search_help_text = _("Exact reference of the payment")

    def payments_called(self, reference: str) -> list[uuid.UUID]:
        """This function will list the public ids of the payments with this reference."""
        return [
            public_id
            for label in PAID
            for public_id in apps.get_model(label)
            .objects.filter(reference=reference)
            .values_list("public_id", flat=True)
        ]

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        reference = search_term.strip().upper()
        found = queryset.filter(payment__in=self.payments_called(reference)) if reference else queryset
        return found, False


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


@admin.register(Holding)
class HoldingAdmin(ByReference):
    """Payments that wait after their payer's confirmation, and how each ended."""

    list_display = ("held_at", "reference", "money", "payer_name", "waits", "until", "state", "how_ended")
    list_filter = ("state", "waits", "ended_by", "not_judged", "held_at")
    ordering = ("-held_at",)
    fields = (
        "held_at", "reference", "money", "payer_name", "waits", "until", "state", "ended_at", "ended_by", "not_judged",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Holding]:
        rows: QuerySet[Holding] = super().get_queryset(request)
        paid = [
            Subquery(apps.get_model(label).objects.filter(public_id=OuterRef("payment")).values("reference")[:1])
            for label in PAID
        ]
        return rows.select_related("payer").annotate(reference_of=Coalesce(*paid))

    @admin.display(description=_("payment"))
    def reference(self, row: Any) -> str:
        return row.reference_of or str(row.payment)

    @admin.display(description=_("payer"))
    def payer_name(self, row: Holding) -> str:
        return row.payer.legal_name

    @admin.display(description=_("how it ended"))
    def how_ended(self, row: Holding) -> str:
        return row.get_ended_by_display() or "–"


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
