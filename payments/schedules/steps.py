"""The steps of the business day that belong to this room; their order stands in portal/wiring.py."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import policy
from core.runs import Step
from payments.schedules import queries
from payments.schedules.models import Occurrence
from payments.schedules.services import executing

ADVICE = _(
    "Nothing was booked for this order on this day. Remove the cause that the error names, then carry it out again: it "
    "is paid on its own date. Where it is not to be paid, its payer cancels it or leaves the date out."
)
OUTCOMES = {
    executing.MADE: _("made"),
    executing.HELD: _("held back"),
    executing.SHORT: _("account short, tried again later"),
    executing.NOT_MADE: _("not made"),
    executing.GONE: _("no longer due"),
    "told": _("told"),
    "moved": _("moved"),
}


def _at(key: str, day: date) -> datetime:
    hour = int(policy.value(key, on=day))
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(settings.TIME_ZONE))


def morning(day: date) -> datetime:
    """This function will say when the payments of a date are made."""
    return _at("schedule.payments_hour", day)


def evening(day: date) -> datetime:
    """This function will say when those are tried once more whose account was short."""
    return _at("schedule.retry_hour", day)


def pay(key: str, day: date, now: datetime) -> str:
    """This function will make what is due on a date."""
    schedule_id, nominal = queries.read_key(key)
    return executing.carry_out(schedule_id=schedule_id, nominal=nominal, day=day, last_try=False, now=now)


def pay_many(keys: Sequence[str], day: date, now: datetime) -> list[str]:
    """This function will make what is due on a date, many together."""
    read = [queries.read_key(key) for key in keys]
    return executing.carry_out_many(keys=read, day=day, last_try=False, now=now)


def pay_again(key: str, day: date, now: datetime) -> str:
    """This function will try once more what an account was too short for in the morning."""
    schedule_id, nominal = queries.read_key(key)
    outcome = executing.carry_out(schedule_id=schedule_id, nominal=nominal, day=day, last_try=True, now=now)
    if outcome == executing.GONE:
        _left_out(schedule_id, nominal, now)
    return outcome


def pay_many_again(keys: Sequence[str], day: date, now: datetime) -> list[str]:
    """This function will try once more, many together."""
    read = [queries.read_key(key) for key in keys]
    outcomes = executing.carry_out_many(keys=read, day=day, last_try=True, now=now)
    for (schedule_id, nominal), outcome in zip(read, outcomes, strict=False):
        if outcome == executing.GONE:
            _left_out(schedule_id, nominal, now)
    return outcomes


def _left_out(schedule_id: int, nominal: date, now: datetime) -> None:
    """Its payer has cancelled it, paused it or left it out since the morning."""
    Occurrence.objects.filter(schedule_id=schedule_id, nominal=nominal, state=Occurrence.State.SHORT).update(
        state=Occurrence.State.SKIPPED, at=now
    )


def settle(key: str, day: date, _now: datetime) -> str:
    """This function will move the next date of an order whose year's holidays were announced since it was set."""
    schedule_id, nominal = queries.read_key(key)
    return executing.settle_date(schedule_id=schedule_id, nominal=nominal, day=day)


def tell(key: str, _day: date, now: datetime) -> str:
    """This function will tell a payer of a payment that lies ahead."""
    schedule_id, nominal = queries.read_key(key)
    return executing.tell_before(schedule_id=schedule_id, nominal=nominal, now=now)


def tell_many(keys: Sequence[str], _day: date, now: datetime) -> list[str]:
    """This function will tell many payers of payments that lie ahead."""
    return executing.tell_before_many(keys=[queries.read_key(key) for key in keys], now=now)


DATES = Step(
    name="schedules.dates", label=_("Dates moved by newly announced holidays"), starts=morning, items=queries.misplaced,
    do=settle, outcomes=OUTCOMES,
)  # fmt: skip
NOTICES = Step(
    name="schedules.notices", label=_("Notices of payments ahead"), starts=morning, items=queries.to_tell, do=tell,
    do_many=tell_many, page=100, count=queries.count_to_tell, outcomes=OUTCOMES,
)  # fmt: skip
PAYMENTS = Step(
    name="schedules.payments", label=_("Dated transfers and standing orders"), starts=morning, items=queries.due,
    do=pay, do_many=pay_many, count=queries.count_due, outcomes=OUTCOMES, advice=ADVICE,
)  # fmt: skip
PAYMENTS_AGAIN = Step(
    name="schedules.payments_again", label=_("Once more, where an account was short"), starts=evening,
    items=queries.short, do=pay_again, do_many=pay_many_again, count=queries.count_short, outcomes=OUTCOMES,
    advice=ADVICE,
)  # fmt: skip
