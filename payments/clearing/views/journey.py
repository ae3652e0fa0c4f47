"""Fill in, check, confirm."""

import uuid
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import BankAccount, Customer
from accounts.numbers import grouped
from accounts.queries import HeldAccount, accounts_of
from core.ui import numerals
from ledger.calendar import business_date
from ledger.money import Money, exponent
from payments import filling
from payments import sentences as payment_sentences
from payments.clearing import gateway, presenting, queries, sentences
from payments.clearing.forms import BankPaymentForm, LargeSumForm
from payments.clearing.models import Payment
from payments.clearing.notices import bank_name
from payments.clearing.refusals import PromiseChanged
from payments.clearing.services import payments, promises
from payments.clearing.states import UNCONFIRMED, State
from payments.refusals import DraftVoid, KeyTaken, TransferRefused
from payments.services.rules import OPERATION, Asked
from payments.views.transfers import asked_once

OWN_FIELDS = ("name", "number", "bank", "mode", "keep")  # beside those that every transfer's form has


def _said_once(request: HttpRequest) -> None:
    """Refuse a request that gives one answer twice: nobody can say which one was meant."""
    asked_once(request)
    if any(len(request.POST.getlist(name)) > 1 for name in OWN_FIELDS):
        raise SuspiciousOperation("a field was sent twice")


def _offered() -> None:
    if gateway.chosen() is None:
        raise Http404("this bank reaches no other bank")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form: from where, to whom at which bank, how much, when."""
    _offered()
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    held = _paying(customer, business_date(now))
    if request.method == "POST":
        _said_once(request)
        form = BankPaymentForm(request.POST, accounts=held)
        if form.is_valid():
            try:
                made = payments.draft(customer=customer, key=form.cleaned_data["key"], order=form.order(), now=now)
            except KeyTaken as taken:
                messages.info(
                    request,
                    _("This form has already sent a transfer, shown here. Nothing more has moved. "
                      "For another one, start a new transfer."),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("bank_payment", args=[taken.transfer_id]))
            except TransferRefused as refusal:
                field, words = sentences.of(refusal)
                form.add_error(field or None, words)
            else:
                page = "bank_payment" if made.confirmed else "bank_transfer_check"
                return HttpResponseRedirect(reverse(page, args=[made.payment_id]))
    else:
        form = BankPaymentForm(initial=_initial(request, held), accounts=held)
    known = [
        {"payee": payee, "bank": bank_name(payee.bank_code), "number": grouped(payee.number)}
        for payee in queries.payees_of(customer)
    ]
    return render(
        request, "clearing/transfer.html", {"form": form, "accounts": held, "known": known, "demo": settings.DEMO}
    )


def _paying(customer: Customer, today: date) -> list[HeldAccount]:
    """The accounts other banks are paid from; where there is none of those, all, and the refusal says why."""
    held = [account for account in accounts_of(customer) if account.status == BankAccount.Status.OPEN]
    return [account for account in held if promises.is_offered(account.currency, on=today)] or held


def _initial(request: HttpRequest, held: list[HeldAccount]) -> dict[str, Any]:
    """What the form starts with: a draft to be changed, a payee that was chosen, or nothing but the first account."""
    customer = request.customer  # type: ignore[attr-defined]
    found: dict[str, Any] = {"key": uuid.uuid4(), "source": str(held[0].public_id) if held else "", "mode": "real_time"}
    if (wanted := _uuid(request.GET.get("draft", ""))) and (before := queries.payment_of(customer, wanted)):
        if before.state in {State.DRAFT, State.VOID, State.STOPPED}:
            found.update(
                source=str(before.source.public_id), name=before.payee_name, number=before.payee_number,
                bank=before.payee_bank, amount=f"{Money(before.amount, before.currency).decimal:,f}", mode=before.mode,
                memo=before.memo, keep=before.keep_payee,
            )  # fmt: skip
            if before.state == State.DRAFT:
                found["key"] = before.key
    elif (wanted := _uuid(request.GET.get("to", ""))) and (payee := queries.payee_of(customer, wanted)):
        found.update(name=payee.name, number=payee.number, bank=payee.bank_code)
    found.update(filling.filled(request))
    if chosen := _uuid(request.GET.get("from", "")):
        found["source"] = str(chosen)
    return found


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The check page: the promise, everything that matters once more, and the code."""
    _offered()
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    payment = queries.payment_of(customer, payment_id)
    if payment is None:
        raise Http404
    if payment.state not in UNCONFIRMED:
        return HttpResponseRedirect(reverse("bank_payment", args=[payment_id]))
    if payment.state != State.DRAFT or payment.expires_at <= now:
        return _start_again(request, payment_id)
    try:
        takes = payments.takes(customer=customer, payment=payment, now=now)
    except TransferRefused as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(f"{reverse('bank_transfer')}?draft={payment_id}")
    panel = _panel(request, payment, takes, now)
    large = LargeSumForm(request.POST if request.method == "POST" else None) if takes.total is not None else None
    error = ""
    if request.method == "POST":
        _said_once(request)
        if (large is None or large.is_valid()) and panel.passed(now=now):
            answer = _confirm(request, payment_id, panel, takes, now)
            if isinstance(answer, HttpResponse):
                return answer
            error = answer
    return render(request, "clearing/transfer_check.html", _check_values(payment, takes, panel, large, error))


