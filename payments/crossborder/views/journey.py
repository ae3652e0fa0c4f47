"""Fill in, check, confirm."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import BankAccount
from accounts.numbers import grouped
from accounts.queries import HeldAccount, accounts_of
from core.ui import numerals
from ledger.calendar import business_date
from ledger.money import Money, exponent
from payments.crossborder import presenting, queries, sentences
from payments.crossborder.fees import Charges
from payments.crossborder.figures import HOME
from payments.crossborder.forms import AbroadForm, DeclarationForm, LargeSumForm
from payments.crossborder.models import Payment
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.refusals import GroundChanged, PapersNeeded, QuoteOver
from payments.crossborder.services import confirming, drafts
from payments.crossborder.services.drafts import PAYEE_SIDE
from payments.crossborder.states import State
from payments.refusals import DraftVoid, KeyTaken, TransferRefused, UnknownTransfer
from payments.services.rules import OPERATION, Asked
from payments.views.transfers import asked_once

OWN_FIELDS = ("payee", "currency", "side", "charges", "purpose", "purpose_note", "declare", "agree")


def _said_once(request: HttpRequest) -> None:
    """Refuse a request that gives one answer twice: nobody can say which one was meant."""
    asked_once(request)
    if any(len(request.POST.getlist(name)) > 1 for name in OWN_FIELDS):
        raise SuspiciousOperation("a field was sent twice")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form: to whom, from where, how much on which side, who pays the fees, what for."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    held = [
        account for account in accounts_of(customer) if account.status == BankAccount.Status.OPEN and account.is_owner
    ]
    payees = queries.payees_of(customer)
    if request.method == "POST":
        _said_once(request)
        form = AbroadForm(request.POST, accounts=held, payees=payees)
        if form.is_valid():
            try:
                made = drafts.draft(customer=customer, key=form.cleaned_data["key"], order=form.order(), now=now)
            except KeyTaken as taken:
                messages.info(
                    request,
                    _("This form has already sent a transfer, shown here. Nothing more has moved. "
                      "For another one, start a new transfer."),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("payment_abroad", args=[taken.transfer_id]))
            except TransferRefused as refusal:
                field, words = sentences.of(refusal)
                form.add_error(field or None, words)
            else:
                page = "payment_abroad" if made.confirmed else "transfer_abroad_check"
                return HttpResponseRedirect(reverse(page, args=[made.payment_id]))
    else:
        form = AbroadForm(initial=_initial(request, held, payees), accounts=held, payees=payees)
    return render(
        request,
        "crossborder/transfer.html",
        {
            "form": form,
            "accounts": held,
            "payees": payees,
            "bar": presenting.year(customer, today=business_date(now)),
        },
    )


def _initial(request: HttpRequest, held: list[HeldAccount], payees: list[Any]) -> dict[str, Any]:
    """What the form starts with: a draft to be changed, a payee that was chosen, or what most people want."""
    customer = request.customer  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        "key": uuid.uuid4(), "source": str(held[0].public_id) if held else "", "side": PAYEE_SIDE,
        "charges": Charges.SHA.value, "payee": str(payees[0].public_id) if len(payees) == 1 else "",
    }  # fmt: skip
    if (wanted := _uuid(request.GET.get("draft", ""))) and (before := queries.payment_of(customer, wanted)):
        if before.state in {State.DRAFT, State.VOID}:
            side_currency = before.currency if before.given_side == PAYEE_SIDE else before.debit_currency
            found.update(
                source=str(before.source.public_id), payee=str(before.payee.public_id), currency=before.currency,
                side=before.given_side, amount=f"{Money(before.given, side_currency).decimal:,f}",
                charges=before.charges, purpose=before.purpose, purpose_note=before.purpose_note, memo=before.memo,
            )  # fmt: skip
            if before.state == State.DRAFT:
                found["key"] = before.key
    elif (wanted := _uuid(request.GET.get("to", ""))) and queries.payee_of(customer, wanted):
        found["payee"] = str(wanted)
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
    """The check page: both amounts, rate, fees, quota, documents, the declaration, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    payment = queries.payment_of(customer, payment_id)
    if payment is None:
        raise Http404
    if payment.state not in {State.DRAFT, State.VOID}:
        return HttpResponseRedirect(reverse("payment_abroad", args=[payment_id]))
    if payment.state != State.DRAFT or payment.expires_at <= now:
        return _start_again(request, payment_id)
    takes = _takes(request, payment, now)
    if isinstance(takes, HttpResponse):
        return takes
    panel = _panel(request, payment, takes, now)
    posted = request.POST if request.method == "POST" else None
    large = LargeSumForm(posted) if takes.total is not None else None
    declaration = DeclarationForm(posted)
    error = ""
    if request.method == "POST":
        _said_once(request)
        ready = declaration.is_valid() and (large is None or large.is_valid())
        if ready and panel.passed(now=now):
            answer = _confirm(request, payment_id, panel, takes, now)
            if isinstance(answer, HttpResponse):
                return answer
            error = answer
    return render(
        request,
        "crossborder/transfer_check.html",
        _check_values(request, payment, takes, panel, large, declaration, error),
    )


