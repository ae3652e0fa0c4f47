"""A payment's own page with where it stands, the list of them with the quota, and taking one back."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access.decorators import customer_required, verified_customer_required
from accounts.models import BankAccount
from ledger.calendar import business_date
from ledger.money import Money
from payments import movements
from payments.crossborder import ibans, presenting, queries, sentences
from payments.crossborder.refusals import BoughtForIt, TooLate
from payments.crossborder.services import confirming
from payments.crossborder.states import State
from payments.refusals import UnknownTransfer

LATEST = 50


@never_cache
@customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The quota, the latest payments abroad, what waits to be confirmed, and the payees kept for them."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    rows = [
        {
            "payment": payment,
            "money": Money(payment.amount, payment.currency),
            "country": sentences.country(payment.bank_country),
            "tone": presenting.TONES[State(payment.state)],
        }
        for payment in queries.under_way(customer, limit=LATEST)
    ]
    drafts = [
        {"payment": payment, "money": Money(payment.amount, payment.currency)}
        for payment in queries.drafts_of(customer, now=now)
    ]
    payees = [
        {
            "payee": payee,
            "country": sentences.country(payee.bank_country),
            "number": ibans.shown(payee.number, is_iban=payee.is_iban),
        }
        for payee in queries.payees_of(customer)
    ]
    bar = presenting.year(customer, today=business_date(now))
    return render(request, "crossborder/overview.html", {"rows": rows, "drafts": drafts, "payees": payees, "bar": bar})


@never_cache
@customer_required
@require_GET
def payment(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Where a payment stands, what it came to, and what comes next."""
    found = queries.payment_of(request.customer, payment_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    if found.state in {State.DRAFT, State.VOID}:
        return HttpResponseRedirect(reverse("transfer_abroad_check", args=[payment_id]))
    shown = presenting.of(found, queries.steps_of(found), today=business_date(timezone.now()))
    booked = movements.movement_by_entry(found.source_id, found.entry_id or 0)
    return render(
        request,
        "crossborder/payment.html",
        {
            "shown": shown,
            "payment": found,
            "papers": queries.papers_of(found),
            "receipt_url": reverse("movement", args=[found.source.public_id, booked.number]) if booked else "",
            "acts": movements.acts(customer=request.customer, movement=booked) if booked else [],  # type: ignore[attr-defined]
            "back_receipt_url": _receipt(found.credited_to, found.comeback_id),
        },
    )


def _receipt(account: BankAccount | None, entry_id: int | None) -> str:
    """The address of a movement's receipt; "" where there is no movement on the account."""
    booked = movements.movement_by_entry(account.pk, entry_id) if account and entry_id else None
    return reverse("movement", args=[account.public_id, booked.number]) if account and booked else ""


@verified_customer_required
@require_POST
def take_back(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Take back a payment that has not left and that nothing was bought for."""
    try:
        confirming.take_back(
            customer=request.customer,  # type: ignore[attr-defined]
            payment_id=payment_id,
            now=timezone.now(),
        )
    except UnknownTransfer:
        raise Http404 from None
    except TooLate:
        messages.warning(request, _("The payment has been decided or has left already and cannot be taken back."))
    except BoughtForIt:
        messages.warning(request, _("Foreign exchange was bought for this payment, so it cannot be taken back."))
    else:
        messages.success(request, _("The payment is taken back. The money is on your account again."))
    return HttpResponseRedirect(reverse("payment_abroad", args=[payment_id]))
