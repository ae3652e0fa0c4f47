"""The teller's own pages: the day of the till, its float, deliveries, the count that closes it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from ledger.calendar import business_date
from ledger.money import Money
from payments.counter import queries
from payments.counter.forms import CountForm, DeliveryForm, FindForm, ReasonForm, TakeForm
from payments.counter.models import Branch, TillDay
from payments.counter.refusals import NotDone, Unknown
from payments.counter.services import deliveries, tills
from payments.counter.views.shared import HOME, for_roles, me, my_branch, my_day, page, said

MOST = 100  # movements on the day's page
CLOSE = "admin:counter_close"


def today(request: HttpRequest, *, find: FindForm | None = None, take_form: TakeForm | None = None) -> HttpResponse:
    """Draw the day of the till: what is to be done next first, then its movements and what the books see in it."""
    now, branch = timezone.now(), my_branch(request)
    day = my_day(request)
    if branch is None and day is None:
        return page(request, "no_place.html", {"title": _("Branch counter")})
    context = {"title": _("Branch counter"), "day": day, "branch": day.till.branch if day else branch}
    if day is None:
        assert branch is not None  # noqa: S101 - the page above
        form = take_form or _take_form(branch)
        return page(request, "open.html", {**context, "form": form, "tills": queries.free_tills(branch)})
    if day.state in {TillDay.State.COUNTED, TillDay.State.HANDING}:
        return redirect(CLOSE)
    over = day.business_date != business_date(now)
    return page(
        request,
        "day.html",
        {
            **context,
            "form": find or FindForm(),
            "visit": queries.visit_now(day),
            "over": over,
            "serving": day.state == TillDay.State.OPEN and not over,
            "delivery": queries.delivery_waiting(day),
            "cash": Money(queries.cash_in(day.till.account_id), day.till.branch.currency),
            "movements": queries.movements(day, most=MOST),
            "transfers": queries.transfers(day, most=MOST),
            "waiting": queries.waiting_of(day),
        },
    )


def _take_form(branch: Branch, data: object = None) -> TakeForm:
    return TakeForm(data, tills=queries.free_tills(branch), currency=branch.currency)


@for_roles(Role.TELLER)
def take(request: HttpRequest) -> HttpResponse:
    """Take a till and ask the vault for its float."""
    branch = my_branch(request)
    if branch is None:
        return redirect(HOME)
    form = _take_form(branch, request.POST)
    if not form.is_valid():
        return today(request, take_form=form)
    try:
        day = tills.take(teller=me(request), till_id=form.till_id, counted=form.counted(), now=timezone.now())
    except NotDone as error:
        return said(request, error, HOME)
    if day.state == TillDay.State.OPENING:
        messages.success(
            request, _("%(till)s is yours. It opens when the vault has confirmed the float.") % {"till": day.till}
        )
    else:
        messages.success(request, _("%(till)s is open, without cash.") % {"till": day.till})
    return redirect(HOME)


@for_roles(Role.TELLER)
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask for cash between the vault and the open till."""
    day = my_day(request)
    if day is None or day.state != TillDay.State.OPEN:
        return redirect(HOME)
    currency = day.till.branch.currency
    form = DeliveryForm(request.POST if request.method == "POST" else None, currency=currency)
    if request.method == "POST" and form.is_valid():
        try:
            tills.ask_delivery(
                teller=me(request), direction=form.cleaned_data["direction"], counted=form.counted(), now=timezone.now()
            )
        except NotDone as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The vault is asked. The cash counts when both have counted it."))
            return redirect(HOME)
    cash = Money(queries.cash_in(day.till.account_id), currency)
    return page(
        request, "delivery.html", {"title": _("Cash from or to the vault"), "form": form, "day": day, "cash": cash}
    )


@for_roles(Role.TELLER)
def withdraw_delivery(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take back what the vault was asked for."""
    try:
        deliveries.withdraw(teller=me(request), delivery_id=public_id, now=timezone.now())
    except Unknown as error:
        raise Http404 from error
    except NotDone as error:
        return said(request, error, HOME)
    messages.success(request, _("Taken back. No cash has moved."))
    return redirect(HOME)


@for_roles(Role.TELLER)
def close(request: HttpRequest) -> HttpResponse:
    """Count the till, then settle what the count says, step by step on one address."""
    day = my_day(request)
    if day is None or day.state == TillDay.State.OPENING:
        return redirect(HOME)
    if day.state == TillDay.State.OPEN:
        return _count(request, day)
    return _settle(request, day, ReasonForm())


def _count(request: HttpRequest, day: TillDay) -> HttpResponse:
    form = CountForm(request.POST if request.method == "POST" else None, currency=day.till.branch.currency)
    if request.method == "POST" and form.is_valid():
        try:
            tills.count(teller=me(request), counted=form.counted(), now=timezone.now())
            return redirect(CLOSE)
        except NotDone as error:
            form.add_error(None, str(error))
    return page(request, "count.html", {"title": _("Count and close the till"), "form": form, "day": day})


def _settle(request: HttpRequest, day: TillDay, form: ReasonForm) -> HttpResponse:
    currency = day.till.branch.currency
    waits = day.change is not None and day.change.waits
    settled = not day.difference or day.entry_id is not None
    return page(
        request,
        "close.html",
        {
            "title": _("Count and close the till"),
            "form": form,
            "day": day,
            "counted": Money(day.counted_sum or 0, currency),
            "expected": Money(day.expected_sum or 0, currency),
            "difference": Money(day.difference, currency),
            "change": day.change,
            "waits": waits,
            "may_settle": not settled and not waits and day.state == TillDay.State.COUNTED,
            "may_hand_over": settled and day.state == TillDay.State.COUNTED,
            "delivery": queries.delivery_waiting(day),
        },
    )


@for_roles(Role.TELLER)
def difference(request: HttpRequest) -> HttpResponse:
    """Book the difference with its reason, or ask a second person."""
    form = ReasonForm(request.POST)
    day = my_day(request)
    if day is None:
        return redirect(HOME)
    if form.is_valid():
        try:
            after = tills.settle_difference(teller=me(request), reason=form.cleaned_data["reason"], now=timezone.now())
        except NotDone as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(
                request,
                _("The difference is booked.")
                if after.entry_id
                else _("A second person is asked about the difference."),
            )
            return redirect(CLOSE)
    return _settle(request, day, form)


@for_roles(Role.TELLER)
def count_again(request: HttpRequest) -> HttpResponse:
    """Open the counted till once more, to count it again."""
    try:
        tills.count_again(teller=me(request), now=timezone.now())
    except NotDone as error:
        return said(request, error, CLOSE)
    return redirect(CLOSE)


@for_roles(Role.TELLER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Send what was counted to the vault."""
    try:
        day = tills.hand_over(teller=me(request), now=timezone.now())
    except NotDone as error:
        return said(request, error, CLOSE)
    if day.state == TillDay.State.CLOSED:
        messages.success(request, _("%(till)s is closed.") % {"till": day.till})
        return redirect(HOME)
    messages.success(request, _("The till closes when the vault has confirmed the cash."))
    return redirect(CLOSE)
