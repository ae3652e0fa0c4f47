"""The counter inside Django's admin: pages for tellers, for whoever keeps the vault, and for those who compare.

Nothing is edited here: every button calls a service. The operations themselves may be looked up by auditors.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from payments.admin import LookUpOnly
from payments.counter.models import Operation, TillDay
from payments.counter.views import landing, serving, till, vault
from payments.counter.views.shared import READERS, View, held

SHOW, ACT, FORM = require_safe, require_POST, require_http_methods(["GET", "HEAD", "POST"])


@admin.register(TillDay)
class CounterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A place to work, not a table to edit."""

    actions = None
    place = _("Branch counter")  # what the back office calls it

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: View, name: str, how: Any) -> URLPattern:
            return path(route, self.admin_site.admin_view(how(never_cache(view))), name=name)

        return [
            at("", landing.home, "counter_tillday_changelist", SHOW),
            at("take/", till.take, "counter_take", ACT),
            at("delivery/", till.delivery, "counter_delivery", FORM),
            at("delivery/<uuid:public_id>/withdraw/", till.withdraw_delivery, "counter_delivery_withdraw", ACT),
            at("close/", till.close, "counter_close", FORM),
            at("close/again/", till.count_again, "counter_close_again", ACT),
            at("close/difference/", till.difference, "counter_close_difference", ACT),
            at("close/hand-over/", till.hand_over, "counter_close_hand_over", ACT),
            at("find/", serving.find, "counter_find", ACT),
            at("visit/<uuid:public_id>/", serving.serve, "counter_visit", SHOW),
            at("visit/<uuid:public_id>/leave/", serving.leave, "counter_visit_leave", ACT),
            at("visit/<uuid:public_id>/<str:kind>/", serving.fill_in, "counter_new", FORM),
            at("operation/<uuid:public_id>/", serving.operation, "counter_operation", SHOW),
            at("operation/<uuid:public_id>/confirm/", serving.confirm, "counter_confirm", ACT),
            at("operation/<uuid:public_id>/drop/", serving.drop, "counter_drop", ACT),
            at("operation/<uuid:public_id>/undo/", serving.undo, "counter_undo", FORM),
            at("operation/<uuid:public_id>/receipt/", serving.slip, "counter_slip", SHOW),
            at("vault/", vault.vault, "counter_vault", SHOW),
            at("vault/<uuid:public_id>/", vault.delivery, "counter_vault_delivery", SHOW),
            at("vault/<uuid:public_id>/confirm/", vault.confirm, "counter_vault_confirm", ACT),
            at("vault/<uuid:public_id>/decline/", vault.decline, "counter_vault_decline", ACT),
            at("report/", vault.report, "counter_report", SHOW),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: TillDay | None = None) -> bool:
        return bool(held(request) & {Role.TELLER, *READERS})

    def _never(self, *_args: Any) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never  # type: ignore[assignment]


@admin.register(Operation)
class OperationAdmin(LookUpOnly):
    list_display = ("reference", "state", "kind", "money", "customer", "account", "destination", "day", "created_at")
    list_filter = ("state", "kind", "business_date")
    list_select_related = ("customer__user", "account", "destination", "day__till__branch")
    search_fields = ("=reference", "=account__number", "=destination__number")
    search_help_text = _("Exact reference or account number")
    ordering = ("-id",)
    fields = (
        "reference", "state", "kind", "money", "memo", "cash_note", "customer", "account", "destination", "day",
        "business_date", "created_at", "done_at", "change", "entry", "reversal", "reversed_at",
    )  # fmt: skip
