"""The receipt: on screen, as PDF, and checked by anybody who holds its code."""

import uuid
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access.decorators import customer_required
from accounts.statements import papers
from accounts.statements.models import BalanceCertificate
from core import policy
from core.audit.middleware import client_ip
from core.ui import signing
from ledger.calendar import business_date
from ledger.money import Money
from payments import movements, names, queries, receipts, references, throttle, typesetting
from payments.forms import CodeForm
from payments.models import MovementPaper
from payments.views import held
from payments.views.transfers import in_words


@never_cache
@customer_required
@require_GET
def receipt(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """What happened, with its reference and what to do next; for a held transfer, where it stands."""
    found = queries.receipt_for(request.customer, transfer_id)  # type: ignore[attr-defined]
    if found is None:
        return held.page(request, transfer_id)
    made = receipts.for_side(found.transfer, is_payer=found.is_payer)
    return render(
        request,
        "payments/receipt.html",
        {
            "receipt": made,
            "transfer": made.transfer,
            "words": in_words(made.transfer, now=timezone.now()),
            "fee": Money.zero(made.transfer.currency),
            "notes": movements.notes(made.transfer.entry_id),
            "acts": _acts(request, made),
        },
    )


@never_cache
@customer_required
@require_GET
def pdf(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """The same on paper."""
    made = _side(request, transfer_id)
    now = timezone.now()
    paper = signing.signed(typesetting.receipt_pdf(made, now=now), reason=made.transfer.reference, now=now)
    answer = HttpResponse(paper, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{made.transfer.reference}.pdf"'
    return answer


def _acts(request: HttpRequest, made: receipts.Receipt) -> list[movements.Act]:
    """What the reader can do about the movement on their own side."""
    transfer = made.transfer
    mine = transfer.source_id if made.is_payer else transfer.destination_id
    found = movements.movement_by_entry(mine, transfer.entry_id)
    return movements.acts(customer=request.customer, movement=found) if found else []  # type: ignore[attr-defined]


def _side(request: HttpRequest, transfer_id: uuid.UUID) -> receipts.Receipt:
    found = queries.receipt_for(request.customer, transfer_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return receipts.for_side(found.transfer, is_payer=found.is_payer)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for a code that was read from paper and leads to its page."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = references.read_code(form.cleaned_data["code"])
        if code:
            return HttpResponseRedirect(reverse("verify_receipt", args=[code]))
        form.add_error(
            "code", _("A code has 32 letters and figures, without 0, 1, 8 and 9. Compare it with the paper.")
        )
    return _unlisted(render(request, "payments/verify.html", {"form": form}))


@never_cache
@require_GET
def verify_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Says whether a code belongs to a receipt of this bank, and to which amount and day."""
    now = timezone.now()
    if seconds := _wait(request, now):
        answer = render(request, "payments/verify_wait.html", {"seconds": seconds}, status=429)
        answer["Retry-After"] = str(seconds)
        return _unlisted(answer)
    read = references.read_code(code)
    transfer = queries.transfer_by_code(read) if read else None
    if transfer is None and read and (certificate := papers.certificate_by_code(read)) is not None:
        return _unlisted(_certificate(request, certificate))
    if transfer is None and read and (paper := movements.paper_by_code(read)) is not None:
        return _unlisted(_movement(request, paper))
    if transfer is None:
        return _unlisted(render(request, "payments/verify_unknown.html", {"form": CodeForm()}, status=404))
    shown = receipts.for_public(transfer)
    values = {"receipt": shown, "transfer": transfer, "notes": movements.notes(transfer.entry_id)}
    return _unlisted(render(request, "payments/verify_receipt.html", values))


def _movement(request: HttpRequest, paper: MovementPaper) -> HttpResponse:
    """What anybody with the code may see of a movement: what it was, half hidden, and how it stands by now."""
    found = movements.movement_of(paper.bank_account_id, paper.number)
    if found is None:
        raise Http404
    told = movements.told(found, customer=None)
    return render(
        request,
        "payments/verify_movement.html",
        {
            "movement": found,
            "money": Money(abs(found.amount), found.currency),
            "account_number": receipts.masked_number(found.account_number),
            "title": told.title or found.called,
            "told": told,
            "rows": [(row.label, row.public) for row in told.rows if row.public],
            "notes": movements.notes(found.entry_id),
        },
    )


def _certificate(request: HttpRequest, certificate: BalanceCertificate) -> HttpResponse:
    """What anybody with the code may see of a certificate of balance: name and numbers half hidden."""
    return render(
        request,
        "payments/verify_certificate.html",
        {
            "certificate": certificate,
            "holder": names.masked(certificate.holder),
            "balances": [
                (receipts.masked_number(one["number"]), Money(one["balance"], one["currency"]))
                for one in certificate.balances
            ],
        },
    )


def _wait(request: HttpRequest, now: datetime) -> int | None:
    most = int(policy.value("receipt.checks_per_minute", on=business_date(now)))
    return throttle.wait(purpose="receipt-check", caller=client_ip(request) or "unknown", most=most, now=now)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines; other sites never learn its address (SECURE_REFERRER_POLICY)."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
