"""Making what is due on a date, once. Called by the steps of the day's run, each call in a transaction of its own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Customer
from core import audit, workdays
from payments.clearing.refusals import NoWay, UnknownBank
from payments.clearing.services import agreed_payments
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
from payments.schedules.services.keeping import end, set_ended
from payments.services import agreed, agreed_many
from payments.services.orders import Order

MISSED = "payments.schedule_missed"
MADE, HELD, SHORT, NOT_MADE, GONE = "made", "held", "short", "missed", "gone"

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
    NoWay: "no_way",
    UnknownBank: "no_way",
}
OTHER = "refused"
# After these no later date can be paid either.
FOR_GOOD = (AccountClosed, UnknownDestination, UnknownSource, CurrencyDiffers, SameAccount)


def carry_out(*, schedule_id: int, nominal: date, day: date, last_try: bool, now: datetime) -> str:
    """This function will make the payment of one date of an order on the business date `day`, at most once.

    Needs an open transaction. Locks the payer, who is the queue of all they move, then the order: what was cancelled,
    paused, changed or left out before that moment counts. Answers "made"; "held" when its money is kept back for a
    while (payments.services.holding); "short" when the account does not hold enough and another try follows; "missed";
    or "gone" when this date is not due any more. What is not made is told.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("carry_out() belongs into the transaction of its date")
    payer = Customer.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    customer = payer.get(schedules=schedule_id)
    schedule = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("source", "destination", "payee", "other_payee")
        .get(pk=schedule_id)
    )
    if schedule.state != Schedule.State.ACTIVE or schedule.next_nominal != nominal:
        return GONE
    amount = schedule.next_amount
    try:
        with transaction.atomic():  # a refusal of the books ends this block and nothing else
            made = _make(customer, schedule, nominal, amount, day, now)
    except TransferRefused as refusal:
        schedule.payer = customer
        return _refused(schedule, nominal, day, refusal, last_try=last_try, now=now)
    _note(schedule, nominal, day, Occurrence.State.MADE, amount, now, transfer=made.transfer, payment=made.payment)
    schedule.paid_count += 1
    schedule.paid_total += amount
    _move_on(customer, schedule, now, tell=not made.held)
    return HELD if made.held else MADE


@dataclass(frozen=True, slots=True)
class _Paid:
    """What a date was paid with: a transfer at this bank, or a payment to another; or what holds its money."""

    transfer: uuid.UUID | None
    payment: uuid.UUID | None
    held: bool


def _make(customer: Customer, schedule: Schedule, nominal: date, amount: int, day: date, now: datetime) -> _Paid:
    if schedule.other_payee is None:
        there = agreed.make(customer=customer, agreed=_agreed(schedule, nominal, amount), on=day, now=now)
        return _Paid(there.transfer, None, there.held)
    one = agreed_payments.Agreed(
        source=schedule.source.public_id,
        payee=schedule.other_payee,
        amount=amount,
        memo=schedule.memo,
        key=uuid.uuid5(schedule.public_id, nominal.isoformat()),
        step_up=schedule.step_up,
        reason=f"standing order {schedule.public_id}, {nominal}",
    )
    made = agreed_payments.make(customer=customer, agreed=one, now=now)
    return _Paid(None, made.payment, made.held)


