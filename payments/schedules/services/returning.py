"""A date whose payment was held and is given back: it was not paid after all."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Customer
from core import audit
from payments.schedules.models import Occurrence, Schedule

GIVEN_BACK = "payments.schedule_given_back"
REASON = "held"


def not_paid(*, payment: uuid.UUID, now: datetime) -> bool:
    """This function will count the date of an order whose held payment was given back as not paid, once.

    `payment` is the transfer that was held, or the payment to another bank. An order that goes on by number or by sum
    has that payment before it again; one that has ended stays ended. Answers whether there was such a date. What is
    held is told by `payments.held_notices`.
    """
    with transaction.atomic():
        known = (
            Occurrence.objects.filter(Q(transfer__public_id=payment) | Q(payment__public_id=payment))
            .values("pk", "schedule", "schedule__payer")
            .first()
        )
        if known is None:
            return False
        Customer.objects.select_for_update(no_key=True).get(pk=known["schedule__payer"])
        schedule = Schedule.objects.select_for_update().get(pk=known["schedule"])
        date = Occurrence.objects.get(pk=known["pk"])
        if date.state != Occurrence.State.MADE:
            return False
        date.state, date.reason = Occurrence.State.MISSED, REASON
        date.save(update_fields=["state", "reason"])
        schedule.paid_count -= 1
        schedule.paid_total -= date.amount
        if schedule.ended_because == "complete":  # this payment was its last
            schedule.ended_because = REASON
        schedule.save(update_fields=["paid_count", "paid_total", "ended_because"])
        audit.record(
            act=GIVEN_BACK,
            subject=f"payments.schedule:{schedule.public_id}",
            actor="system: standing orders",
            after={"date": date.nominal.isoformat(), "state": str(schedule.state)},
            now=now,
        )
        return True
