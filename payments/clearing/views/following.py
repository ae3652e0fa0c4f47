"""A payment's own page with its live state, the list of them, taking one back, and the payees kept for them."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import customer_required, verified_customer_required
from accounts.numbers import grouped
from ledger.money import Money
from payments import movements
from payments.clearing import book, presenting, queries
from payments.clearing.notices import bank_name
from payments.clearing.refusals import TooLate
from payments.clearing.services import payments
from payments.clearing.states import UNCONFIRMED, WAITED, State
from payments.refusals import UnknownTransfer
from payments.services.payees import Entry
from payments.views import held, kept

LATEST = 50


@never_cache
@customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The latest payments to other banks, and the payees kept for them."""
    customer = request.customer  # type: ignore[attr-defined]
    rows = [
        {
            "payment": payment,
            "money": Money(payment.amount, payment.currency),
            "bank": bank_name(payment.payee_bank),
            "tone": presenting.TONES[State(payment.state)],
        }
        for payment in queries.under_way(customer, limit=LATEST)
    ]
    payees = [
        {"payee": payee, "bank": bank_name(payee.bank_code), "number": grouped(payee.number)}
        for payee in queries.payees_of(customer)
    ]
    return render(request, "clearing/overview.html", {"rows": rows, "payees": payees})


@never_cache
@customer_required
@require_GET
def payment(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Where a payment stands, what was promised, and how the promise was kept; for a held one, what it waits for."""
    found = queries.payment_of(request.customer, payment_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    if found.state in UNCONFIRMED:
        return HttpResponseRedirect(reverse("bank_transfer_check", args=[payment_id]))
    if found.state in WAITED:
        return held.page(request, payment_id)
    shown = presenting.of(found, queries.steps_of(found), now=timezone.now())
    booked = movements.movement_by_entry(found.source_id, found.entry_id or 0)
    return render(
        request,
        "clearing/payment.html",
        {
            "shown": shown,
            "payment": found,
            "receipt_url": reverse("movement", args=[found.source.public_id, booked.number]) if booked else "",
            "acts": movements.acts(customer=request.customer, movement=booked) if booked else [],  # type: ignore[attr-defined]
            "notes": movements.notes(found.entry_id or 0),
        },
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """One payee at another bank: how it is kept in the list, off the list."""
    customer = request.customer  # type: ignore[attr-defined]
    found = queries.payee_of(customer, payee_id)
    if found is None:
        raise Http404
    line = book.line(found)
    shown = kept.Shown(
        payee=found,
        name=found.name,
        rows=[(_("Account holder"), found.name), (_("Account number"), line.number), (_("Bank"), line.where)],
        pay_url=line.pay_url,
        remove_url=reverse("other_payee_remove", args=[payee_id]),
    )

    def keep(entry: Entry) -> None:
        try:
            payments.arrange_payee(customer=customer, payee_id=payee_id, entry=entry, now=timezone.now())
        except UnknownTransfer:  # taken off the list in another tab, in this very moment
            raise Http404 from None

    return kept.page(request, shown, keep)


@verified_customer_required
@require_POST
def take_back(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Take back a payment that has not left."""
    try:
        payments.take_back(
            customer=request.customer,  # type: ignore[attr-defined]
            payment_id=payment_id,
            now=timezone.now(),
        )
    except UnknownTransfer:
        raise Http404 from None
    except TooLate:
        messages.warning(
            request, _("The payment has left already and cannot be taken back. Ask the payee to return it.")
        )
    else:
        messages.success(request, _("The payment is taken back. The money is on your account again."))
    return HttpResponseRedirect(reverse("bank_payment", args=[payment_id]))


@verified_customer_required
@require_POST
def remove_payee(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """Take a payee at another bank off the list."""
    try:
        payments.remove_payee(
            customer=request.customer,  # type: ignore[attr-defined]
            payee_id=payee_id,
            now=timezone.now(),
        )
    except UnknownTransfer:
        raise Http404 from None
    messages.success(request, _("The payee is off your list. What you paid stays in your transactions."))
    return HttpResponseRedirect(reverse("bank_payments"))
