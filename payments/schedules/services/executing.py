"""Making what is due on a date, once. Called by the steps of the day's run, each call in a transaction of its own."""

import uuid
from datetime import date, datetime

from django.db import connection, transaction

from accounts.models import Customer
from core import audit, workdays
from payments.refusals import (
    AccountClosed,
    ClassLimit,
    CurrencyDiffers,
    IdentityExpired,
    InsufficientFunds,
    LimitReached,
    NotOffered,
    PayeeCannotTake,
    PayeeYoung,
    SameAccount,
    SecondStepYoung,
    TransferRefused,
    UnknownDestination,
    UnknownSource,
)
from payments.schedules import notices, queries
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import following
from payments.schedules.services.keeping import end
from payments.services import agreed
from payments.services.orders import Order

MISSED = "payments.schedule_missed"
MADE, SHORT, NOT_MADE, GONE = "made", "short", "missed", "gone"

# Why a date was not paid, in the words that are kept and translated (payments.schedules.words).
REASONS: dict[type[TransferRefused], str] = {
    InsufficientFunds: "funds",
    LimitReached: "limit",
    SecondStepYoung: "second_step",
    PayeeYoung: "new_payee",
    NotOffered: "not_offered",
    ClassLimit: "class_limit",
    IdentityExpired: "document_expired",
    PayeeCannotTake: "payee_cannot_take",
    AccountClosed: "account_closed",
    UnknownDestination: "payee_removed",
    UnknownSource: "account_closed",
    CurrencyDiffers: "account_closed",
    SameAccount: "account_closed",
}
OTHER = "refused"
# After these no later date can be paid either.
FOR_GOOD = (AccountClosed, UnknownDestination, UnknownSource, CurrencyDiffers, SameAccount)


def carry_out(*, schedule_id: int, nominal: date, day: date, last_try: bool, now: datetime) -> str:
    """This function will make the payment of one date of an order on the business date `day`, at most once.

    Needs an open transaction. Locks the payer, who is the queue of all they move, then the order: what was cancelled,
    paused, changed or left out before that moment counts. Answers "made"; "short" when the account does not hold
    enough and another try follows; "missed"; or "gone" when this date is not due any more. What is not made is told.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("carry_out() belongs into the transaction of its date")
    payer = Customer.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    customer = payer.get(schedules=schedule_id)
    schedule = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("source", "destination", "payee")
        .get(pk=schedule_id)
    )
    if schedule.state != Schedule.State.ACTIVE or schedule.next_nominal != nominal:
        return GONE
    amount = schedule.next_amount
    try:
        with transaction.atomic():  # a refusal of the books ends this block and nothing else
            transfer = agreed.make(customer=customer, agreed=_agreed(schedule, nominal, amount), on=day, now=now)
    except InsufficientFunds:
        if not last_try:
            _note(schedule, nominal, day, Occurrence.State.SHORT, amount, now, reason="funds")
            return SHORT
        return _missed(customer, schedule, nominal, day, amount, "funds", now)
    except TransferRefused as refusal:
        reason, for_good = REASONS.get(type(refusal), OTHER), isinstance(refusal, FOR_GOOD)
        return _missed(customer, schedule, nominal, day, amount, reason, now, for_good=for_good)
    _note(schedule, nominal, day, Occurrence.State.MADE, amount, now, transfer=transfer)
    schedule.paid_count += 1
    schedule.paid_total += amount
    _move_on(customer, schedule, now)
    return MADE


def _agreed(schedule: Schedule, nominal: date, amount: int) -> agreed.Agreed:
    return agreed.Agreed(
        order=Order(
            source=schedule.source.public_id,
            to_account=None if schedule.payee else schedule.destination.public_id,
            to_payee=schedule.payee.public_id if schedule.payee else None,
            amount=amount,
            memo=schedule.memo,
        ),
        source=schedule.source,
        destination=schedule.destination,
        posting_key=f"standing:{schedule.public_id}:{nominal}",
        key=uuid.uuid5(schedule.public_id, nominal.isoformat()),
        step_up=schedule.step_up,
        reason=f"standing order {schedule.public_id}, {nominal}",
    )


def _missed(
    customer: Customer,
    schedule: Schedule,
    nominal: date,
    day: date,
    amount: int,
    reason: str,
    now: datetime,
    *,
    for_good: bool = False,
) -> str:
    """Note that a date was not paid, move on or end, and tell the payer."""
    _note(schedule, nominal, day, Occurrence.State.MISSED, amount, now, reason=reason)
    if for_good:
        end(schedule, Schedule.State.ENDED, reason, now)
    else:
        _move_on(customer, schedule, now, because=reason, tell=False)
    audit.record(
        act=MISSED,
        subject=f"payments.schedule:{schedule.public_id}",
        actor="system: standing orders",
        after={"date": nominal.isoformat(), "reason": reason, "state": str(schedule.state)},
        now=now,
    )
    notices.missed(
        customer=customer, schedule=schedule, nominal=nominal, day=day, amount=amount, reason=reason, now=now
    )
    return NOT_MADE


def _note(
    schedule: Schedule,
    nominal: date,
    day: date,
    state: Occurrence.State,
    amount: int,
    now: datetime,
    *,
    reason: str = "",
    transfer: uuid.UUID | None = None,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [schedule.pk, nominal, day, state, reason, amount, transfer, now])


# In one statement: the date was noted before when the account was short in the morning.
_NOTE = """
    INSERT INTO schedules_occurrence (schedule_id, nominal, day, state, reason, amount, transfer_id, at)
    VALUES (%s, %s, %s, %s, %s, %s, (SELECT id FROM payments_transfer WHERE public_id = %s::uuid), %s)
    ON CONFLICT (schedule_id, nominal) DO UPDATE
       SET day = excluded.day, state = excluded.state, reason = excluded.reason, amount = excluded.amount,
           transfer_id = excluded.transfer_id, at = excluded.at