def _confirm(
    request: HttpRequest, payment_id: uuid.UUID, panel: StepUpPanel, takes: Asked, now: datetime
) -> HttpResponse | str:
    """Confirm and lead on, or give the sentence for the page; what the panel refuses stands in the panel."""
    customer = request.customer  # type: ignore[attr-defined]
    try:
        payments.confirm(
            customer=customer,
            payment_id=payment_id,
            challenge_id=panel.challenge_id,
            session=panel.session,
            sum_confirmed=takes.total,
            now=now,
        )
    except stepup.Refused as refusal:
        panel.refuse(refusal, now=now)
        return ""
    except DraftVoid:
        return _start_again(request, payment_id)
    except PromiseChanged:
        return _promise_anew(request, payment_id, now)
    except TransferRefused as refusal:
        return sentences.of(refusal)[1]
    return HttpResponseRedirect(reverse("bank_payment", args=[payment_id]))


def _promise_anew(request: HttpRequest, payment_id: uuid.UUID, now: datetime) -> HttpResponse | str:
    """Put a new promise in place of the one that no longer holds and show it; or say that there is none."""
    try:
        payments.renew(customer=request.customer, payment_id=payment_id, now=now)  # type: ignore[attr-defined]
    except DraftVoid:
        return _start_again(request, payment_id)
    except TransferRefused as refusal:
        return sentences.of(refusal)[1]
    messages.warning(
        request, _("What we promised no longer holds at this hour. No money has moved. Look at the new promise.")
    )
    return HttpResponseRedirect(reverse("bank_transfer_check", args=[payment_id]))


def _start_again(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    messages.info(request, _("This transfer was not confirmed in time. No money has moved. Check it and continue."))
    return HttpResponseRedirect(f"{reverse('bank_transfer')}?draft={payment_id}")


def _panel(request: HttpRequest, payment: Payment, takes: Asked, now: datetime) -> StepUpPanel:
    words = _("Send %(amount)s to %(payee)s at %(bank)s, account %(number)s") % {
        "amount": payment_sentences.money(payment.amount, payment.currency),
        "payee": payment.payee_name,
        "bank": bank_name(payment.payee_bank),
        "number": grouped(payment.payee_number),
    }
    return StepUpPanel(
        request,
        operation=OPERATION,
        payload=takes.binds(payments.shown(payment)),
        words=words,
        proof=takes.proof,
        now=now,
    )


def _check_values(
    payment: Payment, takes: Asked, panel: StepUpPanel, large: LargeSumForm | None, error: str
) -> dict[str, Any]:
    total = None if takes.total is None else Money(takes.total, payment.currency)
    return {
        "payment": payment,
        "money": Money(payment.amount, payment.currency),
        "fee": Money.zero(payment.currency),
        "bank": bank_name(payment.payee_bank),
        "number": grouped(payment.payee_number),
        "source_number": grouped(payment.source.number),
        "path": sentences.PATHS[payment.path],
        "arrives": presenting.promise(payment),
        "back_until": presenting.back_until(payment),
        "total": total,
        "total_words": ""
        if total is None
        else numerals.capital(total.minor, exponent(payment.currency), payment.currency),
        "large": large,
        "stepup": panel,
        "error": error,
        "change_url": f"{reverse('bank_transfer')}?draft={payment.public_id}",
    }
