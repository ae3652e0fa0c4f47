"""Files of what was searched for: at once where they are small, from a worker where they are large."""

import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries as holders
from accounts.access.decorators import background, customer_required
from accounts.numbers import grouped
from accounts.sealed_files import FileGone
from accounts.statements import export, exporting, filters, listing, queries, workbook
from accounts.statements.forms import FileForm
from accounts.statements.models import MovementFile, MovementFilePart
from accounts.statements.sealed import FILES
from accounts.statements.views.movements import Sums, account_of_reader, address_with, reader
from core import policy
from core.ui import formats, signing
from ledger.calendar import business_date
from ledger.money import Money

CSV, XLSX, PDF, ZIP = "text/csv; charset=utf-8", workbook.TYPE, "application/pdf", "application/zip"
TYPES = {"csv": CSV, "xlsx": XLSX, "pdf": PDF}


@never_cache
@customer_required
@require_safe
def at_once(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """This view will send every movement that matches as a file, or lead to where a large one is asked for."""
    account, now = account_of_reader(request, public_id), timezone.now()
    reading = filters.read(request.GET, currency=account.currency, today=business_date(now))
    if reading.errors:
        return redirect(address_with(reverse("statement", args=[public_id]), reading.query))
    most = exporting.at_once(kind, on=business_date(now))
    totals = queries.totals(account.ledger_account_id, reading.filter, most=most)
    if totals.more:
        return redirect(address_with(reverse("movement_file_ask", args=[public_id]), reading.query, kind=kind))
    found = queries.everything(account.ledger_account_id, reading.filter, before=totals.through + 1)
    name = f"statement-{account.number}.{kind}"
    if kind == "csv":
        lines = _spoken(export.rows(found), get_language())
        return _attached(StreamingHttpResponse(lines, content_type=CSV), name)
    if kind == "xlsx":
        return FileResponse(workbook.write(found, most=most), as_attachment=True, filename=name, content_type=XLSX)
    made = listing.pdf(
        found, account=account, holder=holders.owner_of(account.id), query=exporting.settled(reading), totals=totals,
        language=get_language() or "en", now=now,
    )  # fmt: skip
    return _attached(HttpResponse(signing.signed(made, reason="transactions", now=now), content_type=PDF), name)


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will say how large a file gets, and have it made. The search itself stands in the address."""
    account, now, customer = account_of_reader(request, public_id), timezone.now(), reader(request)
    today = business_date(now)
    reading = filters.read(request.GET, currency=account.currency, today=today)
    back = address_with(reverse("statement", args=[public_id]), reading.query)
    if reading.errors:
        return redirect(back)
    asked = request.GET.get("kind", "")
    initial = {"key": uuid.uuid4(), "kind": asked if asked in MovementFile.Kind.values else MovementFile.Kind.CSV}
    form = FileForm(request.POST if request.method == "POST" else None, initial=initial)
    busy: MovementFile | None = None
    if request.method == "POST" and form.is_valid():
        try:
            file = exporting.ask(
                customer=customer, account=account, kind=form.cleaned_data["kind"], reading=reading,
                key=form.cleaned_data["key"], language=get_language() or "en", now=now,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("movement_file", args=[file.public_id]))
        except exporting.Busy as other:
            busy = other.file
            form.add_error(None, _("Another file of yours is being prepared. When it is ready you can ask for this."))
        except exporting.NotMade as refusal:
            form.add_error(None, _sentence(refusal))
    totals = queries.totals(account.ledger_account_id, reading.filter, most=exporting.most_of(on=today))
    return render(
        request,
        "statements/file_ask.html",
        {
            "form": form,
            "busy": busy,
            "back": back,
            "number": grouped(account.number),
            "described": filters.described(exporting.settled(reading)),
            "shown": Sums(totals, account.currency),
            "days": int(policy.value("statement.file_days", on=today)),
        },
    )


def _sentence(refusal: exporting.NotMade) -> str:
    match refusal:
        case exporting.TooMany():
            return _(
                "One file holds at most %(most)s transactions. Choose a shorter time and take two files."
            ) % {"most": f"{refusal.most:,}"}  # fmt: skip
        case exporting.TooOften():
            moment = formats.moment(timezone.localtime(refusal.until), get_language())
            return _("You have asked for as many files as we make in a day. You can ask again from %(time)s.") % {
                "time": moment
            }
    return _("No transaction fits what was searched for, so there is nothing to put into a file.")


@never_cache
@customer_required
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """This view will list the files a customer has asked for of late."""
    now = timezone.now()
    found = [_shown(file, now) for file in exporting.files_of(reader(request))]
    return render(request, "statements/files.html", {"files": found})


@never_cache
@customer_required
@require_safe
def file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will show how far a file is, and lead to it once it is ready."""
    now, found = timezone.now(), _own(request, public_id)
    parts = exporting.parts_of(found)
    return render(
        request,
        "statements/file.html",
        {
            **_shown(found, now),
            "size": sum(part.size for part in parts),
            "several": len(parts) if found.kind != MovementFile.Kind.CSV and len(parts) > 1 else 0,
            "described": filters.described(found.query),
            "back": address_with(reverse("statement", args=[found.bank_account.public_id]), ""),
        },
    )


@never_cache
@background
@customer_required
@require_safe
def file_state(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """This view will say how far a file is; asked by the page itself."""
    found = _own(request, public_id)
    return JsonResponse({"state": found.state, "percent": found.percent})


@never_cache
@customer_required
@require_safe
def file_download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """This view will hand a file over while its days last; each download leaves an audit row."""
    now, found = timezone.now(), _own(request, public_id)
    parts = exporting.parts_of(found)
    if not exporting.is_open(found, now=now) or not parts:
        raise Http404
    try:
        first = FILES.read(parts[0].stored)
    except FileGone as error:
        raise Http404 from error
    exporting.note_download(file=found, now=now)
    name = f"statement-{found.bank_account.number}-{found.asked_at:%Y%m%d}"
    if found.kind == MovementFile.Kind.CSV:
        content = _chained(first, exporting.contents(parts[1:]))
        return _attached(StreamingHttpResponse(content, content_type=CSV), f"{name}.csv")
    if len(parts) == 1:
        return _attached(HttpResponse(first, content_type=TYPES[found.kind]), f"{name}.{found.kind}")
    return FileResponse(_packed(found, parts, name), as_attachment=True, filename=f"{name}.zip", content_type=ZIP)


def _packed(found: MovementFile, parts: list[MovementFilePart], name: str) -> Any:
    """The parts of a workbook or paper that is too long for one, together, in a file that is gone when it is closed."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    moment = timezone.localtime(found.ready_at).timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # both kinds are compressed already
        for number, content in enumerate(exporting.contents(parts), start=1):
            archive.writestr(zipfile.ZipInfo(f"{name}-{number}.{found.kind}", date_time=moment), content)
    packed.seek(0)
    return packed


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _own(request: HttpRequest, public_id: uuid.UUID) -> MovementFile:
    found = exporting.file_of(reader(request), public_id)
    if found is None:
        raise Http404
    return found


def _shown(found: MovementFile, now: datetime) -> dict[str, Any]:
    return {
        "file": found,
        "open": exporting.is_open(found, now=now),
        "number": grouped(found.bank_account.number),
        "count": f"{found.count:,}",
        "money_in": Money(found.money_in, found.bank_account.currency),
        "money_out": Money(-found.money_out, found.bank_account.currency),
    }


def _attached(answer: Any, name: str) -> Any:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _spoken(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """The lines are made after the middleware has gone: keep the reader's language for them."""
    with translation.override(language):
        yield from lines
