"""The limits a customer sets: what is used and left of each, lower at once, higher after a wait."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from core.ui import formats
from core.ui.templatetags.ui import amount
from ledger.money import Money
from payments import sentences
from payments.forms import CountForm, LimitForm
from payments.limits import Which
from payments.models import OwnLimit
from payments.services import own_limits
from payments.views.asking import answered, currencies_of

_WISH = "payments.limit"  # the higher limit that is being asked for, in the session
PERIODS = (
    (Which.PAYMENT, Which.PAYEE_DAY),
    (Which.DAY, Which.DAY_COUNT),
    (Which.MONTH, Which.MONTH_COUNT),
    (Which.YEAR, Which.YEAR_COUNT),
)


@never_cache
@verified_customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every limit with a bar of what is used, by currency."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    books: list[dict[str, Any]] = []
    for currency in currencies_of(customer):  # one or two
        try:
            lines = own_limits.overview(customer=customer, currency=currency, now=now)
        except own_limits.UnknownLimit:
            continue
        found = {line.which: _row(line) for line in lines}
        books.append({"currency": currency, "periods": [[found[which] for which in period] for period in PERIODS]})
    waits = [row for book in books for period in book["periods"] for row in period if row["waiting"]]
    values = {"books": books, "waits": waits, "several": len(books) > 1, "hours": own_limits.wait_hours(now)}
    return render(request, "payments/limits.html", values)


_OF_ONE = {  # limits of which nothing is used up for all
    Which.PAYMENT: gettext_lazy("The most one transfer may move"),
    Which.PAYEE_DAY: gettext_lazy("The most one and the same payee may get in a day, here, at other banks and abroad"),
}


def _row(line: own_limits.Line) -> dict[str, Any]:
    waiting = line.waiting
    return {
        "which": line.which.value,
        "title": OwnLimit.Which(line.which).label,
        "value": spelled(line, line.value),
        "used": drawn(line, line.used),
        "left": drawn(line, line.left),
        "share": 100 if not line.value else min(100, 100 * line.used // line.value),
        "of_one": _OF_ONE.get(line.which, ""),
        "resets_on": line.resets_on,
        "url": f"{reverse('payment_limit')}?limit={line.which}&currency={line.currency}",
        "waiting": waiting,
        "waiting_value": spelled(line, waiting.value) if waiting else "",
    }


def spelled(line: own_limits.Line, value: int) -> str:
    """This function will write a limit's value for use inside a sentence: an amount, or a number."""
    return str(value) if line.which.is_count else sentences.money(value, line.currency)


def drawn(line: own_limits.Line, value: int) -> str:
    """This function will draw what is used or left of a limit: an amount that the eye button covers, or a number."""
    return str(value) if line.which.is_count else amount(Money(value, line.currency))


@dataclass(frozen=True, slots=True)
class Wish:
    """A higher limit that is being asked for."""

    line: own_limits.Line
    value: int


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """One limit: another value. Lower counts at once; higher leads on to the code."""
    now = timezone.now()
    line = _line(request, request.GET.get("limit", ""), request.GET.get("currency", ""), now)
    if line is None:
        return HttpResponseRedirect(reverse("payment_limits"))
    form = _form(request, line)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data["value"]
        if value > line.most:
            form.add_error("value", _too_high(line))
        elif value > line.value:
            request.session[_WISH] = [line.which.value, line.currency, value]
            return HttpResponseRedirect(reverse("payment_limit_raise"))
        else:
            return _lower(request, line, value, now)
    values = {
        "form": form,
        "title": OwnLimit.Which(line.which).label,
        "value": spelled(line, line.value),
        "used": "" if line.which in _OF_ONE else drawn(line, line.used),
        "most": spelled(line, line.most),
        "hours": own_limits.wait_hours(now),
        "unit": "" if line.which.is_count else formats.SYMBOLS.get(line.currency, line.currency),
    }
    return render(request, "payments/limit.html", values)


def _form(request: HttpRequest, line: own_limits.Line) -> CountForm | LimitForm:
    data = request.POST if request.method == "POST" else None
    if line.which.is_count:
        return CountForm(data, initial={"value": line.value})
    return LimitForm(data, currency=line.currency, initial={"value": line.value})


