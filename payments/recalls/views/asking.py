"""Asking for a payment's money back, and following what becomes of it."""

import uuid
from collections.abc import Callable
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.decorators import customer_required, verified_customer_required
from accounts.models import Customer
from ledger.money import Money
from payments.clearing.models import Payment
from payments.clearing.services.payments import may_take_back
from payments.clearing.states import BACK, State
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.states import State as Abroad
from payments.models import Transfer
from payments.recalls import figures, presenting, queries
from payments.recalls.forms import RecallForm
from payments.recalls.models import Recall
from payments.recalls.refusals import Refused, Unknown
from payments.recalls.services import asking
from payments.recalls.states import Asked
from payments.recalls.states import State as Stands
from payments.recalls.words import DISPUTE_TONES, TONES

MOST = 50


@never_cache
@customer_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the customer is asked for, what they asked back, and what they told us is not right."""
    customer = _customer(request)
    return render(
        request,
        "recalls/overview.html",
        {
            "asked": [
                {"recall": row, "money": Money(row.amount, row.currency)} for row in queries.asked_of_all(customer)
            ],
            "recalls": [
                {
                    "recall": row,
                    "money": Money(row.amount, row.currency),
                    "tone": TONES[Stands(row.state)],
                    "payee": row.payee_name,
                }
                for row in queries.recalls_of(customer, most=MOST)
            ],
            "disputes": [
                {"dispute": row, "money": Money(row.amount, row.currency), "tone": DISPUTE_TONES[row.state]}
                for row in queries.disputes_of(customer, most=MOST)
            ],
        },
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """Ask the payee of a transfer at this bank."""
    customer = _customer(request)
    paid = queries.transfer_of(customer, transfer_id)
    if paid is None or paid.kind == Transfer.Kind.OWN:
        raise Http404
    there = Recall.objects.filter(transfer=paid).first()
    if there is not None:
        return HttpResponseRedirect(reverse("recall", args=[there.public_id]))

    def ask(why: str, words: str) -> Recall:
        return asking.ask_payee(customer=customer, transfer_id=transfer_id, why=why, words=words, now=timezone.now())

    return _ask(request, ask, Asked.PAYEE, paid, paid.shown_name, Money(paid.amount, paid.currency))


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Ask the other bank; while the payment has not left, offer to take it back instead."""
    customer, now = _customer(request), timezone.now()
    paid = queries.payment_of(customer, payment_id)
    if paid is None:
        raise Http404
    there = Recall.objects.filter(payment=paid).first()
    if there is not None:
        return HttpResponseRedirect(reverse("recall", args=[there.public_id]))
    if request.method != "POST" and (may_take_back(paid, now=now) or State(paid.state) in BACK):
        return HttpResponseRedirect(reverse("bank_payment", args=[payment_id]))

    def ask(why: str, words: str) -> Recall:
        return asking.ask_bank(customer=customer, payment_id=payment_id, why=why, words=words, now=now)

    return _ask(request, ask, Asked.BANK, paid, paid.payee_name, Money(paid.amount, paid.currency))


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def abroad(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Ask the payee's bank abroad; one that has not left, or has come back, is told of on its own page."""
    customer = _customer(request)
    paid = queries.payment_abroad_of(customer, payment_id)
    if paid is None:
        raise Http404
    there = Recall.objects.filter(abroad=paid).first()
    if there is not None:
        return HttpResponseRedirect(reverse("recall", args=[there.public_id]))
    if request.method != "POST" and Abroad(paid.state) not in {Abroad.SENT, Abroad.ARRIVED}:
        return HttpResponseRedirect(reverse("payment_abroad", args=[payment_id]))

    def ask(why: str, words: str) -> Recall:
        return asking.ask_abroad(customer=customer, payment_id=payment_id, why=why, words=words, now=timezone.now())

    return _ask(request, ask, Asked.ABROAD, paid, paid.payee_name, Money(paid.leaves, paid.currency))


def _ask(
    request: HttpRequest,
    ask: Callable[[str, str], Recall],
    asked: Asked,
    paid: Transfer | Payment | PaymentAbroad,
    payee: str,
    money: Money,
) -> HttpResponse:
    form = RecallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask(form.cleaned_data["why"], form.cleaned_data["words"])
        except Unknown:
            raise Http404 from None
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(reverse("recall", args=[made.public_id]))
    about = presenting.subject(paid)
    shown = {
        "money": money,
        "payee": payee,
        "number": about.number,
        "bank": about.bank,
        "paid": paid,
        "up": about.url,
        "inside": asked is Asked.PAYEE,
        "abroad": asked is Asked.ABROAD,
        "until": figures.answer_by(asked, now=timezone.now()),
    }
    return render(request, "recalls/ask.html", {"form": form, **shown})


@never_cache
@customer_required
@require_safe
def recall(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    """Where a request stands."""
    found = queries.recall_of(_customer(request), recall_id)
    if found is None:
        raise Http404
    return render(request, "recalls/recall.html", {"shown": presenting.of(found, queries.steps_of(found))})


def _customer(request: HttpRequest) -> Customer:
    customer = cast("Customer", request.customer)  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]  # who is signed in, read already
    return customer
