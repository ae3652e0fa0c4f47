"""The moves of a payment, each with its booking in the same transaction. Whoever calls holds the payment's lock.

    accept   customer -> in clearing            (services.payments)
    settle   in clearing -> nostro
    reject, revoke   the first booking is reversed
    return   both are reversed

A customer's account that was closed meanwhile takes no money: it goes to suspense, and people see to it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from core import audit, outbox
from ledger import posting
from ledger.calendar import business_date
from payments.clearing import states
from payments.clearing.models import InboundFile, Payment, RepairItem, Step
from payments.clearing.services import accounts
from payments.clearing.states import State

MOVED = "clearing.moved"
SETTLEMENT, REVERSAL, SUSPENSE = "clearing.settlement", "clearing.reversal", "clearing.suspense"
WORKER = "system: clearing"


def narrative(payment: Payment) -> str:
    """This function will say on the payer's statement whom a payment went to."""
    return (f"{payment.payee_name} · {payment.memo}" if payment.memo else payment.payee_name)[:200]


def step(
    payment: Payment,
    to: State,
    *,
    now: datetime,
    also: Sequence[str] = (),
    heard: str = "",
    code: str = "",
    note: str = "",
    file: InboundFile | None = None,
    actor: Any = WORKER,
    more: Mapping[str, Any] | None = None,
) -> None:
    """This function will move a payment to a state, with its history, the trail and the fact. Raises IllegalStep."""
    before = State(payment.state)
    states.check(before, to)
    payment.state = to.value
    payment.save(update_fields=["state", *also])
    Step.objects.create(
        payment=payment, state=to.value, heard=heard[:12], code=code[:4], note=note[:200], file=file, at=now
    )
    outbox.record(
        kind=MOVED,
        payload={"payment": str(payment.public_id), "state": to.value},
        owner=payment.payer,
        act=audit.Act(
            act=f"clearing.{to.value}",
            subject=f"clearing.payment:{payment.public_id}",
            actor=actor,
            before={"state": before.value},
            after={
                "state": to.value, "amount": payment.amount, "currency": payment.currency, "code": code,
                "file": file.name if file else "", **(more or {}),
            },
        ),
        now=now,
    )  # fmt: skip


def note(payment: Payment, *, heard: str, now: datetime, code: str = "", file: InboundFile | None = None) -> None:
    """This function will remember what was heard of a payment where its state stays."""
    Step.objects.create(payment=payment, state=payment.state, heard=heard[:12], code=code[:4], file=file, at=now)


def settle(
    payment: Payment, *, heard: str, now: datetime, file: InboundFile | None = None, actor: Any = WORKER
) -> None:
    """This function will book a payment from clearing to the nostro: the other bank has it. Raises IllegalStep."""
    states.check(State(payment.state), State.SETTLED)
    _book_settlement(payment, now)
    payment.settled_at = now
    step(
        payment, State.SETTLED, now=now, also=["settlement", "settled_at"], heard=heard, file=file, actor=actor
    )  # fmt: skip


def _book_settlement(payment: Payment, now: datetime) -> None:
    payment.settlement_id = posting.post(
        key=f"clearing:{payment.public_id}:settled",
        kind=SETTLEMENT,
        channel="interbank",
        business_date=business_date(now),
        lines=[
            posting.Line(accounts.own("clearing", payment.currency, now=now), -payment.amount, payment.reference),
            posting.Line(accounts.own("nostro", payment.currency, now=now), payment.amount, payment.reference),
        ],
    ).entry_id


def give_back(
    payment: Payment,
    to: State,
    *,
    now: datetime,
    heard: str = "",
    code: str = "",
    note: str = "",
    file: InboundFile | None = None,
    actor: Any = WORKER,
) -> None:
    """This function will give the money back to the payer by reversing what was booked; `to` says why it comes back.

    A return of a payment whose settlement was not heard of implies that settlement: both are booked, so that the nostro
    shows the two movements that its statement will show. Raises IllegalStep.
    """
    states.check(State(payment.state), to)
    also = ["reversal", "ended_at", "reason_code"]
    if to is State.RETURNED:
        if payment.settlement_id is None:
            _book_settlement(payment, now)
            also += ["settlement", "settled_at"]
            payment.settled_at = now
        assert payment.settlement_id is not None  # noqa: S101 - booked a moment ago at the latest
        posting.reverse(
            entry_id=payment.settlement_id,
            key=f"clearing:{payment.public_id}:returned",
            kind=REVERSAL,
            channel="interbank",
            business_date=business_date(now),
        )
    payment.reversal_id = _reverse(payment, now, file)
    payment.ended_at, payment.reason_code = now, code[:4]
    step(payment, to, now=now, also=also, heard=heard, code=code, note=note, file=file, actor=actor)


def _reverse(payment: Payment, now: datetime, file: InboundFile | None) -> int:
    assert payment.entry_id is not None  # noqa: S101 - whatever was confirmed is booked, the table sees to it
    try:
        with transaction.atomic():
            return posting.reverse(
                entry_id=payment.entry_id,
                key=f"clearing:{payment.public_id}:back",
                kind=REVERSAL,
                channel="interbank",
                business_date=business_date(now),
            ).entry_id
    except posting.AccountClosed:
        posted = posting.post(
            key=f"clearing:{payment.public_id}:back:suspense",
            kind=SUSPENSE,
            channel="interbank",
            business_date=business_date(now),
            lines=[
                posting.Line(accounts.own("clearing", payment.currency, now=now), -payment.amount, payment.reference),
                posting.Line(accounts.own("suspense", payment.currency, now=now), payment.amount, payment.reference),
            ],
        )
        RepairItem.objects.create(
            kind=RepairItem.Kind.MESSAGE,
            cause="account_closed",
            reference=payment.reference,
            amount=payment.amount,
            currency=payment.currency,
            payment=payment,
            file=file,
            opened_at=now,
        )
        return posted.entry_id
