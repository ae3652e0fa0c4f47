"""What becomes of a request: cancelled, declined, reminded of; and who may not ask somebody any more."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Customer
from core import audit, outbox, policy
from ledger.calendar import business_date
from payments.requests import queries
from payments.requests.models import MoneyRequest, RefusedAsker
from payments.requests.refusals import HasEnded, TooSoon, UnknownRequest

CANCELLED, DECLINED, REMINDED = "requests.cancelled", "requests.declined", "requests.reminded"


def cancel(*, customer: Customer, request_id: uuid.UUID, now: datetime) -> bool:
    """This function will cancel a request of the customer's own; False when it was cancelled before.

    What was paid stays paid. Raises UnknownRequest, HasEnded.
    """
    with transaction.atomic():
        request = _locked(customer.money_requests.filter(public_id=request_id))
        if request.state == MoneyRequest.State.CANCELLED:
            return False
        if request.state != MoneyRequest.State.OPEN:
            raise HasEnded
        _end(request, MoneyRequest.State.CANCELLED, CANCELLED, actor=customer, now=now)
    return True


def decline(
    *, customer: Customer, request_id: uuid.UUID, reason: str, never_again: bool = False, now: datetime
) -> bool:
    """This function will decline a request that was addressed to the customer; False when that was done before.

    `never_again` keeps its asker from asking this customer another time. Raises UnknownRequest, HasEnded.
    """
    with transaction.atomic():
        request = _locked(customer.asked_for_money.filter(public_id=request_id))
        if never_again:
            _refuse(customer, request.asker_id, now)
        if request.state == MoneyRequest.State.DECLINED:
            return False
        if not queries.can_be_paid(request, now=now):
            raise HasEnded
        request.reason = MoneyRequest.Reason(reason)
        _end(request, MoneyRequest.State.DECLINED, DECLINED, actor=customer, now=now)
    return True


def _refuse(customer: Customer, asker_id: int, now: datetime) -> None:
    refused, made = RefusedAsker.objects.get_or_create(customer=customer, asker_id=asker_id, defaults={"since": now})
    if made:
        audit.record(
            act="requests.asker_refused", subject=f"requests.refused:{refused.public_id}", actor=customer.user, now=now
        )


def allow_again(*, customer: Customer, refused_id: uuid.UUID, now: datetime) -> bool:
    """This function will let somebody ask a customer again; False when they might already. Raises nothing."""
    with transaction.atomic():
        gone, _each = customer.refused_askers.filter(public_id=refused_id).delete()
        if gone:
            audit.record(
                act="requests.asker_allowed", subject=f"requests.refused:{refused_id}", actor=customer.user, now=now
            )
    return bool(gone)


def remind(*, customer: Customer, request_id: uuid.UUID, now: datetime) -> None:
    """This function will remind whom a request was addressed to, at most once a day and only so many times.

    Raises UnknownRequest (where it was addressed to nobody too), HasEnded, TooSoon.
    """
    today = business_date(now)
    with transaction.atomic():
        request = _locked(customer.money_requests.filter(public_id=request_id).exclude(addressed_to=""))
        if not queries.can_be_paid(request, now=now):
            raise HasEnded
        if request.reminders >= int(policy.value("request.reminders_most", on=today)):
            raise TooSoon(enough=True)
        if today in {request.reminded_on, business_date(request.created_at)}:
            raise TooSoon(enough=False)
        request.reminders += 1
        request.reminded_on = today
        request.save(update_fields=["reminders", "reminded_on"])
        _fact(request, REMINDED, actor=customer, now=now)


def end_all(*, customer: Customer, now: datetime) -> None:
    """This function will cancel the open requests of a relationship that has ended, and forget whom it refused."""
    with transaction.atomic():
        for request in customer.money_requests.select_for_update().filter(state=MoneyRequest.State.OPEN):
            _end(request, MoneyRequest.State.CANCELLED, CANCELLED, actor=customer, now=now)


def _end(request: MoneyRequest, to: MoneyRequest.State, fact: str, *, actor: Customer, now: datetime) -> None:
    request.state, request.ended_at = to, now
    request.save(update_fields=["state", "ended_at", "reason"])
    _fact(request, fact, actor=actor, now=now)


def _fact(request: MoneyRequest, kind: str, *, actor: Customer, now: datetime) -> None:
    outbox.record(
        kind=kind,
        payload={"request": str(request.public_id), "on": business_date(now).isoformat()},
        owner=actor,
        act=audit.Act(act=kind, subject=f"requests.request:{request.public_id}", actor=actor.user),
        now=now,
    )


def _locked(wanted: QuerySet[MoneyRequest]) -> MoneyRequest:
    found = wanted.select_for_update(of=("self",)).first()
    if found is None:
        raise UnknownRequest
    return found