def _takes(request: HttpRequest, payment: Payment, now: datetime) -> Asked | HttpResponse:
    """Say what confirming takes; or lead to where documents, new terms or a change are needed first."""
    customer = request.customer  # type: ignore[attr-defined]
    try:
        takes = confirming.takes(customer=customer, payment=payment, now=now)
        confirming.holds(customer=customer, payment=payment, now=now)
    except PapersNeeded:
        return HttpResponseRedirect(reverse("transfer_abroad_papers", args=[payment.public_id]))
    except (QuoteOver, GroundChanged) as refusal:
        return _new_terms(request, payment, sentences.of(refusal)[1])
    except TransferRefused as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(f"{reverse('transfer_abroad')}?draft={payment.public_id}")
    return takes


def _confirm(
    request: HttpRequest, payment_id: uuid.UUID, panel: StepUpPanel, takes: Asked, now: datetime
) -> HttpResponse | str:
    """Confirm and lead on, or give the sentence for the page; what the panel refuses stands in the panel."""
    try:
        confirming.confirm(
            customer=request.customer,  # type: ignore[attr-defined]
            payment_id=payment_id,
            challenge_id=panel.challenge_id,
            declared=True,  # the form has seen to it
            session=panel.session,
            sum_confirmed=takes.total,
            now=now,
        )
    except stepup.Refused as refusal:
        panel.refuse(refusal, now=now)
        return ""
    except DraftVoid:
        return _start_again(request, payment_id)
    except (QuoteOver, GroundChanged, PapersNeeded) as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(reverse("transfer_abroad_check", args=[payment_id]))
    except TransferRefused as refusal:
        return sentences.of(refusal)[1]
    return HttpResponseRedirect(reverse("payment_abroad", args=[payment_id]))


@verified_customer_required
@require_POST
def renew(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Ask for a new rate and new terms; they are shown before anything is confirmed."""
    try:
        drafts.renew(customer=request.customer, payment_id=payment_id, now=timezone.now())  # type: ignore[attr-defined]
    except UnknownTransfer:
        raise Http404 from None
    except DraftVoid:
        return _start_again(request, payment_id)
    except TransferRefused as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(f"{reverse('transfer_abroad')}?draft={payment_id}")
    return HttpResponseRedirect(reverse("transfer_abroad_check", args=[payment_id]))


def _new_terms(request: HttpRequest, payment: Payment, why: str) -> HttpResponse:
    """The terms that were shown no longer hold: say so and offer new ones. Nothing is asked for by looking."""
    return render(
        request,
        "crossborder/new_terms.html",
        {
            "payment": payment,
            "why": why,
            "price": presenting.priced(payment, today=business_date(timezone.now())),
            "change_url": f"{reverse('transfer_abroad')}?draft={payment.public_id}",
        },
    )


def _start_again(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    messages.info(request, _("This transfer was not confirmed in time. No money has moved. Check it and continue."))
    return HttpResponseRedirect(f"{reverse('transfer_abroad')}?draft={payment_id}")


def _panel(request: HttpRequest, payment: Payment, takes: Asked, now: datetime) -> StepUpPanel:
    words = _("Send %(amount)s to %(payee)s in %(country)s, account %(number)s, for %(debit)s") % {
        "amount": sentences.money(payment.amount, payment.currency),
        "payee": payment.payee_name,
        "country": sentences.country(payment.bank_country),
        "number": presenting.number_of(payment),
        "debit": sentences.money(payment.debit, payment.debit_currency),
    }
    return StepUpPanel(
        request,
        operation=OPERATION,
        payload=takes.binds(confirming.shown(payment, queries.papers_of(payment))),
        words=words,
        proof=takes.proof,
        now=now,
    )


def _check_values(
    request: HttpRequest,
    payment: Payment,
    takes: Asked,
    panel: StepUpPanel,
    large: LargeSumForm | None,
    declaration: DeclarationForm,
    error: str,
) -> dict[str, Any]:
    total = None if takes.total is None else Money(takes.total, HOME)
    today = business_date(timezone.now())
    return {
        "payment": payment,
        "price": presenting.priced(payment, today=today),
        "bar": presenting.year(request.customer, today=today),  # type: ignore[attr-defined]
        "purpose": PURPOSES[payment.purpose].label,
        "papers": queries.papers_of(payment),
        "number": presenting.number_of(payment),
        "source_number": grouped(payment.source.number),
        "payee_country": sentences.country(payment.payee_country),
        "bank_country": sentences.country(payment.bank_country),
        "total": total,
        "total_words": "" if total is None else numerals.capital(total.minor, exponent(HOME), HOME),
        "large": large,
        "declaration": declaration,
        "stepup": panel,
        "error": error,
        "change_url": f"{reverse('transfer_abroad')}?draft={payment.public_id}",
    }
