"""The page in between for large sums of a day: the sum in words, and a box that is ticked on purpose."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access.decorators import verified_customer_required
from accounts.numbers import grouped
from ledger.money import Money, exponent
from payments import queries, words
from payments.forms import SumForm
from payments.services import large_sums, transfers
from payments.views import afterwards
from payments.views.transfers import asked_once, start_again, waiting


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def large_sum(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """The sum of this transfer and of the day in words; ticked, it leads on to the check page."""
    now = timezone.now()
    found = waiting(request, transfer_id, now)
    if isinstance(found, HttpResponse):
        return found
    transfer, takes = found
    if takes.total is None or takes.total == transfer.confirmed_sum:
        return HttpResponseRedirect(reverse("transfer_check", args=[transfer_id]))
    if request.method == "POST":
        asked_once(request)
        return _agree(request, transfer_id, now)
    values = _values(transfer, takes.total, afterwards.said(request))
    return render(request, "payments/large_sum.html", values)


def _agree(request: HttpRequest, transfer_id: uuid.UUID, now: datetime) -> HttpResponse:
    form = SumForm(request.POST)
    if not form.is_valid():
        return afterwards.back(request, wrong=True)
    customer, total = request.customer, form.cleaned_data["total"]  # type: ignore[attr-defined]
    try:
        large_sums.confirm(customer=customer, transfer_id=transfer_id, total=total, now=now)
    except transfers.DraftVoid:
        return start_again(request, transfer_id)
    except transfers.SumUnconfirmed:
        return afterwards.back(request, changed=True)
    return HttpResponseRedirect(reverse("transfer_check", args=[transfer_id]))


def _values(transfer: queries.TransferRecord, total: int, left: dict[str, Any]) -> dict[str, Any]:
    currency, language = transfer.currency, get_language() or ""

    def spelled(minor: int) -> str:
        return words.in_words(minor, exponent=exponent(currency), currency=currency, language=language)

    before = total - transfer.amount
    return {
        "transfer": transfer,
        "form": SumForm({"total": total}) if left.get("wrong") else SumForm(initial={"total": total}),
        "changed": left.get("changed", False),
        "number": grouped(transfer.destination_number),
        "before": Money(before, currency),
        "total": Money(total, currency),
        "words": spelled(transfer.amount),
        "total_words": spelled(total) if before else "",
        "change_url": f"{reverse('transfer')}?draft={transfer.public_id}",
    }
