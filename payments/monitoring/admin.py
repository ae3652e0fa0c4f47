"""The rules, what they found and how often they are right, as staff look them up; and drafting a new version.

Nothing is changed here: a draft is tried by the worker, and what was tried is asked for as a change by two people
(payments.monitoring.changing).
"""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.changes import kinds
from core.reviews.models import Case
from core.reviews.services import roles_of
from core.ui import formats
from ledger.calendar import business_date
from payments.admin import ByReference, LookUpOnly
from payments.clearing.models import Payment
from payments.crossborder.models import Payment as PaymentAbroad
from payments.models import Transfer
from payments.monitoring import changing, conditions, measures, pausing, rules, trials, wall, words
from payments.monitoring.forms import DraftForm
from payments.monitoring.handlers import DECIDES, SUBJECT
from payments.monitoring.models import OUTCOMES, Alert, Hit, Pause, RuleVersion, Trial

EVERY = 2  # seconds between two looks of an open screen


class NewestFilter(admin.SimpleListFilter):
    """Only the version of each rule that counts or will count, unless all are wanted."""

    title = _("versions")
    parameter_name = "versions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [("all", _("All of them"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in ((None, _("The newest of each rule")), *self.lookup_choices):
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value} if value else {}, []
                if value else [self.parameter_name]),
                "display": title,
            }  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[RuleVersion]) -> QuerySet[RuleVersion]:  # noqa: ARG002
        if self.value() == "all":
            return queryset
        newer = RuleVersion.objects.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
        return queryset.filter(~Exists(newer))


