"""Payments to other banks, their files and statements, and the repair queue, as staff look them up.

Nothing is changed here: a repair is asked for as a change by two people (payments.clearing.repair).
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from payments.admin import LookUpOnly
from payments.clearing import causes
from payments.clearing.models import InboundFile, OtherPayee, Payment, RepairItem, Statement, StatementEntry
from payments.clearing.repair import KIND


def _money(amount: int | None, currency: str) -> str:
    return "–" if amount is None or not currency else formats.amount(Money(amount, currency).decimal, currency)


@admin.register(RepairItem)
class RepairItemAdmin(LookUpOnly):
    """The queue: what is open first."""

    list_display = ("what", "kind", "reference", "sum", "state", "opened_at", "ask")
    list_filter = ("state", "kind", "opened_at")
    search_fields = ("=reference",)
    search_help_text = _("Exact reference")
    ordering = ("state", "opened_at")
    list_select_related = ("file",)
    fields = (
        "what", "kind", "reference", "sum", "said", "file", "payment", "state", "action", "entry", "opened_at",
        "repaired_at", "ask",
    )  # fmt: skip

    @admin.display(description=_("what is open"))
    def what(self, row: RepairItem) -> str:
        return causes.sentence(row.cause)

    @admin.display(description=_("amount"))
    def sum(self, row: RepairItem) -> str:
        return _money(row.amount, row.currency)

    @admin.display(description=_("what you can do"))
    def ask(self, row: RepairItem) -> str:
        if row.state != RepairItem.State.OPEN:
            return "–"
        named = row.payment.reference if row.payment_id and row.payment else row.reference if row.room else ""
        address = reverse("admin:changes_ask", args=[KIND])
        return format_html(
            '<a href="{}?item={}&payment={}">{}</a>', address, row.public_id, named, _("Ask for a repair")
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RepairItem]:
        rows: QuerySet[RepairItem] = super().get_queryset(request)
        return rows.select_related("payment", "file").defer("file__content")


@admin.register(Payment)
class PaymentAdmin(LookUpOnly):
    list_display = (
        "reference",
        "state",
        "path",
        "money",
        "payer",
        "payee_name",
        "payee_bank",
        "promised_by",
    )
    list_filter = ("state", "path", "mode", "business_date")
    list_select_related = ("payer__user",)
    search_fields = ("=reference", "=payee_number")
    search_help_text = _("Exact reference or account number")
    ordering = ("-id",)
    fields = (
        "reference", "state", "mode", "path", "money", "memo", "payer", "source", "payee_name", "payee_bank",
        "payee_number", "reason_code", "business_date", "created_at", "confirmed_at", "execute_at", "promised_by",
        "sent_at", "queried_at", "settled_at", "ended_at", "batch", "entry", "settlement", "reversal",
    )  # fmt: skip


@admin.register(OtherPayee)
class OtherPayeeAdmin(LookUpOnly):
    list_display = ("name", "bank_code", "number", "customer", "created_at", "archived_at")
    list_select_related = ("customer__user",)
    search_fields = ("=number",)
    search_help_text = _("Exact account number")
    ordering = ("-id",)
    fields = ("name", "bank_code", "number", "customer", "created_at", "archived_at")


@admin.register(InboundFile)
class InboundFileAdmin(LookUpOnly):
    """Which files came, and what became of them. What stands in them stays out: other people's names are in it."""

    list_display = ("name", "state", "kind", "sender", "why", "message_id", "size", "deliveries", "received_at")
    list_filter = ("state", "received_at")
    search_fields = ("=name", "=message_id", "=digest")
    search_help_text = _("Exact name, message number or SHA-256")
    ordering = ("-id",)
    fields = (
        "name", "state", "kind", "sender", "why", "detail", "message_id", "digest", "size", "deliveries", "received_at",
        "last_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundFile]:
        rows: QuerySet[InboundFile] = super().get_queryset(request)
        return rows.defer("content")

    @admin.display(description=_("cause"))
    def why(self, row: InboundFile) -> str:
        return causes.sentence(row.cause) if row.cause else "–"


class EntriesInline(admin.TabularInline):  # type: ignore[type-arg]
    model = StatementEntry
    fields = ("position", "booked_on", "sum", "reference", "text", "state", "movement", "payment", "matched_with")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("position",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description=_("amount"))
    def sum(self, row: StatementEntry) -> str:
        return _money(row.amount, row.statement.currency)


@admin.register(Statement)
class StatementAdmin(LookUpOnly):
    """The nostro's statements and how the books compared: closing = books + outstanding + open + unexplained."""

    list_display = ("number", "closes_on", "closes", "in_books", "not_on_it", "not_booked", "rest")
    list_filter = ("currency", "closes_on")
    search_fields = ("=number",)
    search_help_text = _("Exact number")
    ordering = ("-sequence",)
    inlines = (EntriesInline,)
    fields = (
        "number", "account", "closes_on", "opens", "closes", "in_books", "not_on_it", "not_booked", "rest",
        "compared_at", "file",
    )  # fmt: skip

    @admin.display(description=_("opening balance"))
    def opens(self, row: Statement) -> str:
        return _money(row.opening, row.currency)

    @admin.display(description=_("closing balance"))
    def closes(self, row: Statement) -> str:
        return _money(row.closing, row.currency)

    @admin.display(description=_("in our books"))
    def in_books(self, row: Statement) -> str:
        return _money(row.books, row.currency)

    @admin.display(description=_("booked by us, not yet on a statement"))
    def not_on_it(self, row: Statement) -> str:
        return _money(row.outstanding, row.currency)

    @admin.display(description=_("on statements, not yet booked by us"))
    def not_booked(self, row: Statement) -> str:
        return _money(row.open, row.currency)

    @admin.display(description=_("unexplained"))
    def rest(self, row: Statement) -> str:
        return _money(row.unexplained, row.currency)
