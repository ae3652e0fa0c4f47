"""What is coming, one order, and what its payer does with it."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access.decorators import verified_customer_required
from accounts.numbers import grouped
from ledger.calendar import business_date
from ledger.money import Money
from payments import queries as payments
from payments.clearing.notices import bank_name
from payments.schedules import queries, sentences, words
from payments.schedules.models import Schedule
from payments.schedules.refusals import NeverDue, ScheduleRefused, UnknownSchedule
from payments.schedules.services import keeping, proposals
from payments.standing_orders import standing_orders_of

DAYS_AHEAD = 62
MOST_AHEAD = 200
HISTORY = 24
NEXT_DATES = 5
TONES = {"active": "good", "paused": "waiting", "cancelled": "info", "ended": "info"}
DATE_TONES = {"made": "good", "short": "waiting", "missed": "bad", "skipped": "info"}


@never_cache
@verified_customer_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What is held, the calendar of what is coming, and every order."""
    customer = request.customer  # type: ignore[attr-defined]
    today = business_date(timezone.now())
    coming = queries.coming(customer, today=today, days=DAYS_AHEAD, most=MOST_AHEAD)
    months: dict[date, list[dict[str, Any]]] = {}
    for one in coming:
        months.setdefault(one.day.replace(day=1), []).append({"coming": one, "weekday": words.weekday(one.day)})
    return render(
        request,
        "schedules/overview.html",
        {
            "months": list(months.items()),
            "orders": [_row(schedule) for schedule in queries.all_of(customer)],
            "brought": [
                order for order in standing_orders_of(customer) if order.status == "active" and not order.lives
            ],
            "days_ahead": DAYS_AHEAD,
            "held": payments.held_of(customer),
        },
    )


def _row(schedule: Schedule) -> dict[str, Any]:
    complete = schedule.ended_because == "complete"
    state = _("Paid as agreed") if complete else schedule.get_state_display()
    tone = "good" if complete else TONES[schedule.state]
    if complete and schedule.held:  # type: ignore[attr-defined]  # queries.own and all_of count it
        state, tone = _("Held, not sent yet"), "waiting"
    return {
        "schedule": schedule,
        "money": Money(schedule.amount, schedule.currency),
        "rhythm": words.rhythm(schedule.rhythm),
        "name": queries.name_of(schedule),
        "number": grouped(schedule.payee_number),
        "bank": bank_name(schedule.other_payee.bank_code) if schedule.other_payee else "",
        "state": state,
        "tone": tone,
    }


@never_cache
@verified_customer_required
@require_safe
def one(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """One order: what was agreed, what is next, what became of it, and what can be done."""
    schedule = queries.own(request.customer, schedule_id)  # type: ignore[attr-defined]
    if schedule is None:
        raise Http404
    terms = proposals.terms_of(schedule)
    ahead = [
        {"day": due.day, "agreed": due.nominal, "moved": due.day != due.nominal,
         "money": Money(amount, schedule.currency)}
        for due, amount in _first(queries.upcoming(schedule), NEXT_DATES)
    ]  # fmt: skip
    return render(
        request,
        "schedules/one.html",
        {
            **_row(schedule),
            "once": schedule.unit == "once",
            "source_number": grouped(schedule.source.number),
            "ending": words.ending_of(terms, schedule.currency),
            "holiday": words.holiday(terms.holiday),
            "notice": words.notice(schedule.notice_days),
            "ended_because": "" if schedule.ended_because == "complete" else words.reason(schedule.ended_because),
            "paid": Money(schedule.paid_total - schedule.held_total, schedule.currency),  # type: ignore[attr-defined]
            "times": schedule.paid_count - schedule.held,  # type: ignore[attr-defined]
            "ahead": ahead,
            "can_skip": len(ahead) > 1,
            "history": [
                {
                    "date": row,
                    "money": Money(row.amount, schedule.currency),
                    "reason": words.reason(row.reason),
                    "tone": "waiting" if row.held else DATE_TONES[row.state],
                }
                for row in queries.occurrences_of(schedule, most=HISTORY)
            ],
        },
    )


def _first(found: Any, most: int) -> list[Any]:
    return [pair for _number, pair in zip(range(most), found, strict=False)]


@verified_customer_required
@require_POST
def pause(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Pause an order."""
    said = _("Paused. Nothing is paid until you let it go on.")
    return _do(request, schedule_id, keeping.pause, said)


@verified_customer_required
@require_POST
def resume(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Let a paused order go on."""
    said = _("It goes on with the next date. What fell into the pause is not made up for.")
    return _do(request, schedule_id, keeping.resume, said)


@verified_customer_required
@require_POST
def skip(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Leave the next date out."""
    said = _("This date is left out. The order goes on after it. To pay it after all, send it as a transfer.")
    return _do(request, schedule_id, keeping.skip, said, nominal=_shown_date(request))


@verified_customer_required
@require_POST
def cancel(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Cancel an order."""
    said = _("Cancelled. Nothing more will be paid by this order.")
    return _do(request, schedule_id, keeping.cancel, said, nominal=_shown_date(request))


def _shown_date(request: HttpRequest) -> date:
    """The next date as the page showed it, so that another one is not left out in its place."""
    try:
        return date.fromisoformat(request.POST.get("nominal", ""))
    except ValueError:
        return date.min  # no order has it: the answer is that the order has moved on


def _do(
    request: HttpRequest, schedule_id: uuid.UUID, act: Callable[..., None], said: str, **given: Any
) -> HttpResponse:
    customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        act(customer=customer, schedule_id=schedule_id, now=timezone.now(), **given)
    except UnknownSchedule:
        raise Http404 from None
    except NeverDue:  # only of an order that was paused over its last date
        late = _("Its last date fell into the pause: nothing is left to pay. Cancel it, or make a new order.")
        messages.warning(request, late)
    except ScheduleRefused as refusal:
        messages.warning(request, sentences.of(refusal)[1])
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("schedule", args=[schedule_id]))