def _too_high(line: own_limits.Line) -> str:
    return _(
        "Online nobody sets this limit above %(most)s. Nothing has changed. For more come to a branch counter."
    ) % {"most": spelled(line, line.most)}


def _lower(request: HttpRequest, line: own_limits.Line, value: int, now: datetime) -> HttpResponse:
    customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        changed = own_limits.lower(customer=customer, which=line.which, currency=line.currency, value=value, now=now)
    except own_limits.IsHigher:  # it was lowered further in another tab, in this very moment
        return HttpResponseRedirect(request.get_full_path())
    if value < line.value:
        messages.success(request, _("Your limit is %(value)s from now on.") % {"value": spelled(line, value)})
    elif changed:
        messages.success(request, _("The higher limit is stopped. Your limit stays as it is."))
    else:
        words = _("Your limit already was %(value)s. Nothing has changed.")
        messages.info(request, words % {"value": spelled(line, value)})
    return HttpResponseRedirect(reverse("payment_limits"))


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_higher(request: HttpRequest) -> HttpResponse:
    """The check page of a higher limit: from when it counts, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    wish = _wish(request, now)
    if wish is None:
        return HttpResponseRedirect(reverse("payment_limits"))
    line, value = wish.line, wish.value
    sentence = _("Raise the limit “%(limit)s” from %(before)s to %(after)s") % {
        "limit": OwnLimit.Which(line.which).label,
        "before": spelled(line, line.value),
        "after": spelled(line, value),
    }
    panel = StepUpPanel(
        request,
        operation=own_limits.OPERATION,
        payload=own_limits.shown(which=line.which, currency=line.currency, before=line.value, value=value),
        words=sentence,
        now=now,
    )

    def act() -> HttpResponse:
        try:
            since = own_limits.ask_higher(
                customer=customer, which=line.which, currency=line.currency, before=line.value, value=value,
                challenge_id=panel.challenge_id, session=panel.session, now=now,
            )  # fmt: skip
        except own_limits.LimitRefused:  # the bank's own was lowered, or the limit raised, in this very moment
            messages.info(request, _("The limits have changed meanwhile. Nothing was asked for. Look at them again."))
        else:
            words = _("The higher limit counts from %(moment)s on. Until then you can stop it here.")
            moment = formats.moment(timezone.localtime(since), get_language())
            messages.success(request, words % {"moment": moment})
        del request.session[_WISH]
        return HttpResponseRedirect(reverse("payment_limits"))

    if request.method == "POST":
        return answered(request, panel, act, now=now)
    values = {
        "stepup": panel,
        "title": OwnLimit.Which(line.which).label,
        "before": spelled(line, line.value),
        "after": spelled(line, value),
        "since": now + timedelta(hours=own_limits.wait_hours(now)),
        "change_url": f"{reverse('payment_limit')}?limit={line.which}&currency={line.currency}",
    }
    return render(request, "payments/limit_raise.html", values)


def _wish(request: HttpRequest, now: datetime) -> Wish | None:
    try:
        name, currency, value = request.session[_WISH]
    except KeyError:
        return None
    line = _line(request, name, currency, now)
    return Wish(line, value) if line is not None and line.value < value <= line.most else None


def _line(request: HttpRequest, name: str, currency: str, now: datetime) -> own_limits.Line | None:
    """One limit of the customer; None for a name or a currency that is none of theirs."""
    customer = request.customer  # type: ignore[attr-defined]
    if name not in set(Which) or currency not in currencies_of(customer):
        return None
    try:
        lines = own_limits.overview(customer=customer, currency=currency, now=now)
    except own_limits.UnknownLimit:
        return None
    return next(line for line in lines if line.which == name)


@verified_customer_required
@require_POST
def stop(request: HttpRequest, limit_id: uuid.UUID) -> HttpResponse:
    """Stop a higher limit that does not count yet."""
    try:
        own_limits.stop(customer=request.customer, limit_id=limit_id, now=timezone.now())  # type: ignore[attr-defined]
    except own_limits.UnknownLimit:
        raise Http404 from None
    messages.success(request, _("The higher limit is stopped. Your limit stays as it is."))
    return HttpResponseRedirect(reverse("payment_limits"))
