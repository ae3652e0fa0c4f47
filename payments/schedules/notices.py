"""Telling a payer before and after. Each message has its key, so that telling twice is telling once."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.models import Customer
from accounts.preferences.events import MONEY, Event
from core.ui import formats
from ledger.money import Money
from payments.schedules import words
from payments.schedules.models import Schedule

SOON, MISSED, COMPLETE = "payments.schedule_soon", "payments.schedule_missed", "payments.schedule_complete"
HELD = "security.schedule_held"
EVENTS = (
    Event(SOON, gettext_lazy("A payment you agreed to is coming"), MONEY),
    Event(MISSED, gettext_lazy("A payment you agreed to was not made"), MONEY),
    Event(COMPLETE, gettext_lazy("A standing order is paid in full"), MONEY),
)


def soon(*, customer: Customer, schedule: Schedule, now: datetime) -> None:
    """This function will tell the payer of the next date of an order, a few days before."""
    if customer.user is None or schedule.next_day is None or schedule.next_nominal is None:
        return
    day, amount = schedule.next_day, schedule.next_amount
    inbox.send(
        user=customer.user,
        event=SOON,
        key=f"schedule:{schedule.public_id}:{schedule.next_nominal}:soon",
        text=lambda: (
            _("%(amount)s will be paid on %(day)s") % _figures(schedule, amount, day),
            _("To %(payee)s, account ending in %(number)s, from your account ending in %(source)s. Until then you can "
              "pause it, leave this date out or cancel it.") % _figures(schedule, amount, day),
        ),
        link=_link(schedule),
        now=now,
    )  # fmt: skip


def missed(
    *, customer: Customer, schedule: Schedule, nominal: date, day: date, amount: int, reason: str, now: datetime
) -> None:
    """This function will tell the payer that one date was not paid, why, and what follows."""
    if customer.user is None:
        return

    def text() -> tuple[str, str]:
        figures = {**_figures(schedule, amount, day), "reason": words.reason(reason)}
        if schedule.runs and schedule.next_day is not None:
            figures["next"] = formats.day(schedule.next_day, get_language())
            after = _("%(reason)s. No money has moved, and this date is not made up for. The next one is %(next)s. If "
                      "%(payee)s needs the money now, send it yourself.")  # fmt: skip
        else:
            after = _("%(reason)s. No money has moved, and nothing more will be paid to %(payee)s by this order. Make "
                      "a new one if it is to go on.")  # fmt: skip
        return _("%(amount)s was not paid on %(day)s") % figures, after % figures

    inbox.send(
        user=customer.user,
        event=MISSED,
        key=f"schedule:{schedule.public_id}:{nominal}:missed",
        text=text,
        link=_link(schedule),
        now=now,
    )


def held(*, customer: Customer, schedule: Schedule, fact: int, now: datetime) -> None:
    """This function will tell the owner that an order was paused because of a sign-in that was not theirs."""
    if customer.user is None:
        return
    day, amount = schedule.next_day, schedule.next_amount
    if day is None:
        return
    inbox.send(
        user=customer.user,
        event=HELD,
        key=f"schedule:{schedule.public_id}:held:{fact}",
        text=lambda: (
            _("We have paused an order of %(amount)s") % _figures(schedule, amount, day),
            _("It goes to %(payee)s, account ending in %(number)s, next on %(day)s, and was agreed or changed after "
              "the sign-in that you said was not yours. Nothing is paid by it. Once you can sign in again, cancel it, "
              "or let it go on if it is yours.") % _figures(schedule, amount, day),
        ),
        link=_link(schedule),
        now=now,
    )  # fmt: skip


def complete(*, customer: Customer, schedule: Schedule, now: datetime) -> None:
    """This function will tell the payer that an order has paid all that was agreed."""
    if customer.user is None:
        return
    figures = {
        "paid": formats.amount(Money(schedule.paid_total, schedule.currency).decimal, schedule.currency),
        "payee": schedule.shown_name,
        "count": schedule.paid_count,
    }
    inbox.send(
        user=customer.user,
        event=COMPLETE,
        key=f"schedule:{schedule.public_id}:complete",
        text=lambda: (
            _("Your standing order to %(payee)s is complete") % figures,
            _("%(paid)s was paid in %(count)s payments, as agreed. Nothing more follows.") % figures,
        ),
        link=_link(schedule),
        now=now,
    )


def _figures(schedule: Schedule, amount: int, day: date) -> dict[str, str]:
    return {
        "amount": formats.amount(Money(amount, schedule.currency).decimal, schedule.currency),
        "day": formats.day(day, get_language()),
        "payee": schedule.shown_name,
        "number": masks.tail(schedule.payee_number),
        "source": masks.tail(schedule.source.number),
    }


def _link(schedule: Schedule) -> str:
    return reverse("schedule", args=[schedule.public_id])
