"""The managers' page."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access.decorators import staff_required
from accounts.roles import Role
from analytics import board, export, queries
from analytics.forms import CutForm
from ledger.calendar import business_date


@never_cache
@require_GET
@staff_required(Role.MANAGER)
def managers(request: HttpRequest) -> HttpResponse:
    """This view will show what moved through the bank and who is there, from daily facts."""
    span = queries.span()
    if not span.months:
        return render(request, "analytics/empty.html")
    form = CutForm(request.GET, months=span.months, districts=queries.districts())
    cut = form.cut()
    return render(
        request,
        "analytics/managers.html",
        {
            "form": form,
            "cut": cut,
            "board": board.build(cut, queries.figures(cut)),
            "rolled_at": span.rolled_at,
            "unfinished": cut.period.last == business_date(timezone.now()).replace(day=1),
            "csv_url": f"{reverse('managers-csv')}?{request.GET.urlencode()}",
        },
    )


@never_cache
@require_GET
@staff_required(Role.MANAGER)
def managers_csv(request: HttpRequest) -> HttpResponseBase:
    """This view will hand out the same figures as a file, by district."""
    span, districts = queries.span(), queries.districts()
    if not span.months:
        return render(request, "analytics/empty.html")
    cut = CutForm(request.GET, months=span.months, districts=districts).cut()
    name = f"movements-{cut.period.first:%Y-%m}-{cut.period.last:%Y-%m}.csv"
    return StreamingHttpResponse(
        export.rows(queries.by_district(cut), districts),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
