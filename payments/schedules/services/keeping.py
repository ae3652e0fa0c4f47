"""What a payer does with an order that runs: pause, go on, leave one date out, cancel. No money moves here."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import Customer
from core import audit, workdays
from ledger.calendar import business_date
from payments.schedules.models import Occurrence, Proposal, Schedule
from payments.schedules.refusals import HasEnded, MovedOn, NeverDue, NothingLeft, UnknownSchedule
from payments.schedules.rhythm import following

PAUSED, RESUMED = "payments.schedule_paused", "payments.schedule_resumed"
SKIPPED, CANCELLED = "payments.schedule_skipped", "payments.schedule_cancelled"


def pause(*, customer: Customer, schedule_id: uuid.UUID, now: datetime) -> None:
    """This function will pause an order; paused already is fine. Raises UnknownSchedule, HasEnded."""
    with transaction.atomic():
        schedule = _locked(customer, schedule_id)
        if schedule.state == Schedule.State.PAUSED:
            return
        schedule.state = Schedule.State.PAUSED
        schedule.save(update_fields=["state"])
        _trail(PAUSED, schedule, customer, now)


def pause_agreed_since(*, customer: Customer, since: datetime, now: datetime) -> list[Schedule]:
    """This function will pause the orders whose present terms were filled in after a moment; answers those it paused.

    For orders that somebody else may have made in the customer's name. Needs an open transaction.
    """
    suspect = Proposal.objects.filter(customer=customer, made__isnull=False, created_at__gte=since).values("made")
    found = customer.schedules.select_for_update().filter(pk__in=suspect, state=Schedule.State.ACTIVE)
    paused = list(found.order_by("pk"))
    for schedule in paused:
        schedule.state = Schedule.State.PAUSED
        schedule.save(update_fields=["state"])
        _trail(PAUSED, schedule, customer, now, {"because": "access locked"}, actor="access locked by its owner")
    return paused


def resume(*, customer: Customer, schedule_id: uuid.UUID, now: datetime) -> None:
    """This function will let a paused order go on with its first date from tomorrow; what fell into the pause is not
    made up for. Raises UnknownSchedule, HasEnded, NeverDue when no date is left."""
    with transaction.atomic():
        schedule = _locked(customer, schedule_id)
        if schedule.state == Schedule.State.ACTIVE:
            return
        tomorrow = business_date(now) + timedelta(days=1)
        due = following(schedule.rhythm, index=schedule.next_index, earliest=tomorrow, working=workdays.calendar())
        if due is None:
            raise NeverDue
        schedule.state = Schedule.State.ACTIVE
        schedule.next_index, schedule.next_nominal, schedule.next_day = due.index, due.nominal, due.day
        schedule.save(update_fields=["state", "next_index", "next_nominal", "next_day"])
        _trail(RESUMED, schedule, customer, now)


def skip(*, customer: Customer, schedule_id: uuid.UUID, nominal: date, now: datetime) -> None:
    """This function will leave one date out: the one that is next, as it was shown (`nominal`).

    Raises UnknownSchedule, HasEnded; MovedOn when that date is not the next any more, because it was paid, left out
    or changed meanwhile; NothingLeft when it is the last one: then the order is cancelled instead.
    """
    with transaction.atomic():
        schedule = _locked(customer, schedule_id)
        if Occurrence.objects.filter(schedule=schedule, nominal=nominal, state=Occurrence.State.SKIPPED).exists():
            return
        day = schedule.next_day
        if schedule.next_nominal != nominal or day is None or schedule.state != Schedule.State.ACTIVE:
            raise MovedOn
        due = following(
            schedule.rhythm, index=schedule.next_index + 1, earliest=day,
            working=workdays.calendar(),
        )  # fmt: skip
        if due is None:
            raise NothingLeft
        Occurrence.objects.update_or_create(
            schedule=schedule,
            nominal=nominal,
            defaults={
                "day": day, "state": Occurrence.State.SKIPPED, "amount": schedule.next_amount, "at": now,
            },
        )  # fmt: skip
        schedule.next_index, schedule.next_nominal, schedule.next_day = due.index, due.nominal, due.day
        schedule.save(update_fields=["next_index", "next_nominal", "next_day"])
        _trail(SKIPPED, schedule, customer, now, {"date": nominal.isoformat()})


def cancel(*, customer: Customer, schedule_id: uuid.UUID, nominal: date, now: datetime) -> None:
    """This function will cancel an order before its next date, as it was shown (`nominal`); cancelled already is fine.

    It waits for a date that is being paid at this moment. Raises UnknownSchedule, HasEnded when nothing is left to
    cancel, and MovedOn when the date shown was paid meanwhile: the payer then sees that before deciding anew.
    """
    with transaction.atomic():
        schedule = _locked(customer, schedule_id, ended_is_fine=True)
        if schedule.state == Schedule.State.CANCELLED:
            return
        if not schedule.runs:
            raise HasEnded
        if schedule.next_nominal != nominal:
            raise MovedOn
        end(schedule, Schedule.State.CANCELLED, "", now)
        _trail(CANCELLED, schedule, customer, now, {"paid": schedule.paid_count})


def end(schedule: Schedule, state: Schedule.State, because: str, now: datetime) -> None:
    """This function will end a locked order. Needs an open transaction."""
    set_ended(schedule, state, because, now)
    schedule.save(
        update_fields=[
            "state", "ended_because", "ended_at", "next_nominal", "next_day", "paid_count", "paid_total",
        ]
    )  # fmt: skip


def set_ended(schedule: Schedule, state: Schedule.State, because: str, now: datetime) -> None:
    """This function will write the end of an order into it; the caller saves it."""
    schedule.state, schedule.ended_because, schedule.ended_at = state, because, now
    schedule.next_nominal = schedule.next_day = None


def end_all(*, customer: Customer, now: datetime) -> int:
    """This function will end everything a customer agreed to, when the relationship ends; answers how many."""
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        running = customer.schedules.select_for_update().filter(
            state__in=[Schedule.State.ACTIVE, Schedule.State.PAUSED]
        )
        ended = 0
        for schedule in running.order_by("pk"):
            end(schedule, Schedule.State.ENDED, "relationship", now)
            ended += 1
    return ended


def _locked(customer: Customer, schedule_id: uuid.UUID, *, ended_is_fine: bool = False) -> Schedule:
    """The order under its lock. The payer's row is not needed: executing takes payer, then order."""
    schedule = customer.schedules.select_for_update().filter(public_id=schedule_id).first()
    if schedule is None:
        raise UnknownSchedule
    if not schedule.runs and not ended_is_fine:
        raise HasEnded
    return schedule


def _trail(
    act: str,
    schedule: Schedule,
    customer: Customer,
    now: datetime,
    after: dict[str, object] | None = None,
    *,
    actor: str = "",
) -> None:
    audit.record(
        act=act,
        subject=f"payments.schedule:{schedule.public_id}",
        actor=actor or customer.user,
        after={"state": str(schedule.state), **(after or {})},
        now=now,
    )
