"""A recall as its payer sees it: finished values for the templates, in honest words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.numbers import grouped
from core.ui import formats
from ledger.money import Money
from payments.clearing.models import Payment
from payments.clearing.notices import bank_name
from payments.crossborder import ibans
from payments.crossborder.models import Payment as PaymentAbroad
from payments.models import Transfer
from payments.recalls import reasons
from payments.recalls.models import Recall, Step
from payments.recalls.states import OPEN, Asked, State
from payments.recalls.words import ELSE, TONES


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a recall shows."""

    recall: Recall
    state: State
    title: str
    lead: str
    tone: str
    icon: str
    money: Money
    payee: str
    number: str
    bank: str
    paid: str
    paid_url: str
    back_url: str
    open: bool
    elses: tuple[Promise, ...]
    steps: list[dict[str, Any]]


_ICONS = {State.RETURNED: "done", State.REFUSED: "warning", State.UNANSWERED: "warning"}
_TITLES: dict[State, Promise] = {
    State.ASKED: gettext_lazy("You asked for this money back"),
    State.SENT: gettext_lazy("The other bank has your request"),
    State.AGREED: gettext_lazy("The other bank agrees"),
    State.REFUSED: gettext_lazy("The money does not come back this way"),
    State.UNANSWERED: gettext_lazy("Nobody has answered"),
    State.RETURNED: gettext_lazy("The money is back"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The payment whose money is asked for: the payee's account as people compare it, their bank, its own page."""

    number: str
    bank: str
    url: str


def subject(paid: Transfer | Payment | PaymentAbroad) -> Subject:
    """This function will present the payment whose money is asked for."""
    if isinstance(paid, Transfer):
        return Subject(grouped(paid.destination.number), "", reverse("receipt", args=[paid.public_id]))
    if isinstance(paid, Payment):
        page = reverse("bank_payment", args=[paid.public_id])
        return Subject(grouped(paid.payee_number), bank_name(paid.payee_bank), page)
    bank = f"{paid.payee.bank_name} {paid.payee_bic}".strip()
    return Subject(
        ibans.shown(paid.payee_number, is_iban=paid.is_iban), bank, reverse("payment_abroad", args=[paid.public_id])
    )


def of(recall: Recall, steps: list[Step]) -> Shown:
    """This function will present a recall."""
    state, inside = State(recall.state), recall.asks is Asked.PAYEE
    about = subject(recall.paid)
    return Shown(
        recall=recall,
        state=state,
        title=str(_TITLES[state]),
        lead=_lead(recall, state, inside=inside),
        tone=TONES[state],
        icon=_ICONS.get(state, "clock"),
        money=_money(recall, state),
        payee=recall.payee_name,
        number=about.number,
        bank=about.bank,
        paid=recall.paid.reference,
        paid_url=about.url,
        back_url=reverse("receipt", args=[recall.back.public_id]) if recall.back else "",
        open=state in OPEN,
        elses=ELSE if state in {State.REFUSED, State.UNANSWERED} else (),
        steps=_timeline(recall, state, steps, inside=inside),
    )


_LEADS: dict[State, Promise] = {
    State.ASKED: gettext_lazy(
        "Your request leaves with the next message to the other bank. We cannot force it to answer yes."
    ),
    State.SENT: gettext_lazy(
        "It asks the payee and has until %(until)s. We cannot force it: what has arrived is the payee's money."
    ),
    State.AGREED: gettext_lazy(
        "It has said that it sends the money back. It is not here yet; we tell you as soon as it is."
    ),
    State.UNANSWERED: gettext_lazy(
        "The time for an answer is over. Should one still come, or the money itself, we tell you."
    ),
    State.RETURNED: gettext_lazy("It is on your account again. Nothing more is to be done."),
}


def _money(recall: Recall, state: State) -> Money:
    """What is asked for; once it is back, what came."""
    came = recall.abroad.came_back if state is State.RETURNED and recall.abroad is not None else None
    return Money(recall.amount if came is None else came, recall.currency)


def _lead(recall: Recall, state: State, *, inside: bool) -> str:
    if state is State.REFUSED:
        refusal = reasons.refusal(recall.answer_code)
        return f"{refusal.tells} {refusal.advice}"
    words = str(_LEADS[state])
    if state is State.RETURNED and recall.abroad is not None:
        return back_from_abroad(recall.abroad)
    if inside and state is State.ASKED:
        words = _(
            "The payee has been asked and can say yes or no until %(until)s. We cannot force it: it is their money."
        )
    return words % {"until": _moment(recall.answer_by)}


def back_from_abroad(payment: PaymentAbroad) -> str:
    """This function will say how much of a payment abroad came back, and where it is."""
    came = payment.came_back or 0
    figures = {
        "came": formats.amount(Money(came, payment.currency).decimal, payment.currency),
        "kept": formats.amount(Money(payment.leaves - came, payment.currency).decimal, payment.currency),
    }
    if payment.credited is None:
        where = _("It waits with us: your account cannot take it. We get in touch with you.")
    else:
        where = _("It is on your account again. Nothing more is to be done.")
    if came == payment.leaves:
        return where
    return _("%(came)s came back; banks on the way kept %(kept)s.") % figures + " " + where


def _moment(value: datetime) -> str:
    return formats.moment(timezone.localtime(value), get_language())


def _timeline(recall: Recall, state: State, steps: list[Step], *, inside: bool) -> list[dict[str, Any]]:
    words = {
        State.ASKED: _("You asked, and the payee was told") if inside else _("You asked"),
        State.SENT: _("Handed to the other bank"),
        State.AGREED: _("The other bank agreed"),
        State.REFUSED: _("The payee said no") if inside else _("The other bank said no"),
        State.UNANSWERED: _("No answer in time"),
        State.RETURNED: _("The payee gave it back") if inside else _("The money came back"),
    }
    shown: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        at = State(step.state)
        if number and at == State(steps[number - 1].state):
            shown.append({"title": _("The other bank looks into it"), "state": "done", "at": step.at, "text": ""})
            continue
        text = str(reasons.refusal(step.code).tells) if at is State.REFUSED and step.code else ""
        stopped = at in {State.REFUSED, State.UNANSWERED}
        shown.append({"title": words[at], "state": "stopped" if stopped else "done", "at": step.at, "text": text})
    expected = _("Expected by %(moment)s") % {"moment": _moment(recall.answer_by)}
    ahead = {
        State.ASKED: [_("The payee answers")] if inside else [words[State.SENT], _("The other bank answers")],
        State.SENT: [_("The other bank answers")],
        State.AGREED: [_("The money comes back")],
    }.get(state, [])
    for number, title in enumerate(ahead):
        last = number == len(ahead) - 1
        shown.append(
            {"title": title, "state": "now" if number == 0 else "next", "at": None, "text": expected if last else ""}
        )
    return shown
