"""Payments abroad, the payees kept for them and the messages they left in, as staff look them up."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from payments.admin import LookUpOnly
from payments.crossborder.models import Message, PayeeAbroad, Payment, Step


def _money(amount: int | None, currency: str) -> str:
    if amount is None:
        return "–"
    value: str = formats.amount(Money(amount, currency).decimal, currency)
    return value


class StepsInline(admin.TabularInline):  # type: ignore[type-arg]
    """What happened to a payment and which message said so."""

    model = Step
    verbose_name_plural = _("what happened, and which message said so")
    fields = ("at", "state", "heard", "code", "note", "file_name")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        rows: QuerySet[Step] = super().get_queryset(request)
        return rows.select_related("file").defer("file__content")

    @admin.display(description=_("file"))
    def file_name(self, row: Step) -> str:
        return row.file.name if row.file else "–"


@admin.register(Payment)
class PaymentAdmin(LookUpOnly):
    list_display = (
        "reference",
        "state",
        "basis",
        "sent",
        "worth",
        "payer",
        "payee_name",
        "bank_country",
        "confirmed_at",
    )
    list_filter = ("state", "basis", "currency", "purpose", "business_date")
    list_select_related = ("payer__user",)
    search_fields = ("=reference", "=payee_number")
    search_help_text = _("Exact reference or account number")
    ordering = ("-id",)
    fields = (
        "reference", "state", "basis", "sent", "taken", "fees", "charges", "worth", "rate", "quote", "purpose",
        "purpose_note", "memo", "payer", "source", "payee_name", "payee_address", "payee_country", "payee_bic",
        "bank_country", "payee_number", "refusal_reasons", "business_date", "promised_on", "created_at",
        "confirmed_at", "sent_at", "heard_at", "arrived_at", "ended_at", "reason_code", "came", "put", "credited_to",
        "message", "entry", "release", "reversal", "comeback", "fee_back",
    )  # fmt: skip
    inlines = (StepsInline,)

    @admin.display(description=_("amount"))
    def sent(self, row: Payment) -> str:
        return _money(row.amount, row.currency)

    @admin.display(description=_("taken from the account for it"))
    def taken(self, row: Payment) -> str:
        return _money(row.debit, row.debit_currency)

    @admin.display(description=_("fee"))
    def fees(self, row: Payment) -> str:
        return _money(row.fee, row.fee_currency)

    @admin.display(description=_("came back"))
    def came(self, row: Payment) -> str:
        return _money(row.came_back, row.currency)

    @admin.display(description=_("credited"))
    def put(self, row: Payment) -> str:
        return _money(row.credited, row.credited_currency)

    @admin.display(description=_("worth in US dollars"))
    def worth(self, row: Payment) -> str:
        return _money(row.usd, "USD")


@admin.register(PayeeAbroad)
class PayeeAbroadAdmin(LookUpOnly):
    list_display = ("name", "bank_country", "bic", "number", "customer", "created_at", "archived_at")
    list_select_related = ("customer__user",)
    search_fields = ("=number", "=bic")
    search_help_text = _("Exact account number or BIC")
    ordering = ("-id",)
    fields = (
        "name", "address", "country", "bank_country", "bic", "bank_name", "is_iban", "number", "customer", "created_at",
        "archived_at",
    )  # fmt: skip


@admin.register(Message)
class MessageAdmin(LookUpOnly):
    """Which messages left, and when. What stands in them stays out: other people's names are in it."""

    list_display = ("message_id", "currency", "correspondent", "made_at", "handed_at")
    list_filter = ("currency", "made_at")
    search_fields = ("=message_id", "=digest")
    search_help_text = _("Exact message number or SHA-256")
    ordering = ("-id",)
    fields = ("message_id", "currency", "correspondent", "digest", "made_at", "handed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        rows: QuerySet[Message] = super().get_queryset(request)
        return rows.defer("content")
