"""The moves of a payment, each with its booking in the same transaction. Whoever calls holds the payment's lock.

    accept   customer -> in transit abroad; what is bought for it goes through the position (services.confirming)
    send     in transit abroad -> nostro, the fee -> our income
    refuse, revoke   the first entry is reversed: the same rate, the fee included, once

A customer's account that was closed meanwhile takes no money: it goes to suspense, and people see to it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from core import audit, outbox, workdays
from ledger import posting
from ledger.calendar import business_date
from payments.clearing.models import InboundFile, RepairItem
from payments.clearing.services import accounts
from payments.crossborder import figures, states
from payments.crossborder.fees import Charges
from payments.crossborder.models import Payment, Step
from payments.crossborder.states import State

MOVED = "crossborder.moved"
KIND, RELEASE, REVERSAL, SUSPENSE = (
    "crossborder.payment", "crossborder.release", "crossborder.reversal", "crossborder.suspense",
)  # fmt: skip
WORKER = "system: payments abroad"
TRANSIT = "abroad"  # the bank's own account that holds what is on its way


def narrative(payment: Payment) -> str:
    """This function will say on the payer's statement whom a payment went to."""
    return f"{payment.payee_name} · {payment.bank_country}"[:200]


def step(
    payment: Payment,
    to: State,
    *,
    now: datetime,
    also: Sequence[str] = (),
    heard: str = "",
    code: str = "",
    words: str = "",
    file: InboundFile | None = None,
    actor: Any = WORKER,
) -> None:
    """This function will move a payment to a state, with its history, the trail and the fact. Raises IllegalStep."""
    before = State(payment.state)
    states.check(before, to)
    payment.state = to.value
    payment.save(update_fields=["state", *also])
    Step.objects.create(
        payment=payment, state=to.value, heard=heard[:12], code=code[:4], note=words[:200], file=file, at=now
    )
    outbox.record(
        kind=MOVED,
        payload={"payment": str(payment.public_id), "state": to.value},
        owner=payment.payer,
        act=audit.Act(
            act=f"crossborder.{to.value}",
            subject=f"crossborder.payment:{payment.public_id}",
            actor=actor,
            before={"state": before.value},
            after={
                "state": to.value, "amount": payment.amount, "currency": payment.currency, "basis": payment.basis,
                "reasons": list(payment.refusal_reasons), "code": code, "came_back": payment.came_back,
                "file": file.name if file else "",
            },
        ),
        now=now,
    )  # fmt: skip


def in_transit(payment: Payment) -> dict[str, int]:
    """This function will say what a payment on its way holds, by currency: the amount, and the fee beside it."""
    held = {payment.currency: payment.amount}
    if payment.charges != Charges.BEN and payment.fee:
        held[payment.fee_currency] = held.get(payment.fee_currency, 0) + payment.fee
    return held


def send(payment: Payment, *, now: datetime, actor: Any = WORKER) -> None:
    """This function will book a payment that was handed over: to the nostro, the fee to income. Raises IllegalStep."""
    states.check(State(payment.state), State.SENT)

    def own(name: str, currency: str) -> int:
        return accounts.own(name, currency, now=now)

    lines = [
        posting.Line(own(TRANSIT, currency), -amount, payment.reference)
        for currency, amount in in_transit(payment).items()
    ]
    lines.append(posting.Line(own("nostro", payment.currency), payment.leaves, payment.reference))
    if payment.fee:
        lines.append(posting.Line(own("fee-income", payment.fee_currency), payment.fee, payment.reference))
    payment.release_id = posting.post(
        key=f"crossborder:{payment.public_id}:sent",
        kind=RELEASE,
        channel="interbank",
        business_date=business_date(now),
        lines=lines,
    ).entry_id
    today = business_date(now)
    payment.sent_at = now
    payment.promised_on = workdays.after(workdays.first_from(today), days=figures.arrival_days(on=today))
    step(payment, State.SENT, now=now, also=["release", "sent_at", "promised_on"], actor=actor)


def may_have_left(payment: Payment) -> bool:
    """This function will say whether a payment's message lies ready or was handed over a moment ago."""
    return payment.state == State.READY and payment.message_id is not None


def has_left(payment: Payment, *, now: datetime) -> None:
    """This function will book a payment as sent that is answered although nobody has noted yet that it was handed over.

    The message stood in the folder and the worker was killed, or is about to note it: who answers has it.
    """
    if may_have_left(payment):
        send(payment, now=now)


def give_back(payment: Payment, to: State, *, now: datetime, reasons: Sequence[str] = (), actor: Any = WORKER) -> None:
    """This function will give the money back to the payer by reversing the entry that took it. Raises IllegalStep."""
    states.check(State(payment.state), to)
    payment.reversal_id = _reverse(payment, now)
    payment.ended_at, payment.refusal_reasons = now, list(reasons)
    step(payment, to, now=now, also=["reversal", "ended_at", "refusal_reasons"], actor=actor)


def _reverse(payment: Payment, now: datetime) -> int:
    assert payment.entry_id is not None  # noqa: S101 - whatever was confirmed is booked, the table sees to it
    try:
        with transaction.atomic():
            return posting.reverse(
                entry_id=payment.entry_id,
                key=f"crossborder:{payment.public_id}:back",
                kind=REVERSAL,
                channel="system",
                business_date=business_date(now),
            ).entry_id
    except posting.AccountClosed:
        lines = []
        for currency, amount in in_transit(payment).items():
            lines += [
                posting.Line(accounts.own(TRANSIT, currency, now=now), -amount, payment.reference),
                posting.Line(accounts.own("suspense", currency, now=now), amount, payment.reference),
            ]
            RepairItem.objects.create(
                kind=RepairItem.Kind.MESSAGE,
                cause="account_closed",
                reference=payment.reference,
                amount=amount,
                currency=currency,
                room="abroad",
                opened_at=now,
            )
        return posting.post(
            key=f"crossborder:{payment.public_id}:back:suspense",
            kind=SUSPENSE,
            channel="system",
            business_date=business_date(now),
            lines=lines,
        ).entry_id
