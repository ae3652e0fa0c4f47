"""Asking for money, what became of it, and what others ask of oneself."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.decorators import verified_customer_required
from accounts.models import BankAccount
from accounts.numbers import grouped
from accounts.queries import HeldAccount, accounts_of
from core import policy
from core.ui.forms import PortalForm
from ledger.calendar import business_date
from ledger.money import Money
from payments import names
from payments.requests import qr, queries, sentences
from payments.requests.forms import ANYBODY, AskForm, DeclineForm
from payments.requests.models import MoneyRequest
from payments.requests.refusals import HasEnded, RequestRefused, TooSoon, UnknownRequest
from payments.requests.services import asking, keeping

MOST_SHOWN = 100
TONES = {"open": "waiting", "paid": "good", "cancelled": "info", "declined": "bad"}


@never_cache
@verified_customer_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What I ask of others, and what others ask of me."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    return render(
        request,
        "requests/overview.html",
        {
            "sent": [row(one, now) for one in queries.sent(customer, MOST_SHOWN)],
            "received": [
                {**row(one, now), "name": names.masked(one.asker.legal_name)}
                for one in queries.received(customer, MOST_SHOWN)
            ],
            "paid": [
                {
                    "share": share,
                    "name": names.masked(share.request.asker.legal_name),
                    "money": Money(share.transfer.amount, share.transfer.currency) if share.transfer else None,
                }
                for share in queries.paid_by(customer, MOST_SHOWN)
            ],
            "refused": [
                {"refused": one, "name": names.masked(one.asker.legal_name)}
                for one in customer.refused_askers.select_related("asker").order_by("-since")
            ],
        },
    )


def row(one: MoneyRequest, now: datetime) -> dict[str, Any]:
    """This function will give a request as a line of a list shows it."""
    state, tone = standing(one, now)
    return {"one": one, "money": _money(one), "state": state, "tone": tone}


def standing(one: MoneyRequest, now: datetime) -> tuple[str, str]:
    """This function will say how a request stands, in words, and how that is drawn."""
    if one.state == MoneyRequest.State.OPEN and business_date(now) > one.last_day:
        return pgettext("request", "Its last day is over"), "info"
    return one.get_state_display(), TONES[one.state]


def _money(one: MoneyRequest) -> Money | None:
    return None if one.amount is None else Money(one.amount, one.currency)


def _accounts(request: HttpRequest) -> list[HeldAccount]:
    held = accounts_of(request.customer)  # type: ignore[attr-defined]
    return [account for account in held if account.status == BankAccount.Status.OPEN and account.is_owner]


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form: how much, what for, until when, from whom."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    held = _accounts(request)
    form: PortalForm
    if request.method == "POST":
        form = AskForm(request.POST, accounts=held)
        if form.is_valid():
            try:
                made = asking.make(customer=customer, key=form.cleaned_data["key"], ask=form.ask(), now=now)
            except RequestRefused as refusal:
                field, words = sentences.of(refusal)
                form.add_error(field or None, words)
            else:
                return HttpResponseRedirect(reverse("request", args=[made]))
    else:
        form = AskForm(
            accounts=held,
            initial={
                "key": uuid.uuid4(),
                "destination": str(held[0].public_id) if held else "",
                "who": ANYBODY,
                "people": 1,
                "last_day": usual_last_day(now).isoformat(),
            },
        )
    return render(request, "requests/new.html", {"form": form, "accounts": held})


def usual_last_day(now: datetime) -> date:
    """This function will give the last day of a request whose asker names no other."""
    today = business_date(now)
    return today + timedelta(days=int(policy.value("request.days_usual", on=today)))


@never_cache
@verified_customer_required
@require_safe
def one(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """A request of mine: its link and code to share, and who has paid."""
    found, now = queries.sent_by(request.customer, request_id), timezone.now()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    link = f"{settings.PUBLIC_URL}{reverse('request_link', args=[found.token])}"
    counts = queries.can_be_paid(found, now=now)
    return render(
        request,
        "requests/one.html",
        {
            **row(found, now),
            "counts": counts,
            "link": link if counts else "",
            "code": qr.drawn(link) if counts else None,
            "number": grouped(found.destination.number),
            "shares": [
                {"transfer": share.transfer, "money": Money(share.transfer.amount, share.transfer.currency),
                 "at": share.paid_at}
                for share in queries.paid_shares(found) if share.transfer
            ],
            "total": Money(found.paid_total, found.currency),
        },
    )  # fmt: skip


@verified_customer_required
@require_POST
def cancel(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Ask for it no longer."""
    try:
        keeping.cancel(customer=request.customer, request_id=request_id, now=timezone.now())  # type: ignore[attr-defined]
    except UnknownRequest:
        raise Http404 from None
    except HasEnded:
        messages.warning(request, _("The request has ended before: look below at what became of it."))
    else:
        messages.success(request, _("The request is cancelled. Its link leads to nothing any more."))
    return HttpResponseRedirect(reverse("request", args=[request_id]))


@verified_customer_required
@require_POST
def remind(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Remind whom it was addressed to."""
    try:
        keeping.remind(customer=request.customer, request_id=request_id, now=timezone.now())  # type: ignore[attr-defined]
    except UnknownRequest:
        raise Http404 from None
    except HasEnded:
        messages.warning(request, _("The request has ended before: look below at what became of it."))
    except TooSoon as refusal:
        messages.warning(
            request,
            _("As many reminders as are possible were sent. Nothing more was sent.")
            if refusal.enough
            else _("They were told today. A reminder can be sent tomorrow."),
        )
    else:
        messages.success(request, _("We remind them, if they are a customer here."))
    return HttpResponseRedirect(reverse("request", args=[request_id]))


@never_cache
@verified_customer_required
@require_safe
def received(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """A request that was addressed to me."""
    return _received(request, request_id, DeclineForm())


def _received(request: HttpRequest, request_id: uuid.UUID, form: DeclineForm) -> HttpResponse:
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    found = queries.received_by(customer, request_id)
    if found is None:
        raise Http404
    share = queries.share_of(found, customer)
    return render(
        request,
        "requests/received.html",
        {
            **row(found, now),
            "name": names.masked(found.asker.legal_name),
            "counts": queries.can_be_paid(found, now=now),
            "paid": share.transfer if share is not None and share.paid_at else None,
            "form": form,
        },
    )


@never_cache
@verified_customer_required
@require_http_methods(["POST"])
def decline(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Not pay it, and say why."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _received(request, request_id, form)
    try:
        keeping.decline(
            customer=request.customer,  # type: ignore[attr-defined]
            request_id=request_id,
            reason=form.cleaned_data["reason"],
            never_again=form.cleaned_data["never_again"],
            now=timezone.now(),
        )
    except UnknownRequest:
        raise Http404 from None
    except HasEnded:
        messages.warning(request, _("The request has ended before: look below at what became of it."))
    else:
        messages.success(request, _("You have declined the request. No money has moved."))
    return HttpResponseRedirect(reverse("request_received", args=[request_id]))


@verified_customer_required
@require_POST
def allow_again(request: HttpRequest, refused_id: uuid.UUID) -> HttpResponse:
    """Let somebody ask me again."""
    if not keeping.allow_again(customer=request.customer, refused_id=refused_id, now=timezone.now()):  # type: ignore[attr-defined]
        raise Http404
    messages.success(request, _("They can ask you for money again."))
    return HttpResponseRedirect(reverse("requests"))
