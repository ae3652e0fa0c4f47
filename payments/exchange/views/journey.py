"""Fill in, see the price, confirm, receipt."""

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
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import Customer
from accounts.numbers import grouped
from accounts.queries import HeldAccount
from core.ui import formats
from ledger.calendar import business_date
from ledger.money import Money
from payments.exchange import queries, sentences
from payments.exchange.forms import ExchangeForm
from payments.exchange.presenting import board, price
from payments.exchange.queries import Shown
from payments.exchange.refusals import (
    ExchangeVoid,
    NotQuoted,
    QuoteExpired,
    QuoteTaken,
    RateMoved,
)
from payments.exchange.services import exchanges
from payments.refusals import KeyTaken, TransferRefused
from payments.services.rules import UNHURRIED, Asked
from payments.views import afterwards, served
from payments.views.transfers import TO_EXCHANGE

ASKED_ONCE = (
    "key", "source", "destination", "sell", "buy", "memo", "quote", "served", "stepup-challenge", "stepup-code",
)  # fmt: skip
LATEST = 5


def asked_once(request: HttpRequest) -> None:
    """This function will refuse a request that gives one answer twice: nobody can say which one was meant."""
    if any(len(request.POST.getlist(name)) > 1 for name in ASKED_ONCE):
        raise SuspiciousOperation("a field was sent twice")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form: from where, to where, one of two amounts; and today's rates beside it."""
    customer, now = _customer(request), timezone.now()
    accounts = queries.exchangeable(customer)
    if request.method == "POST":
        asked_once(request)
        form = ExchangeForm(request.POST, accounts=accounts)
        if form.is_valid():
            order = form.order()
            try:
                made = exchanges.draft(customer=customer, key=form.cleaned_data["key"], order=order, now=now)
            except KeyTaken as taken:
                messages.info(
                    request,
                    _("This form has already exchanged money, shown here. Nothing more has moved. "
                      "For another exchange, start anew."),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("exchange_receipt", args=[taken.transfer_id]))
            except TransferRefused as refusal:
                field, words = sentences.of(refusal, fixed=order.fixed)
                form.add_error(field or None, words)
            else:
                return HttpResponseRedirect(reverse("exchange_check", args=[made]))
    else:
        form = ExchangeForm(initial=_initial(request, customer, accounts), accounts=accounts)
    currencies = {held.currency for held in accounts}
    return render(
        request,
        "exchange/form.html",
        {
            "form": form,
            "accounts": [(held, Money(held.available, held.currency)) for held in accounts],
            "enough": len(currencies) > 1,
            "board": board(on=business_date(now)),
            "latest": queries.latest(customer, most=LATEST),
        },
    )


def _initial(request: HttpRequest, customer: Customer, accounts: list[HeldAccount]) -> dict[str, Any]:
    """What the form starts with: an exchange to be changed, what the transfer page kept, or what a link chose."""
    ids = {str(held.public_id): held for held in accounts}
    found: dict[str, Any] = {"key": uuid.uuid4(), "source": "", "destination": "", "sell": "", "buy": "", "memo": ""}
    before = _to_change(request, customer)
    if before is not None:
        side = before.quote.fixed
        typed = before.sell if side == "sell" else before.buy
        return found | {
            "key": before.key, "source": str(before.source.public_id), "memo": before.memo,
            "destination": str(before.destination.public_id), side: f"{typed.decimal:,f}",
        }  # fmt: skip
    found |= request.session.pop(TO_EXCHANGE, {})
    for name, word in (("source", "from"), ("destination", "to")):
        if request.GET.get(word, "") in ids:
            found[name] = request.GET[word]
    if found["source"] not in ids and accounts:
        chosen = ids.get(found["destination"])
        others = [held for held in accounts if chosen is None or held.currency != chosen.currency]
        found["source"] = str((others or accounts)[0].public_id)
    if found["destination"] not in ids and accounts:
        source = ids[found["source"]]
        others = [held for held in accounts if held.currency != source.currency]
        found["destination"] = str((others or accounts)[0].public_id)
    return found


def _to_change(request: HttpRequest, customer: Customer) -> Shown | None:
    try:
        wanted = uuid.UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    found = queries.exchange_of(customer, wanted)
    return found if found is not None and not found.confirmed else None


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, exchange_id: uuid.UUID) -> HttpResponse:
    """The check page: both amounts, the rate beside the reference rate, how long it holds, and the code.

    A price that no longer holds is replaced before it is shown; what was confirmed at an older one is refused and led
    back here.
    """
    customer, now = _customer(request), timezone.now()
    before = queries.exchange_of(customer, exchange_id)
    if before is None:
        raise Http404
    if before.confirmed:
        return HttpResponseRedirect(reverse("exchange_receipt", args=[exchange_id]))
    try:
        one = exchanges.requote(customer=customer, exchange_id=exchange_id, now=now)
    except ExchangeVoid:
        return _start_again(request, exchange_id)
    except TransferRefused as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(f"{reverse('exchange')}?draft={exchange_id}")
    takes = exchanges.asked(customer, one, seconds=UNHURRIED, now=now)
    if request.method == "POST":
        asked_once(request)
        return _confirm(request, before, one, takes, now)
    said = afterwards.said(request)
    panel = None if takes.free and not said.get("ask") else _panel(request, one, takes, now)
    return render(request, "exchange/check.html", _check_values(before, one, takes, panel, said, now))


