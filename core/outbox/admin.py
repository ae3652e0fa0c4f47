"""What is on its way, what is parked, and the button to try again."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.audit.paging import BoundedPaginator
from core.outbox import routes, services
from core.outbox.models import Delivery


class KindFilter(admin.SimpleListFilter):
    title = _("kind of fact")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(kind, kind) for kind in sorted(routes.board())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:  # noqa: ARG002
        return queryset.filter(fact__kind=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "kind", "handler", "state", "attempts", "recorded_at", "next_attempt_at", "short_error")
    list_filter = ("state", KindFilter)
    search_fields = ("=fact__owner", "=fact__reference", "=fact__id")
    search_help_text = _("Exact number of the fact, whom it concerns, or request reference")
    list_select_related = ("fact",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ("try_again",)
    change_form_template = "outbox/delivery.html"
    fields = (
        "kind", "handler", "state", "attempts", "next_attempt_at", "last_error", "done_at", "owner", "payload",
        "reference", "recorded",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("kind of fact"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.fact.kind

    @admin.display(description=_("concerns"))
    def owner(self, delivery: Delivery) -> str:
        return delivery.fact.owner

    @admin.display(description=_("content"))
    def payload(self, delivery: Delivery) -> str:
        return json.dumps(delivery.fact.payload, ensure_ascii=False, indent=2, sort_keys=True)

    @admin.display(description=_("request reference"))
    def reference(self, delivery: Delivery) -> str:
        return delivery.fact.reference

    @admin.display(description=_("recorded at"), ordering="fact__created_at")
    def recorded_at(self, delivery: Delivery) -> Any:
        return delivery.fact.created_at

    @admin.display(description=_("recorded at"))
    def recorded(self, delivery: Delivery) -> str:
        """The time as a record shows it; Django's forms print what a method answers as it is."""
        return str(formats.localize(timezone.localtime(delivery.fact.created_at)))

    @admin.display(description=_("last error"))
    def short_error(self, delivery: Delivery) -> str:
        return delivery.last_error[:80]

    def get_urls(self) -> list[URLPattern]:
        again = path(
            "<int:number>/try-again/",
            self.admin_site.admin_view(self.try_one_again),
            name="outbox_delivery_try_again",
        )
        return [again, *super().get_urls()]

    @admin.action(description=_("Try the selected parked deliveries again"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """This action will put the selected parked deliveries on their way again."""
        self._send_again(request, list(queryset.values_list("id", flat=True)))

    def try_one_again(self, request: HttpRequest, number: int) -> HttpResponse:
        """This view will put one parked delivery on its way again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not Delivery.objects.filter(id=number).exists():
            raise Http404
        self._send_again(request, [number])
        return HttpResponseRedirect(reverse("admin:outbox_delivery_change", args=[number]))

    def _send_again(self, request: HttpRequest, ids: list[int]) -> None:
        if not request.user.is_authenticated:
            raise PermissionDenied
        count = services.try_again(delivery_ids=ids, actor=request.user, now=timezone.now())
        if count:
            said = ngettext("%(count)s delivery is on its way again.", "%(count)s deliveries are on their way again.",
                            count) % {"count": count}  # fmt: skip
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, _("Nothing was parked, so nothing was sent again."), messages.INFO)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:  # noqa: ARG002
        return False