"""


def _move_on(customer: Customer, schedule: Schedule, now: datetime, *, because: str = "", tell: bool = True) -> None:
    """Put the next date in place, or end what has nothing left to pay."""
    due = None
    if schedule.next_amount > 0:
        due = following(schedule.rhythm, index=schedule.next_index + 1, earliest=date.min, working=workdays.calendar())
    if due is None:
        once = schedule.unit == "once"
        end(schedule, Schedule.State.ENDED, because if once and because else "complete", now)
        if tell and not once:
            notices.complete(customer=customer, schedule=schedule, now=now)
        return
    schedule.next_index, schedule.next_nominal, schedule.next_day = due.index, due.nominal, due.day
    schedule.save(update_fields=["next_index", "next_nominal", "next_day", "paid_count", "paid_total"])


def settle_date(*, schedule_id: int, nominal: date, day: date) -> str:
    """This function will move the next date of an order to where it belongs by the working days as known now.

    A date that was set long before may lie in a year whose holidays were announced since. Needs an open transaction.
    """
    schedule = Schedule.objects.select_for_update().get(pk=schedule_id)
    due = queries.as_known_now(schedule, day=day)
    if schedule.state != Schedule.State.ACTIVE or schedule.next_nominal != nominal or due is None:
        return GONE
    schedule.next_index, schedule.next_nominal, schedule.next_day = due.index, due.nominal, due.day
    schedule.save(update_fields=["next_index", "next_nominal", "next_day"])
    return "moved"


def tell_before(*, schedule_id: int, nominal: date, now: datetime) -> str:
    """This function will tell the payer of a payment that lies ahead, once for each date. Needs an open transaction."""
    schedule = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("payer__user", "source", "destination")
        .get(pk=schedule_id)
    )
    if schedule.state != Schedule.State.ACTIVE or schedule.next_nominal != nominal or schedule.told_for == nominal:
        return GONE
    notices.soon(customer=schedule.payer, schedule=schedule, now=now)
    schedule.told_for = nominal
    schedule.save(update_fields=["told_for"])
    return "told"