@admin.register(RuleVersion)
class RuleVersionAdmin(LookUpOnly):
    """The rules as they count, every version kept; drafts, trials and the wall hang here."""

    list_display = ("code", "title", "version", "mode", "becomes", "points", "counts_from")
    list_filter = (NewestFilter, "mode")
    search_fields = ("=code", "title_zh", "title_en")
    search_help_text = _("Code, or words of its title")
    ordering = ("code", "-version")
    change_form_template = "monitoring/rule.html"
    change_list_template = "monitoring/rules.html"
    fields = (
        "code", "title", "version", "mode", "becomes", "points", "hits_when", "counts_from", "created_at", "by_change",
    )  # fmt: skip

    @admin.display(description=_("what it looks for"))
    def title(self, row: RuleVersion) -> str:
        return row.title

    @admin.display(description=_("what becomes of a payment"))
    def becomes(self, row: RuleVersion) -> str:
        return str(OUTCOMES[row.outcome])

    @admin.display(description=_("it hits when"))
    def hits_when(self, row: RuleVersion) -> str:
        return words.condition(row.condition, business_date(timezone.now()))

    @admin.display(description=_("made by"))
    def by_change(self, row: RuleVersion) -> str:
        if row.change is None:
            return gettext("The set the portal came with")
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:changes_change", args=[row.change]), gettext("A change by two people")
        )

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(never_cache(view)), name=name)

        return [
            at("wall/", self.wall, "monitoring_wall"),
            at("draft/<str:code>/", self.draft, "monitoring_draft"),
            at("trials/<uuid:public_id>/", self.trial, "monitoring_trial"),
            at("trials/<uuid:public_id>/progress/", self.progress, "monitoring_trial_progress"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "may_draft": _may_ask(request)})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        versions = list(RuleVersion.objects.filter(code=row.code).order_by("-version")) if row is not None else []
        more = {"rule": row, "versions": versions, "may_draft": _may_ask(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def wall(self, request: HttpRequest) -> HttpResponse:
        """This view will show what the rules found over a span, rule by rule."""
        if not self.has_view_permission(request):
            raise Http404
        chosen = request.GET.get("days", "")
        days = int(chosen) if chosen in {str(span) for span in wall.SPANS} else 30
        here = reverse("admin:monitoring_wall")
        found = wall.of(days=days, now=timezone.now())
        context = {
            "wall": found,
            "since": found.since.isoformat(timespec="seconds"),
            "spans": [
                (words.lasting(timedelta(days=span)), f"{here}?days={span}", span == days) for span in wall.SPANS
            ],
            "sees_alerts": request.user.has_perm("monitoring.view_alert"),  # type: ignore[union-attr]
            "title": gettext("What the rules found"),
        }
        return self._page(request, "monitoring/wall.html", context)

    def draft(self, request: HttpRequest, code: str) -> HttpResponse:
        """This view will take a draft of a new version, and have it tried."""
        versions = RuleVersion.objects.filter(code=code).order_by("-version")
        newest = versions.first()
        if newest is None or not _may_ask(request):
            raise Http404
        wanted = request.GET.get("version", "")
        start = versions.filter(version=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 9 else newest
        start = start or newest
        form = DraftForm(
            request.POST if request.method == "POST" else None,
            initial={
                "mode": start.mode, "outcome": start.outcome, "points": start.points,
                "condition": json.dumps(conditions.ordered(start.condition), indent=2, ensure_ascii=False),
            },
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            trial = trials.ask(code=code, **form.cleaned_data, asked_by=request.user, now=timezone.now())  # type: ignore[arg-type]
            return redirect("admin:monitoring_trial", trial.public_id)
        today = business_date(timezone.now())
        counting = rules.counting(code, on=today) or newest
        context = {
            "title": gettext("Draft a new version of %(code)s") % {"code": code},
            "rule": counting,
            "start": start,
            "form": form,
            "counts": words.condition(counting.condition, today),
            "measures": [(name, one.label) for name, one in measures.MEASURES.items()],
            "figures": [(key, words.figure(key, today)) for key in sorted(trials.figures())],
        }
        return self._page(request, "monitoring/draft.html", context)

    def trial(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """This view will show what a draft would have found, or how far its trial is."""
        trial = self._trial(request, public_id)
        today = business_date(timezone.now())
        context = {
            **self._progress(trial),
            "title": gettext("%(code)s, tried on the past") % {"code": trial.code},
            "rule": RuleVersion.objects.get(code=trial.code, version=trial.based_on),
            "hits_when": words.condition(trial.condition, today),
            "outcome": OUTCOMES[trial.outcome],
            "ask_url": f"{reverse('admin:changes_ask', args=[changing.KIND])}?trial={trial.public_id}",
            "may_ask": _may_ask(request),
            "every": EVERY,
        }
        return self._page(request, "monitoring/trial.html", context)

    def progress(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """This view will draw how far a trial is, for a page that is open."""
        return TemplateResponse(request, "monitoring/_trial.html", self._progress(self._trial(request, public_id)))

    def _trial(self, request: HttpRequest, public_id: uuid.UUID) -> Trial:
        trial = Trial.objects.select_related("asked_by").filter(public_id=public_id).first()
        if trial is None or not self.has_view_permission(request):
            raise Http404
        return trial

    def _progress(self, trial: Trial) -> dict[str, Any]:
        report = trials.loaded(trial)
        return {
            "trial": trial,
            "judged": trials.judged_so_far(trial),
            "found": changing.found(report) if trial.state == Trial.State.DONE else [],
            "report": report,
            "most": max(report.days.values(), default=0),
            "days": sorted(report.days.items()),
            "examples": [
                (
                    one,
                    words.money(one.amount, one.currency),
                    [(measures.MEASURES[name].label, words.value(name, value, one.currency))
                     for name, value in one.measured.items() if name in measures.MEASURES],
                )
                for one in report.examples
            ],
        }  # fmt: skip

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


class RuleFilter(admin.SimpleListFilter):
    """Alerts that one rule hit."""

    title = pgettext_lazy("monitoring", "rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        codes = RuleVersion.objects.order_by("code").values_list("code", flat=True).distinct()
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:  # noqa: ARG002
        if not self.value():
            return queryset
        return queryset.filter(Exists(Hit.objects.filter(alert=OuterRef("pk"), rule__code=self.value())))


class ModeFilter(admin.SimpleListFilter):
    """Alerts hit by a rule in a mode: by the rule that is chosen beside it, where one is."""

    title = pgettext_lazy("monitoring", "mode")
    parameter_name = "mode"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:  # noqa: ARG002
        mode = RuleVersion.Mode
        return [(one.value, one.label) for one in (mode.LIVE, mode.SHADOW)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if not self.value():
            return queryset
        hits = Hit.objects.filter(alert=OuterRef("pk"), rule__mode=self.value())
        if chosen := request.GET.get(RuleFilter.parameter_name):
            hits = hits.filter(rule__code=chosen)
        return queryset.filter(Exists(hits))


@admin.register(Alert)
class AlertAdmin(ByReference):
    """Payments that rules have hit, live or in shadow, and what people decided about them."""

    list_display = (
        "judged_at", "payment_reference", "money", "payer_name", "rules_hit", "becomes", "stands", "verdict", "on_desk",
    )  # fmt: skip
    list_filter = ("verdict", "outcome", RuleFilter, ModeFilter, "judged_at")
    ordering = ("-judged_at",)
    fields = (
        "judged_at", "payment_reference", "money", "payer_name", "becomes", "stands", "points", "what_was_found",
        "verdict", "decided_at", "on_desk", "rests",
    )  # fmt: skip
    change_form_template = "monitoring/alert.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row, more = self.get_object(request, object_id), {}
        asks = pausing.KIND in kinds.asked_by(roles_of(request.user))  # type: ignore[arg-type]  # staff, as above
        if asks and row is not None and row.verdict == Alert.Verdict.FALSE_ALARM and pausing.live_hits(row):
            more = {"pause_url": f"{reverse('admin:changes_ask', args=[pausing.KIND])}?alert={row.public_id}"}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def payments_called(self, reference: str) -> list[uuid.UUID]:
        there = Payment.objects.filter(reference=reference).values_list("public_id", flat=True)
        abroad = PaymentAbroad.objects.filter(reference=reference).values_list("public_id", flat=True)
        return [*super().payments_called(reference), *there, *abroad]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        rows: QuerySet[Alert] = super().get_queryset(request)
        paid = Transfer.objects.filter(public_id=OuterRef("payment"))
        there = Payment.objects.filter(public_id=OuterRef("payment"))
        abroad = PaymentAbroad.objects.filter(public_id=OuterRef("payment"))
        case = Case.objects.filter(subject=SUBJECT, subject_id=Cast(OuterRef("public_id"), CharField())).order_by("-pk")
        opens = bool(roles_of(request.user) & set(DECIDES))  # type: ignore[arg-type]  # the page asks for staff
        return (
            rows.select_related("payer")
            .prefetch_related("hits__rule")
            .annotate(
                reference_of=Coalesce(
                    Subquery(paid.values("reference")[:1]),
                    Subquery(there.values("reference")[:1]),
                    Subquery(abroad.values("reference")[:1]),
                ),
                transfer_state=Subquery(paid.values("state")[:1]),
                payment_state=Subquery(there.values("state")[:1]),
                abroad_state=Subquery(abroad.values("state")[:1]),
                case_state=Subquery(case.values("state")[:1]),
                case_opens=Subquery(case.values("public_id")[:1]) if opens else Value(None, UUIDField()),
            )
        )

    @admin.display(description=_("payment"))
    def payment_reference(self, row: Any) -> str:
        return row.reference_of or str(row.payment)

    @admin.display(description=_("how it stands"))
    def stands(self, row: Any) -> str:
        if row.transfer_state:
            return str(Transfer.State(row.transfer_state).label)
        if row.abroad_state:
            return str(PaymentAbroad.States(row.abroad_state).label)
        return str(dict(Payment._meta.get_field("state").flatchoices).get(row.payment_state, "–"))

    @admin.display(description=_("payer"))
    def payer_name(self, row: Alert) -> str:
        return row.payer.legal_name

    @admin.display(description=_("rules"))
    def rules_hit(self, row: Alert) -> str:
        return format_html_join(
            "", "<div>{} · {}</div>", ((hit.rule.code, words.named(hit.rule)) for hit in _hits(row))
        )

    @admin.display(description=_("what became of it"))
    def becomes(self, row: Alert) -> str:
        return str(OUTCOMES[row.outcome])

    @admin.display(description=_("what was found"))
    def what_was_found(self, row: Alert) -> str:
        return format_html_join(
            "", "<p>{} · {}</p>", ((str(hit.rule), words.found(hit, row.currency)) for hit in _hits(row))
        )

    @admin.display(description=_("rules that rest for this customer"))
    def rests(self, row: Alert) -> str:
        now = timezone.now()
        standing = Pause.objects.filter(customer=row.payer, since__lte=now, until__gt=now).order_by("code")
        language = get_language()
        shown = [
            (
                reverse("admin:changes_change", args=[one.change]),
                gettext("%(code)s until %(day)s")
                % {"code": one.code, "day": formats.moment(timezone.localtime(one.until), language)},
            )
            for one in standing
        ]
        return format_html_join("", '<div><a href="{}">{}</a></div>', shown) or "–"

    @admin.display(description=_("case"))
    def on_desk(self, row: Any) -> str:
        if not row.case_state:
            return "–"
        label = Case.State(row.case_state).label
        if row.case_opens is None:
            return str(label)
        return format_html(
            '<a class="nowrap" href="{}">{}</a>', reverse("admin:reviews_case", args=[row.case_opens]), label
        )


def _hits(alert: Alert) -> list[Hit]:
    return sorted(alert.hits.all(), key=lambda hit: hit.rule.code)


def _may_ask(request: HttpRequest) -> bool:
    return changing.KIND in kinds.asked_by(roles_of(request.user))  # type: ignore[arg-type]  # the page asks for staff
