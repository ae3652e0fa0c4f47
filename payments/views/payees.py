"""The customer's list of payees."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.numbers import grouped
from core.ui import formats
from payments import queries, sentences
from payments.forms import PayeeForm, RenameForm
from payments.services import payees


@never_cache
@verified_customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody the customer can pay."""
    rows = [
        {"payee": payee, "number": grouped(payee.number)}
        for payee in queries.payees_of(request.customer)  # type: ignore[attr-defined]
    ]
    return render(request, "payments/payees.html", {"rows": rows})


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Whose account is it?"""
    now = timezone.now()
    form = PayeeForm(request.POST if request.method == "POST" else None, initial=_initial(request, now))
    status, headers = 200, dict[str, str]()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = payees.propose(
                customer=request.customer,  # type: ignore[attr-defined]
                number=typed["number"],
                holder_name=typed["name"],
                alias=typed["alias"],
                now=now,
            )
        except payees.TooManyLookups as refusal:
            form.add_error(None, _too_many(refusal.until))
            status, headers = 429, {"Retry-After": str(max(1, int((refusal.until - now).total_seconds())))}
        except payees.PayeeRefused as refusal:
            field, words = sentences.of_payee(refusal)
            form.add_error(field or None, words)
        else:
            return HttpResponseRedirect(reverse("payee_check", args=[made]))
    return _with(render(request, "payments/payee_add.html", {"form": form}, status=status), headers)


def _initial(request: HttpRequest, now: datetime) -> dict[str, str]:
    """What was typed for a payee that is now to be changed."""
    try:
        wanted = uuid.UUID(request.GET.get("draft", ""))
        before = payees.proposed(customer=request.customer, payee_id=wanted, now=now)  # type: ignore[attr-defined]
    except (ValueError, payees.UnknownPayee):
        return {}
    return {"number": grouped(before.number), "alias": before.alias}


def _with(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def _too_many(until: datetime) -> str:
    return _("You have had many names looked up. Nothing was added. Try again after %(moment)s.") % {
        "moment": formats.moment(timezone.localtime(until), get_language())
    }


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """The check page: the holder's name, half hidden, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        proposed = payees.proposed(customer=customer, payee_id=payee_id, now=now)
    except payees.UnknownPayee:
        raise Http404 from None
    if proposed.confirmed:
        return HttpResponseRedirect(reverse("payees"))
    words = _("Add %(name)s, account %(number)s, to your payees") % {
        "name": proposed.shown_name,
        "number": grouped(proposed.number),
    }
    panel = StepUpPanel(request, operation=payees.OPERATION, payload=payees.shown(proposed), words=words, now=now)
    error = ""
    if request.method == "POST" and panel.passed(now=now):
        try:
            payees.add(
                customer=customer, payee_id=payee_id, challenge_id=panel.challenge_id, session=panel.session, now=now
            )
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
        except payees.UnknownPayee:
            raise Http404 from None
        except payees.PayeeRefused as refusal:
            _field, error = sentences.of_payee(refusal)
        else:
            messages.success(request, _("%(name)s is on your list.") % {"name": proposed.alias})
            return HttpResponseRedirect(reverse("payees"))
    return render(
        request,
        "payments/payee_check.html",
        {
            "proposed": proposed,
            "number": grouped(proposed.number),
            "stepup": panel,
            "error": error,
            "change_url": f"{reverse('payee_add')}?draft={payee_id}",
        },
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """One payee: another name in the list, or off the list."""
    customer = request.customer  # type: ignore[attr-defined]
    payee = queries.payee_of(customer, payee_id)
    if payee is None:
        raise Http404
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"alias": payee.alias})
    if request.method == "POST" and form.is_valid():
        try:
            payees.rename(customer=customer, payee_id=payee_id, alias=form.cleaned_data["alias"], now=timezone.now())
        except payees.UnknownPayee:
            raise Http404 from None
        messages.success(request, _("The name in your list is changed."))
        return HttpResponseRedirect(reverse("payees"))
    return render(request, "payments/payee.html", {"form": form, "payee": payee, "number": grouped(payee.number)})


@verified_customer_required
@require_POST
def remove(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """Take one payee off the list."""
    try:
        payees.remove(customer=request.customer, payee_id=payee_id, now=timezone.now())  # type: ignore[attr-defined]
    except payees.UnknownPayee:
        raise Http404 from None
    messages.success(request, _("The payee is off your list. What you paid stays in your transactions."))
    return HttpResponseRedirect(reverse("payees"))