def carry_out_many(*, keys: Sequence[tuple[int, date]], day: date, last_try: bool, now: datetime) -> list[str]:
    """This function will make the payments of many dates, the first of them that can be made together, and answer what
    became of each: exactly what `carry_out` one after the other would. What is missing goes by itself.

    Needs an open transaction. Payers and orders that somebody is at work with are not waited for: the batch ends before
    them, and before one that pays to another bank. Raises what the books raise (ledger.posting) when they changed
    meanwhile, and watching.MonitorFailed; then nothing of it may stay.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("carry_out_many() belongs into the transaction of its dates")
    schedules = _locked([schedule_id for schedule_id, _nominal in keys])
    outcomes: list[str] = []
    asked: list[agreed_many.Asked | None] = []
    for schedule_id, nominal in keys:
        schedule = schedules.get(schedule_id)
        if schedule is None:
            break
        due = schedule.state == Schedule.State.ACTIVE and schedule.next_nominal == nominal
        if due and schedule.kind == Schedule.Kind.BANK:
            break
        terms = _agreed(schedule, nominal, schedule.next_amount) if due else None
        asked.append(agreed_many.Asked(schedule.payer, terms) if terms else None)
    batch = agreed_many.Batch([one for one in asked if one], on=day, now=now)
    made: list[tuple[Schedule, date]] = []
    places: list[int] = []
    for (schedule_id, nominal), one in zip(keys, asked, strict=False):
        schedule = schedules[schedule_id]
        if one is None:
            outcomes.append(GONE)
            continue
        if not batch.can_judge(one):
            break
        try:
            batch.take(one)
        except TransferRefused as refusal:
            outcomes.append(_refused(schedule, nominal, day, refusal, last_try=last_try, now=now))
        else:
            made.append((schedule, nominal))
            places.append(len(outcomes))
            outcomes.append(MADE)
    for place, held in zip(places, _pay_together(batch, made, day, now), strict=True):
        outcomes[place] = HELD if held else MADE
    return outcomes


def _locked(ids: Sequence[int]) -> dict[int, Schedule]:
    """Those of these orders that nobody else is at work with, each with its payer, both locked."""
    free = Schedule.objects.filter(pk__in=ids).values("payer")
    payers = Customer.objects.select_for_update(no_key=True, of=("self",), skip_locked=True).select_related("user")
    locked = {payer.pk: payer for payer in payers.filter(pk__in=free).order_by("pk")}
    orders = Schedule.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids, payer__in=locked)
    found = {order.pk: order for order in orders.select_related("source", "destination", "payee").order_by("pk")}
    for order in found.values():
        order.payer = locked[order.payer_id]
    return found


def _refused(
    schedule: Schedule, nominal: date, day: date, refusal: TransferRefused, *, last_try: bool, now: datetime
) -> str:
    amount = schedule.next_amount
    if isinstance(refusal, InsufficientFunds) and not last_try:
        _note(schedule, nominal, day, Occurrence.State.SHORT, amount, now, reason="funds")
        return SHORT
    reason, for_good = REASONS.get(type(refusal), OTHER), isinstance(refusal, FOR_GOOD)
    return _missed(schedule.payer, schedule, nominal, day, amount, reason, now, for_good=for_good)


def _pay_together(
    batch: agreed_many.Batch, made: Sequence[tuple[Schedule, date]], day: date, now: datetime
) -> list[bool]:
    """Make what was taken, and answer of each whether it is held."""
    if not made:
        return []
    transfers = batch.make()
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE_MADE,
            [
                day, now, [schedule.pk for schedule, _nominal in made], [nominal for _schedule, nominal in made],
                [transfer.amount for transfer in transfers], [transfer.transfer for transfer in transfers],
            ],
        )  # fmt: skip
    for (schedule, _nominal), transfer in zip(made, transfers, strict=True):
        schedule.paid_count += 1
        schedule.paid_total += transfer.amount
        if _next(schedule, now) and not transfer.held:
            notices.complete(customer=schedule.payer, schedule=schedule, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [[getattr(schedule, name) for schedule, _nominal in made] for name in _SAVED])
    return [transfer.held for transfer in transfers]


def _agreed(schedule: Schedule, nominal: date, amount: int) -> agreed.Agreed:
    assert schedule.destination is not None  # noqa: S101 - the table sees to it: it pays at this bank
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
    payment: uuid.UUID | None = None,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [schedule.pk, nominal, day, state, reason, amount, transfer, payment, now])


# In one statement: the date was noted before when the account was short in the morning.
_NOTE = """
    INSERT INTO schedules_occurrence
           (schedule_id, nominal, day, state, reason, amount, transfer_id, payment_id, at)
    VALUES (%s, %s, %s, %s, %s, %s, (SELECT id FROM payments_transfer WHERE public_id = %s::uuid),
            (SELECT id FROM clearing_payment WHERE public_id = %s::uuid), %s)
    ON CONFLICT (schedule_id, nominal) DO UPDATE
       SET day = excluded.day, state = excluded.state, reason = excluded.reason, amount = excluded.amount,
           transfer_id = excluded.transfer_id, payment_id = excluded.payment_id, at = excluded.at
