"""Transfers without a code: what is allowed, how far, what has gone; allowed with a code, taken back at once."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.numbers import grouped
from ledger.money import Money
from payments import queries
from payments.asking import Caps, Free
from payments.models import Freedom
from payments.services import freedoms
from payments.views.asking import answered, currencies_of

_WISH = "payments.freedom"  # what is being allowed, in the session
SWITCHED = (Free.OWN, Free.SMALL)  # payees are trusted one by one


@never_cache
@verified_customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What goes without a code, by currency."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    books = []
    for currency in currencies_of(customer):  # one or two
        lines = freedoms.overview(customer=customer, currency=currency, now=now)
        if lines:
            books.append({"currency": currency, "rows": [_row(line) for line in lines]})
    trusted = [
        {"payee": payee, "number": grouped(payee.number)} for payee in queries.payees_of(customer) if payee.trusted_at
    ]
    values = {"books": books, "several": len(books) > 1, "trusted": trusted}
    return render(request, "payments/freedoms.html", values)


def _row(line: freedoms.Line) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "title": Freedom.Kind(line.kind).label,
        "given": line.given,
        "currency": line.currency,
        "payment": Money(line.caps.payment, line.currency),
        "total": Money(line.caps.total, line.currency),
        "most": line.caps.count,
        "gone": Money(line.amount, line.currency),
        "count": line.count,
        "left": Money(line.left, line.currency),
        "share": min(100, 100 * line.amount // line.caps.total) if line.caps.total else 100,
        "switched": line.kind in SWITCHED,
    }


@verified_customer_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Take one kind back at once, or lead on to the code that allows it."""
    customer, name, currency = request.customer, request.POST.get("kind", ""), request.POST.get("currency", "")  # type: ignore[attr-defined]
    customer.user = request.user
    if name not in set(Free) or currency not in currencies_of(customer):
        return HttpResponseRedirect(reverse("payment_freedoms"))
    if request.POST.get("act") == "allow" and name in SWITCHED:
        request.session[_WISH] = [name, currency]
        return HttpResponseRedirect(reverse("payment_freedom_allow"))
    if freedoms.forbid(customer=customer, kind=Free(name), currency=currency, now=timezone.now()):
        messages.success(request, _("From now on we ask for a code here again."))
    return HttpResponseRedirect(reverse("payment_freedoms"))


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: HttpRequest) -> HttpResponse:
    """The check page of allowing one kind: how far it goes, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    name, currency = request.session.get(_WISH) or ("", "")
    try:
        kind = Free(name)
        payload = freedoms.shown(kind=kind, currency=currency, now=now)
    except (ValueError, freedoms.NotOffered):
        return HttpResponseRedirect(reverse("payment_freedoms"))
    label = str(Freedom.Kind(kind).label)
    panel = StepUpPanel(
        request,
        operation=freedoms.OPERATION,
        payload=payload,
        words=_("Allow transfers without a code: %(kind)s") % {"kind": label},
        now=now,
    )

    def act() -> HttpResponse:
        freedoms.allow(
            customer=customer, kind=kind, currency=currency, challenge_id=panel.challenge_id, session=panel.session,
            now=now,
        )  # fmt: skip
        del request.session[_WISH]
        messages.success(request, _("Allowed. You can take it back here at any time, at once."))
        return HttpResponseRedirect(reverse("payment_freedoms"))

    if request.method == "POST":
        return answered(request, panel, act, now=now)
    values = {
        "stepup": panel,
        "title": label,
        "kind": kind.value,
        **_caps(freedoms.caps_of(kind, currency, now), currency),
    }
    return render(request, "payments/freedom_allow.html", values)


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def trust(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """The check page of trusting a payee: how far it goes, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    payee = queries.payee_of(customer, payee_id)
    if payee is None:
        raise Http404
    back = HttpResponseRedirect(reverse("payee", args=[payee_id]))
    if payee.trusted_at is not None:
        return back
    try:
        payload = freedoms.shown(kind=Free.TRUSTED, currency=payee.currency, payee=str(payee_id), now=now)
    except freedoms.NotOffered:
        return back
    sentence = _("Trust %(payee)s, account %(number)s: small sums go there without a code") % {
        "payee": payee.shown_name,
        "number": grouped(payee.number),
    }
    panel = StepUpPanel(request, operation=freedoms.OPERATION, payload=payload, words=sentence, now=now)

    def act() -> HttpResponse:
        try:
            freedoms.trust(
                customer=customer, payee_id=payee_id, challenge_id=panel.challenge_id, session=panel.session, now=now
            )
        except freedoms.UnknownPayee:
            raise Http404 from None
        messages.success(
            request, _("You trust %(name)s now. You can take it back here at once.") % {"name": payee.alias}
        )
        return back

    if request.method == "POST":
        return answered(request, panel, act, now=now)
    values = {
        "stepup": panel,
        "payee": payee,
        "number": grouped(payee.number),
        **_caps(freedoms.caps_of(Free.TRUSTED, payee.currency, now), payee.currency),
    }
    return render(request, "payments/payee_trust.html", values)


@verified_customer_required
@require_POST
def distrust(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """Take the trust back at once."""
    customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        freedoms.distrust(customer=customer, payee_id=payee_id, now=timezone.now())
    except freedoms.UnknownPayee:
        raise Http404 from None
    messages.success(request, _("From now on every transfer to this payee takes a code."))
    return HttpResponseRedirect(reverse("payee", args=[payee_id]))


def _caps(caps: Caps, currency: str) -> dict[str, Any]:
    return {"payment": Money(caps.payment, currency), "total": Money(caps.total, currency), "most": caps.count}
