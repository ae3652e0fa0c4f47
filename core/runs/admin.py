"""How far each day has come, for staff: every step, what became of its items, and the button to try again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.paging import BoundedPaginator
from core.runs import queries, services
from core.runs.models import Item, Run
from core.runs.steps import label_of


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "what", "state", "parked", "started_at", "finished_at")
    list_filter = ("state",)
    ordering = ("-day",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    change_form_template = "runs/run.html"
    fields = ("what", "day", "state", "started_at", "finished_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(in_trouble=queries.count_parked())

    @admin.display(description=_("run"))
    def what(self, run: Run) -> str:
        return label_of(run.name)

    @admin.display(description=_("parked"))
    def parked(self, run: Run) -> int:
        return int(run.in_trouble)  # type: ignore[attr-defined]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        shown = {"steps": queries.state_of(run), "trouble": queries.trouble_of(run)} if run is not None else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def get_urls(self) -> list[URLPattern]:
        again = path(
            "items/<int:number>/try-again/", self.admin_site.admin_view(self.try_again), name="runs_item_try_again"
        )
        return [again, *super().get_urls()]

    def try_again(self, request: HttpRequest, number: int) -> HttpResponse:
        """This view will have one parked item tried again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request) or not request.user.is_authenticated:
            raise PermissionDenied
        item = Item.objects.select_related("step").filter(pk=number).first()
        if item is None:
            raise Http404
        try:
            services.try_again(item_id=number, actor=request.user, now=timezone.now())
        except services.NotParked:
            self.message_user(request, _("It was not parked, so nothing was tried again."), messages.INFO)
        else:
            self.message_user(request, _("It is tried again within a minute; its day is open until then."))
        return HttpResponseRedirect(reverse("admin:runs_run_change", args=[item.step.run_id]))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:  # noqa: ARG002
        return False
