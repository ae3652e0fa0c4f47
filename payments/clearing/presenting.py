"""A payment to another bank as its payer sees it: finished values for the templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.numbers import grouped
from core.ui import formats
from ledger.money import Money
from payments.clearing import reasons, sentences
from payments.clearing.models import Payment, Step
from payments.clearing.notices import bank_name
from payments.clearing.paths import Mode
from payments.clearing.services.payments import may_take_back
from payments.clearing.states import BACK, IN_FLIGHT, State

TONES = {
    State.HELD: "waiting",
    State.STOPPED: "info",
    State.ACCEPTED: "waiting",
    State.SENT: "waiting",
    State.CHECKING: "waiting",
    State.SETTLED: "good",
    State.REVOKED: "info",
    State.REJECTED: "bad",
    State.RETURNED: "bad",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a payment shows."""

    payment: Payment
    state: State
    title: str
    lead: str
    tone: str
    icon: str
    money: Money
    fee: Money
    bank: str
    path: str
    number: str
    source_number: str
    kept: str  # whether the promise was kept; "" while nobody knows
    kept_tone: str
    kept_text: str
    may_take_back: bool
    steps: list[dict[str, Any]]


def of(payment: Payment, steps: list[Step], *, now: datetime) -> Shown:
    """This function will present a confirmed payment."""
    state = State(payment.state)
    title, lead, icon = _words(payment, state)
    kept, kept_tone, kept_text = _kept(payment, state, now)
    return Shown(
        payment=payment,
        state=state,
        title=title,
        lead=lead,
        tone=TONES[state],
        icon=icon,
        money=Money(payment.amount, payment.currency),
        fee=Money.zero(payment.currency),
        bank=bank_name(payment.payee_bank),
        path=str(sentences.PATHS[payment.path]),
        number=grouped(payment.payee_number),
        source_number=grouped(payment.source.number),
        kept=kept,
        kept_tone=kept_tone,
        kept_text=kept_text,
        may_take_back=may_take_back(payment, now=now),
        steps=_timeline(payment, state, steps),
    )


def promise(payment: Payment) -> str:
    """This function will say when the money arrives, as it is promised before the confirmation."""
    if payment.mode == Mode.REAL_TIME:
        seconds = int((payment.promised_by - payment.created_at).total_seconds())
        if seconds < 120:
            return _("Within a minute of your confirmation")
        return _("Within %(minutes)d minutes of your confirmation") % {"minutes": seconds // 60}
    return _("By %(moment)s") % {"moment": _moment(payment.promised_by)}


def back_until(payment: Payment) -> str:
    """This function will say until when a payment can be taken back, before it is confirmed."""
    if payment.mode == Mode.REAL_TIME:
        return _("Not at all: it leaves with your confirmation")
    if payment.mode == Mode.ORDINARY:
        return _("Until two hours after your confirmation")
    return _("Until %(moment)s") % {"moment": _moment(payment.execute_at)}


def _moment(value: datetime) -> str:
    return formats.moment(timezone.localtime(value), get_language())


_WORDS: dict[State, tuple[Promise, Promise, str]] = {
    State.ACCEPTED: (
        gettext_lazy("Your payment is accepted"),
        gettext_lazy("It leaves in a moment. The money waits in clearing."),
        "clock",
    ),
    State.SENT: (
        gettext_lazy("Your payment is on its way"),
        gettext_lazy("We are waiting for the other bank's answer."),
        "clock",
    ),
    State.CHECKING: (
        gettext_lazy("We are checking your payment"),
        gettext_lazy("The other bank has not answered. We have asked. Send nothing again: we tell you the outcome."),
        "clock",
    ),
    State.SETTLED: (
        gettext_lazy("Your payment has arrived"),
        gettext_lazy("The other bank has the money. Nothing more is to be done."),
        "done",
    ),
    State.REVOKED: (
        gettext_lazy("You took this payment back"),
        gettext_lazy("It was not sent. The money is on your account again."),
        "info",
    ),
}


def _words(payment: Payment, state: State) -> tuple[str, str, str]:
    if state in _WORDS:
        title, lead, icon = _WORDS[state]
        if state is State.ACCEPTED and payment.mode != Mode.REAL_TIME:
            waits = _("It leaves on %(moment)s. The money has left your account and waits in clearing.")
            return str(title), waits % {"moment": _moment(payment.execute_at)}, icon
        return str(title), str(lead), icon
    reason = reasons.reason(payment.reason_code)
    lead_text = _("%(reason)s The money is on your account again. %(advice)s")
    return (
        _("Your payment was refused") if state is State.REJECTED else _("Your payment was sent back"),
        lead_text % {"reason": reason.tells, "advice": reason.advice},
        "warning",
    )


def _kept(payment: Payment, state: State, now: datetime) -> tuple[str, str, str]:
    """Hold the promise against what happened."""
    if payment.settled_at is not None and state not in BACK:
        arrived = {"moment": _moment(payment.settled_at)}
        if payment.settled_at <= payment.promised_by:
            return _("Kept"), "good", _("It arrived at %(moment)s.") % arrived
        late = int((payment.settled_at - payment.promised_by).total_seconds())
        words = _("It arrived at %(moment)s, %(late)s late.") % {**arrived, "late": _span(late)}
        return _("Not kept"), "bad", words
    if state in IN_FLIGHT and now > payment.promised_by:
        return _("Not kept so far"), "bad", _("It should have arrived by now.")
    return "", "", ""


def _span(seconds: int) -> str:
    if seconds < 60:
        return _("%(count)d seconds") % {"count": seconds}
    if seconds < 7200:
        return _("%(count)d minutes") % {"count": seconds // 60}
    return _("%(count)d hours") % {"count": seconds // 3600}


_STEP_WORDS = {
    State.HELD: lambda: _("Held: nothing had left your account"),
    State.STOPPED: lambda: _("Not sent: the money can be spent again"),
    State.ACCEPTED: lambda: _("Accepted: the money has left your account"),
    State.SENT: lambda: _("Sent to the other bank"),
    State.CHECKING: lambda: _("No answer in time: we asked"),
    State.SETTLED: lambda: _("Arrived at the other bank"),
    State.REVOKED: lambda: _("Taken back by you"),
    State.REJECTED: lambda: _("Refused by the other bank, money given back"),
    State.RETURNED: lambda: _("Sent back by the other bank, money given back"),
}
_AHEAD = {State.ACCEPTED: (State.SENT, State.SETTLED), State.SENT: (State.SETTLED,), State.CHECKING: (State.SETTLED,)}


def _timeline(payment: Payment, state: State, steps: list[Step]) -> list[dict[str, Any]]:
    moved: list[Step] = []
    for step in steps:
        if not moved or moved[-1].state != step.state:  # what was only heard changes nothing
            moved.append(step)
    ahead = _AHEAD.get(state, ())
    shown: list[dict[str, Any]] = [
        {
            "title": _STEP_WORDS[State(step.state)](),
            "state": "stopped" if State(step.state) in {State.REJECTED, State.RETURNED} else "done",
            "at": step.at,
            "text": str(reasons.reason(step.code).tells) if step.code else "",
        }
        for step in moved
    ]
    for number, coming in enumerate(ahead):
        at = payment.execute_at if coming is State.SENT else payment.promised_by
        shown.append(
            {
                "title": _STEP_WORDS[coming](),
                "state": "now" if number == 0 else "next",
                "at": None,
                "text": _("Expected by %(moment)s") % {"moment": _moment(at)},
            }
        )
    return shown
