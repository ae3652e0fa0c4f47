"""How far each day has come, for staff: every step, what became of its items, and the button to try again."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.paging import BoundedPaginator
from core.runs import queries, services
from core.runs.forms import LetThroughForm
from core.runs.models import Item, Run
from core.runs.steps import label_of, names
from core.runs.telling import lasting

SHOWN = 50  # items in trouble on the screen
EVERY = 3  # seconds between two looks of an open screen


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "what", "state", "parked", "started_at", "finished_at")
    list_filter = ("state",)
    ordering = ("-day",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    change_form_template = "runs/run.html"
    change_list_template = "runs/runs.html"
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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        now = timezone.now()
        found = [(name, queries.hindrance(name, now=now)) for name in names()]
        hindered = [(name, label_of(name), one) for name, one in found if one is not None]
        more = {"hindered": hindered, "may_decide": self.has_change_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        shown = self._progress(request, run) if run is not None else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def _progress(self, request: HttpRequest, run: Run) -> dict[str, Any]:
        """What the screen shows of a run: counted by the database, and the first items in trouble."""
        now = timezone.now()
        steps = queries.state_of(run)
        in_trouble = sum(step.failed + step.parked for step in steps)
        return {
            "run": run,
            "steps": [(step, _pace(step, now)) for step in steps],
            "trouble": queries.trouble_of(run, most=SHOWN),
            "in_trouble": in_trouble,
            "more_trouble": max(0, in_trouble - SHOWN),
            "has_change_permission": self.has_change_permission(request),
            "every": EVERY,
        }

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path("items/<int:number>/try-again/", inside(self.try_again), name="runs_item_try_again"),
            path("<int:number>/progress/", inside(self.progress), name="runs_run_progress"),
            path("<slug:name>/let-through/", inside(self.let_through), name="runs_run_let_through"),
            *super().get_urls(),
        ]

    def progress(self, request: HttpRequest, number: int) -> HttpResponse:
        """This view will draw how far a run is, for a page that is open: two counts and a bounded list."""
        run = self.get_queryset(request).filter(pk=number).first() if self.has_view_permission(request) else None
        if run is None:
            raise Http404
        return TemplateResponse(request, "runs/_progress.html", self._progress(request, run))

    def let_through(self, request: HttpRequest, name: str) -> HttpResponse:
        """This view will let one who may say that the clock is right, and up to which day open ones are made up for."""
        if not self.has_change_permission(request) or not request.user.is_authenticated:
            raise PermissionDenied
        now = timezone.now()
        hindered = queries.hindrance(name, now=now) if name in names() else None
        if hindered is None or not hindered.jump:
            raise Http404
        form = LetThroughForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.let_through(
                    name=name, through=form.cleaned_data["through"], actor=request.user,
                    reason=form.cleaned_data["reason"], now=now,
                )  # fmt: skip
            except services.NotOpen:
                form.add_error("through", _("No day up to this one is open, or it has not come. Nothing was done."))
            else:
                self.message_user(request, _("The days up to that one are made up for, beginning within a minute."))
                return HttpResponseRedirect(reverse("admin:runs_run_changelist"))
        context = {
            **self.admin_site.each_context(request), "title": _("Make up for open days"), "form": form,
            "hindered": hindered, "opts": self.opts,
        }  # fmt: skip
        return TemplateResponse(request, "runs/let_through.html", context)

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


def _pace(step: queries.StepState, now: datetime) -> str:
    """How fast a step goes, and how long yet; "" where that cannot be said."""
    found = step.pace(now)
    if found is None:
        return ""
    rate, left = found
    return str(_("%(rate)s a second, %(left)s left") % {"rate": f"{rate:,.0f}", "left": lasting(left)})
