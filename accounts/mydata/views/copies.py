"""Copies of my data: asked for with a step-up, watched while they are made, downloaded for a day."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import stepup
from accounts.access.decorators import background
from accounts.access.panel import StepUpPanel
from accounts.models import Customer
from accounts.mydata import exporting, files, queries
from accounts.mydata.decorators import present_or_former_customer_required
from accounts.mydata.models import Export, ExportFile
from core import policy
from core.ui import formats
from ledger.calendar import business_date

TYPES = {
    ExportFile.Kind.PDF.value: ("application/pdf", "my-data.pdf"),
    ExportFile.Kind.JSON.value: ("application/json; charset=utf-8", "my-data.json"),
    ExportFile.Kind.TABLES.value: ("application/zip", "my-data-tables.zip"),
}


@never_cache
@present_or_former_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: HttpRequest) -> HttpResponse:
    """Ask for a copy, and find those of late."""
    now, customer = timezone.now(), _customer(request)
    panel = StepUpPanel(
        request,
        operation=exporting.OPERATION,
        payload=exporting.shown(customer),
        words=_("Make a copy of all data the bank keeps about me"),
        now=now,
    )
    status, error = 200, ""
    if request.method == "POST":
        try:
            if exporting.may_ask_from(customer, now=now) is None and panel.passed(now=now):
                made = exporting.ask(
                    customer=customer,
                    language=get_language() or "en",
                    challenge_id=panel.challenge_id,
                    session=panel.session,
                    now=now,
                )
                return HttpResponseRedirect(reverse("mydata_copy", args=[made.public_id]))
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
        except exporting.TooMany:
            status = 429
    until = exporting.may_ask_from(customer, now=now)
    if until is not None:
        error = _("You have asked for as many copies as we make in a day. You can ask again from %(time)s.") % {
            "time": formats.moment(timezone.localtime(until), get_language())
        }
        status = 429 if request.method == "POST" else 200
    found = queries.exports_of(customer)
    answer = render(
        request,
        "mydata/copies.html",
        {
            "stepup": panel,
            "error": error,
            "exports": found,
            "waiting": next((one for one in found if one.state == Export.State.WAITING), None),
            "hours": policy.value("mydata.copy_hours", on=business_date(now)),
        },
        status=status,
    )
    if status == 429 and until is not None:
        answer["Retry-After"] = str(max(1, int((until - now).total_seconds())))
    return answer


@never_cache
@present_or_former_customer_required
@require_safe
def copy(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show how far a copy is, and its files once it is ready."""
    now, export = timezone.now(), _export(request, public_id)
    open_now = export.state == Export.State.READY and export.expires_at is not None and export.expires_at > now
    return render(
        request,
        "mydata/copy.html",
        {"export": export, "open": open_now, "files": queries.files_of(export) if open_now else []},
    )


@never_cache
@background
@present_or_former_customer_required
@require_safe
def copy_state(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """Say how far a copy is; asked by the page itself."""
    export = _export(request, public_id)
    return JsonResponse({"state": export.state, "percent": export.done_percent})


@never_cache
@present_or_former_customer_required
@require_safe
def copy_file(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """Hand a file over while its time lasts; each download leaves an audit row."""
    now = timezone.now()
    file = queries.file_of(_customer(request), public_id, kind, now=now)
    if file is None:
        raise Http404
    try:
        content = files.read(file.file)
    except files.FileGone as error:
        raise Http404 from error
    exporting.note_download(file=file, now=now)
    content_type, name = TYPES[file.kind]
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer


def _export(request: HttpRequest, public_id: uuid.UUID) -> Export:
    export = queries.export_of(_customer(request), public_id)
    if export is None:
        raise Http404
    return export