def _confirm(  # noqa: PLR0911 - one for each end
    request: HttpRequest, before: Shown, one: Shown, takes: Asked, now: datetime
) -> HttpResponse:
    """Confirm once; whatever is refused is said on the same page after a redirect, and no code is used up for it."""
    customer = _customer(request)
    shown = _as_id(request.POST.get("quote", ""))
    if shown != one.quote.id:
        moved: TransferRefused = NotQuoted()
        if shown == before.quote.id:
            moved = QuoteExpired() if before.quote.expires_at <= now else RateMoved()
        return afterwards.back(request, renewed=sentences.of(moved)[1])
    answers = "stepup-challenge" in request.POST
    panel = _panel(request, one, takes, now) if answers or not takes.free else None
    if panel is not None and not panel.passed(now=now):
        panel.keep()
        return afterwards.back(request)
    try:
        exchanges.confirm(
            customer=customer,
            exchange_id=one.public_id,
            quote_id=one.quote.id,
            challenge_id=panel.challenge_id if panel else None,
            session=panel.session if panel else "",
            served_at=served.read(request.POST.get("served", ""), one.quote.id),
            now=now,
        )
    except stepup.Refused as refusal:
        if panel is not None:
            panel.refuse(refusal, now=now)
            panel.keep()
        return afterwards.back(request, ask=True)
    except ExchangeVoid:
        return _start_again(request, one.public_id)
    except (QuoteExpired, RateMoved, QuoteTaken, NotQuoted) as refusal:
        return afterwards.back(request, renewed=sentences.of(refusal)[1])
    except TransferRefused as refusal:
        return afterwards.back(request, error=sentences.of(refusal)[1])
    return HttpResponseRedirect(reverse("exchange_receipt", args=[one.public_id]))


def _panel(request: HttpRequest, one: Shown, takes: Asked, now: datetime) -> StepUpPanel:
    sentence = _("Exchange %(sell)s for %(buy)s") % {
        "sell": formats.amount(one.sell.decimal, one.sell.currency),
        "buy": formats.amount(one.buy.decimal, one.buy.currency),
    }
    return StepUpPanel(
        request,
        operation=exchanges.OPERATION,
        payload=takes.binds(exchanges.shown(one)),
        words=sentence,
        proof=takes.proof,
        now=now,
    )


def _check_values(
    before: Shown, one: Shown, takes: Asked, panel: StepUpPanel | None, said: dict[str, Any], now: datetime
) -> dict[str, Any]:
    renewed = said.get("renewed", "")
    if not renewed and before.quote.id != one.quote.id:
        renewed = _("The rate before had run out. Here is the rate of this moment.")
    return {
        "one": one,
        "price": price(one.quote, now=now),
        "stepup": panel,
        "error": said.get("error", ""),
        "renewed": renewed,
        "asked_after_all": said.get("ask", False) and bool(takes.free),
        "free": takes.free if panel is None else "",
        "served": served.stamp(one.quote.id, now=now),
        "source_number": grouped(one.source.number),
        "destination_number": grouped(one.destination.number),
        "change_url": f"{reverse('exchange')}?draft={one.public_id}",
    }


@never_cache
@verified_customer_required
@require_safe
def receipt(request: HttpRequest, exchange_id: uuid.UUID) -> HttpResponse:
    """What was exchanged, at which rate, and the ways to the receipts of both sides."""
    customer = _customer(request)
    one = queries.exchange_of(customer, exchange_id)
    if one is None or one.entry_id is None:
        raise Http404
    lines = queries.line_numbers(one.entry_id, [one.source.ledger_account_id, one.destination.ledger_account_id])
    return render(
        request,
        "exchange/receipt.html",
        {
            "one": one,
            "price": price(one.quote, now=timezone.now()),
            "source_number": grouped(one.source.number),
            "destination_number": grouped(one.destination.number),
            "source_line": lines.get(one.source.ledger_account_id),
            "destination_line": lines.get(one.destination.ledger_account_id),
        },
    )


def _start_again(request: HttpRequest, exchange_id: uuid.UUID) -> HttpResponse:
    messages.info(request, _("This exchange was not confirmed in time. No money has moved. Check it and continue."))
    return HttpResponseRedirect(f"{reverse('exchange')}?draft={exchange_id}")


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]
    return customer
