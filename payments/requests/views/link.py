"""What a link leads to: for anybody who has it, and the page on which a customer pays it."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.decorators import verified_customer_required
from accounts.models import BankAccount
from accounts.queries import accounts_of
from core import policy
from core.audit.middleware import client_ip
from ledger.calendar import business_date
from payments import throttle
from payments.refusals import TransferRefused
from payments.requests import queries, sentences, warnings
from payments.requests.forms import PayForm
from payments.requests.models import MoneyRequest
from payments.requests.refusals import AlreadyPaid, RequestRefused, UnknownRequest
from payments.requests.services import paying


@never_cache
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """What anybody with the link sees. Whatever cannot be paid looks the same."""
    now = timezone.now()
    if (late := _slowed(request, now)) is not None:
        return late
    found = queries.by_token(token)
    if found is None or not queries.can_be_paid(found, now=now):
        return _nothing(request)
    values = {"looked": queries.looked_at(found), "pay_url": reverse("request_pay", args=[found.token])}
    return _unlisted(render(request, "requests/link.html", values))


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the account to pay from; the ordinary check page follows."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    if (late := _slowed(request, now)) is not None:
        return late
    found = queries.by_token(token)
    if found is None:
        return _nothing(request)
    if found.asker_id == customer.pk:
        return HttpResponseRedirect(reverse("request", args=[found.public_id]))
    share = queries.share_of(found, customer)
    if share is not None and share.paid_at and share.transfer:
        return HttpResponseRedirect(reverse("receipt", args=[share.transfer.public_id]))
    if not paying.may_pay(customer, found, now=now):
        return _nothing(request)
    return _form(request, found, token, now)


def _form(request: HttpRequest, found: MoneyRequest, token: str, now: datetime) -> HttpResponse:
    customer = request.customer  # type: ignore[attr-defined]
    held = [
        account
        for account in accounts_of(customer)
        if account.status == BankAccount.Status.OPEN and account.currency == found.currency
    ]
    stranger = queries.known_payee(customer, found.destination_id) is None
    asked: dict[str, Any] = {"accounts": held, "open_amount": found.amount is None, "stranger": stranger}
    if request.method == "POST":
        form = PayForm(request.POST, **asked)
        if form.is_valid():
            try:
                made = paying.draft(
                    customer=customer, token=token, key=form.cleaned_data["key"], pay=form.pay(), now=now
                )
            except AlreadyPaid:
                return HttpResponseRedirect(request.path)
            except UnknownRequest:
                return _nothing(request)
            except (RequestRefused, TransferRefused) as refusal:
                field, words = sentences.of(refusal)
                form.add_error(field if field in form.fields else None, words)
            else:
                return HttpResponseRedirect(reverse("transfer_check", args=[made.transfer_id]))
    else:
        initial = {"key": uuid.uuid4(), "source": str(held[0].public_id) if held else ""}
        form = PayForm(initial=initial, **asked)
    values = {
        "form": form,
        "accounts": held,
        "looked": queries.looked_at(found),
        "stranger": stranger,
        "alarming": warnings.found(found.words),
    }
    return _unlisted(render(request, "requests/pay.html", values))


def _nothing(request: HttpRequest) -> HttpResponse:
    return _unlisted(render(request, "requests/nothing.html", status=404))


def _slowed(request: HttpRequest, now: datetime) -> HttpResponse | None:
    """Refuse whoever opens links by the dozen; None for everybody else."""
    most = int(policy.value("request.looks_per_minute", on=business_date(now)))
    seconds = throttle.wait(purpose="request-link", caller=client_ip(request) or "unknown", most=most, now=now)
    if seconds is None:
        return None
    answer = render(request, "requests/wait.html", {"seconds": seconds}, status=429)
    answer["Retry-After"] = str(seconds)
    return _unlisted(answer)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
