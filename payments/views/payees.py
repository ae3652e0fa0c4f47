"""The customer's list of payees."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.numbers import grouped
from core import policy
from core.ui import formats, typed
from ledger.calendar import business_date
from ledger.money import Money
from payments import book, figures, queries, sentences
from payments.forms import EntryForm, PayeeForm
from payments.services import payees
from payments.views import afterwards
from payments.views.asking import answered


@never_cache
@verified_customer_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody the customer can pay; narrowed by a word or a group."""
    now = timezone.now()
    found = queries.payees_of(request.customer)  # type: ignore[attr-defined]
    word, group = request.GET.get("q", "").strip()[:60], request.GET.get("group", "").strip()[:30]
    chapters = book.elsewhere(request.customer)  # type: ignore[attr-defined]
    rows = [
        {"payee": payee, "number": grouped(payee.number), "young": figures.is_young(payee.confirmed_at, now=now)}
        for payee in found
        if _fits(payee.group, f"{payee.alias} {payee.shown_name} {payee.note}", payee.number, word, group)
    ]
    elsewhere = [
        book.Chapter(chapter.title, [line for line in chapter.lines if _line_fits(line, word, group)])
        for chapter in chapters
    ]
    elsewhere = [chapter for chapter in elsewhere if chapter.lines]
    values = {
        "rows": rows,
        "elsewhere": elsewhere,
        "found": len(rows) + sum(len(chapter.lines) for chapter in elsewhere),
        "any": bool(found or chapters),
        "word": word,
        "group": group,
        "narrowed": bool(word or group),
        "groups": sorted(
            {payee.group for payee in found if payee.group}
            | {line.group for chapter in chapters for line in chapter.lines if line.group}
        ),
    }
    return render(request, "payments/payees.html", values)


def _fits(kept_in: str, seen: str, number: str, word: str, group: str) -> bool:
    """Say whether a payee is looked for: by any part of what the customer sees of it; figures find the number."""
    if group and kept_in != group:
        return False
    if not word:
        return True
    digits = "".join(char for char in typed.half_width(word) if char.isdigit())
    return word.casefold() in f"{seen} {kept_in}".casefold() or (len(digits) >= 3 and digits in number)


def _line_fits(line: book.Line, word: str, group: str) -> bool:
    return _fits(line.group, f"{line.alias} {line.holder} {line.where} {line.note}", line.digits, word, group)


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Whose account is it? A look-up is counted, so its answer comes after a redirect that a reload does not repeat."""
    now = timezone.now()
    left = afterwards.said(request)
    form = PayeeForm(_posted(request, left), initial=_initial(request, now))
    if left:
        _say(form, left)
    status, headers = 200, dict[str, str]()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = payees.propose(
                customer=request.customer,  # type: ignore[attr-defined]
                number=given["number"],
                holder_name=given["name"],
                alias=given["alias"],
                now=now,
            )
        except payees.TooManyLookups as refusal:
            form.add_error(None, _too_many(refusal.until))
            status, headers = 429, {"Retry-After": str(max(1, int((refusal.until - now).total_seconds())))}
        except payees.PayeeRefused as refusal:
            field, words = sentences.of_payee(refusal)
            typed_in = {name: request.POST.get(name, "") for name in form.fields}
            return afterwards.back(request, typed=typed_in, field=field, words=words)
        else:
            return HttpResponseRedirect(reverse("payee_check", args=[made]))
    return _with(render(request, "payments/payee_add.html", {"form": form}, status=status), headers)


def _posted(request: HttpRequest, left: dict[str, Any]) -> Any:
    """What was typed: now, or before the redirect."""
    return request.POST if request.method == "POST" else left.get("typed")


def _say(form: PayeeForm, left: dict[str, Any]) -> None:
    form.full_clean()
    form.add_error(left["field"] or None, left["words"])


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

    def act() -> HttpResponse:
        try:
            payees.add(
                customer=customer, payee_id=payee_id, challenge_id=panel.challenge_id, session=panel.session, now=now
            )
        except payees.UnknownPayee:
            raise Http404 from None
        except payees.PayeeRefused as refusal:
            return afterwards.back(request, error=sentences.of_payee(refusal)[1])
        messages.success(request, _("%(name)s is on your list.") % {"name": proposed.alias})
        return HttpResponseRedirect(reverse("payees"))

    if request.method == "POST":
        return answered(request, panel, act, now=now)
    values = {
        "proposed": proposed,
        "number": grouped(proposed.number),
        "stepup": panel,
        "error": afterwards.said(request).get("error", ""),
        "change_url": f"{reverse('payee_add')}?draft={payee_id}",
        "hours": figures.cooling_hours(on=business_date(now)),
    }
    return render(request, "payments/payee_check.html", values)


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """One payee: how it is kept in the list, whether it is trusted, off the list."""
    customer = request.customer  # type: ignore[attr-defined]
    payee = queries.payee_of(customer, payee_id)
    if payee is None:
        raise Http404
    now = timezone.now()
    names = ("alias", "group", "note", "favourite")
    initial = {name: getattr(payee, name) for name in names}
    form = EntryForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        entry = payees.Entry(**{name: form.cleaned_data[name] for name in names})
        try:
            payees.arrange(customer=customer, payee_id=payee_id, entry=entry, now=now)
        except payees.UnknownPayee:
            raise Http404 from None
        messages.success(request, _("Your list is changed."))
        return HttpResponseRedirect(reverse("payees"))
    values = {
        "form": form,
        "payee": payee,
        "number": grouped(payee.number),
        "groups": sorted({one.group for one in queries.payees_of(customer) if one.group}),
        **_cooling(payee, now),
    }
    return render(request, "payments/payee.html", values)


def _cooling(payee: queries.KnownPayee, now: datetime) -> dict[str, Any]:
    """Until when a new payee is new and how much goes there; nothing for one that is known."""
    if payee.confirmed_at is None or not figures.is_young(payee.confirmed_at, now=now):
        return {}
    on = business_date(now)
    try:
        most = Money(figures.cooling_most(currency=payee.currency, on=on), payee.currency)
    except policy.UnknownPolicy:  # nothing goes out in this currency at all
        return {}
    return {"young_until": payee.confirmed_at + timedelta(hours=figures.cooling_hours(on=on)), "young_most": most}


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