"""


_NOTE_MADE = """
    INSERT INTO schedules_occurrence (schedule_id, nominal, day, state, reason, amount, transfer_id, at)
    SELECT m.schedule_id, m.nominal, %s, 'made', '', m.amount, m.transfer_id, %s
      FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[])
           AS m (schedule_id, nominal, amount, transfer_id)
    ON CONFLICT (schedule_id, nominal) DO UPDATE
       SET day = excluded.day, state = excluded.state, reason = excluded.reason, amount = excluded.amount,
           transfer_id = excluded.transfer_id, at = excluded.at
"""
# What paying a date changes in its order.
_SAVED = (
    "pk", "state", "ended_because", "ended_at", "next_index", "next_nominal", "next_day", "paid_count", "paid_total",
)  # fmt: skip
_SAVE = """
    UPDATE schedules_schedule s
       SET state = p.state, ended_because = p.ended_because, ended_at = p.ended_at, next_index = p.next_index,
           next_nominal = p.next_nominal, next_day = p.next_day, paid_count = p.paid_count, paid_total = p.paid_total
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[], %s::date[], %s::date[], %s::int[],
                  %s::bigint[])
           AS p (id, state, ended_because, ended_at, next_index, next_nominal, next_day, paid_count, paid_total)
     WHERE s.id = p.id
"""


def _move_on(customer: Customer, schedule: Schedule, now: datetime, *, because: str = "", tell: bool = True) -> None:
    """Put the next date in place, or end what has nothing left to pay."""
    complete = _next(schedule, now, because=because)
    schedule.save(update_fields=[name for name in _SAVED if name != "pk"])
    if tell and complete:
        notices.complete(customer=customer, schedule=schedule, now=now)


def _next(schedule: Schedule, now: datetime, *, because: str = "") -> bool:
    """Write the next date into an order, or its end; answer whether it has paid all of several payments by that."""
    due = None
    if schedule.next_amount > 0:
        due = following(schedule.rhythm, index=schedule.next_index + 1, earliest=date.min, working=workdays.calendar())
    if due is None:
        once = schedule.unit == "once"
        set_ended(schedule, Schedule.State.ENDED, because if once and because else "complete", now)
        return not once
    schedule.next_index, schedule.next_nominal, schedule.next_day = due.index, due.nominal, due.day
    return False


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
        .select_related("payer__user", "source", "destination", "other_payee")
        .get(pk=schedule_id)
    )
    if _is_told(schedule, nominal):
        return GONE
    notices.soon(customer=schedule.payer, schedule=schedule, now=now)
    schedule.told_for = nominal
    schedule.save(update_fields=["told_for"])
    return "told"


def tell_before_many(*, keys: Sequence[tuple[int, date]], now: datetime) -> list[str]:
    """This function will tell many payers as `tell_before` would one after the other, of the first of these dates.

    Needs an open transaction. An order that somebody is at work with is not waited for: the batch ends before it.
    """
    free = Schedule.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=[key[0] for key in keys])
    found = {
        one.pk: one for one in free.select_related("payer__user", "source", "destination", "other_payee").order_by("pk")
    }
    told, outcomes = [], []
    for schedule_id, nominal in keys:
        schedule = found.get(schedule_id)
        if schedule is None:
            break
        if _is_told(schedule, nominal):
            outcomes.append(GONE)
            continue
        notices.soon(customer=schedule.payer, schedule=schedule, now=now)
        told.append(schedule.pk)
        outcomes.append("told")
    Schedule.objects.filter(pk__in=told).update(told_for=F("next_nominal"))
    return outcomes


def _is_told(schedule: Schedule, nominal: date) -> bool:
    """Say whether a payer is not to be told of a date any more."""
    return schedule.state != Schedule.State.ACTIVE or schedule.next_nominal != nominal or schedule.told_for == nominal
