"""Customers and their accounts as staff may look at them: masked in lists, nothing to edit, lists that stay short."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import masks
from accounts.models import BankAccount, Customer, Disposition
from accounts.roles import Role, has_role

LOOKS_AT_CUSTOMERS = (Role.REVIEWER, Role.APPROVER, Role.AUDITOR)
PAGE = 50
COVERED = "•••"


def masked_email(email: str) -> str:
    """This function will hide an address but for its first letter and its domain."""
    return masks.email_short(email)


def masked_number(number: str) -> str:
    """This function will hide an account number but for its last four characters."""
    return masks.account_short(number)


class LookOnly:
    """Read by three roles, changed by nobody: services change customers and accounts, and only with their audit row."""

    list_per_page = PAGE
    list_max_show_all = PAGE
    show_full_result_count = False  # counting millions of rows answers no question
    actions = None

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        allowed: bool | None = getattr(request, "_looks_at_customers", None)
        if allowed is None:
            allowed = has_role(request.user, *LOOKS_AT_CUSTOMERS)  # type: ignore[arg-type]
            request._looks_at_customers = allowed  # type: ignore[attr-defined]
        return allowed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


class HeldAccounts(LookOnly, admin.TabularInline):  # type: ignore[misc, type-arg]
    model = Disposition
    fields = ("account", "role")
    readonly_fields = fields
    verbose_name_plural = _("accounts held")
    max_num = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disposition]:
        return super().get_queryset(request).select_related("bank_account").order_by("id")

    @admin.display(description=_("account"))
    def account(self, disposition: Disposition) -> str:
        return f"{masked_number(disposition.bank_account.number)} · {disposition.bank_account.currency}"


class Holders(LookOnly, admin.TabularInline):  # type: ignore[misc, type-arg]
    model = Disposition
    fields = ("holder", "role")
    readonly_fields = fields
    verbose_name_plural = _("who may dispose of it")
    max_num = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disposition]:
        return super().get_queryset(request).select_related("customer").order_by("id")

    @admin.display(description=_("customer"))
    def holder(self, disposition: Disposition) -> str:
        return disposition.customer.legal_name or str(disposition.customer.public_id)


@admin.register(Customer)
class CustomerAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("name", "email", "standing", "district", "created_at")
    list_filter = ("standing",)
    list_select_related = ("user", "district")
    ordering = ("-id",)
    search_fields = ("legal_name__startswith", "external_ref__exact")
    search_help_text = _("The beginning of a legal name, or the reference in the old bank")
    fields = (
        "public_id", "legal_name", "name_is_generated", "email", "standing", "verified_at", "district", "external_ref",
        "created_at",
    )  # fmt: skip
    readonly_fields = (*fields, "covered", "sessions")
    inlines = (HeldAccounts,)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Add the way to what is covered, for those who may read it."""
        may = has_role(request.user, Role.REVIEWER, Role.APPROVER)  # type: ignore[arg-type]
        return (*self.fields, "covered", "sessions") if may and obj is not None else self.fields

    @admin.display(description=_("document number, address, mobile number"))
    def covered(self, customer: Customer) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("mydata_reveal", args=[customer.public_id]), _("Read, with a reason")
        )

    @admin.display(description=_("open sessions"))
    def sessions(self, customer: Customer) -> str:
        if customer.user_id is None:
            return "–"
        address = reverse("end_customer_sessions", args=[customer.public_id])
        return format_html('<a href="{}">{}</a>', address, _("Sign the customer out everywhere"))

    @admin.display(description=_("legal name"), ordering="legal_name")
    def name(self, customer: Customer) -> str:
        """As the list shows them: whoever has left is covered (accounts.mydata.looking opens the record)."""
        return COVERED if customer.standing == Customer.Standing.CLOSED else customer.legal_name

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find by name only who is a customer; whoever has left is found by the reference alone."""
        found, doubles = super().get_search_results(request, queryset, search_term)
        if search_term:
            found = found.exclude(~Q(external_ref=search_term.strip()), standing=Customer.Standing.CLOSED)
        return found, doubles

    @admin.display(description=_("e-mail"))
    def email(self, customer: Customer) -> str:
        user = customer.user
        if user is None or customer.standing == Customer.Standing.CLOSED:
            return "–"
        return masked_email(user.email) if user.email else user.masked_phone


@admin.register(BankAccount)
class BankAccountAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("short_number", "product", "currency", "status", "district", "opened_on")
    list_filter = ("status", "product", "account_class", "currency")
    list_select_related = ("district",)
    ordering = ("-id",)
    search_fields = ("number__exact", "external_ref__exact")
    search_help_text = _("The whole account number, or the reference in the old bank")
    fields = (
        "public_id",
        "number",
        "product",
        "account_class",
        "bound_to",
        "currency",
        "status",
        "district",
        "opened_on",
        "external_ref",
    )
    readonly_fields = fields
    inlines = (Holders,)

    @admin.display(description=_("account number"))
    def short_number(self, account: BankAccount) -> str:
        return masked_number(account.number)
