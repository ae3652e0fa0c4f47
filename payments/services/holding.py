"""Ending what is held: sent, or given back. Exactly once, under the payer's lock, with the books in the same breath.

    release     the hold becomes the entry, under the transfer's own key, on that day's business date
    give_back   the hold is set free; nothing has left
    answer      its payer says once more, with a code bound to this very transfer, that it was them
    work        what is due: a delay that is over goes, what nobody decided is given back

What can no longer be sent (an account was closed, the access was locked, a request is no longer open) is given back.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from accounts.access import stepup
from accounts.access.proof import Proof, required
from accounts.access.stepup import bound
from accounts.models import Customer
from core import audit, outbox
from ledger import posting
from ledger.calendar import business_date
from payments import watching, ways
from payments.models import Holding
from payments.refusals import TransferRefused, UnknownTransfer
from payments.services import booking, rules

OPERATION = "payments.held"
GIVEN_BACK = "payments.transfer_given_back"
WORKER = "system: held payments"
By = Holding.By
log = structlog.get_logger(__name__)


class AlreadyEnded(Exception):
    """It was ended before, another way. `sent` says whether the money has left."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__(sent)
        self.sent = sent


class NotAsked(Exception):
    """It does not wait for its payer's word."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a held payment; `repeated` when this call found it so."""

    sent: bool
    repeated: bool


def release(*, payment_id: uuid.UUID, by: Holding.By = By.BANK, actor: Any = WORKER, now: datetime) -> Ended:
    """This function will send what is held, once; what can no longer be sent is given back (`sent` is false).

    Joins an open transaction. Raises UnknownTransfer, and AlreadyEnded where it was given back before.
    """
    with transaction.atomic():
        return _send(_locked(payment_id, now=now), by=by, actor=actor, now=now)


def give_back(*, payment_id: uuid.UUID, by: Holding.By = By.BANK, actor: Any = WORKER, now: datetime) -> Ended:
    """This function will set free what is held, once: nothing has left.

    Joins an open transaction. Raises UnknownTransfer, and AlreadyEnded where it was sent before.
    """
    with transaction.atomic():
        return _back(_locked(payment_id, now=now), by=by, actor=actor, now=now)


def stop(*, customer: Customer, payment_id: uuid.UUID, now: datetime) -> Ended:
    """This function will give back what a customer's own payment holds, at their word. Raises as `give_back`."""
    with transaction.atomic(durable=True):
        return _back(_locked(payment_id, customer=customer, now=now), by=By.CUSTOMER, actor=customer.user, now=now)


def answer(
    *, customer: Customer, payment_id: uuid.UUID, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> Ended:
    """This function will send what waits for its payer's word, on a code for exactly this payment.

    Raises UnknownTransfer, AlreadyEnded, NotAsked where it waits for something else or its time is over, and
    stepup.Refused: then nothing is used up.
    """
    with transaction.atomic(durable=True):
        one = _locked(payment_id, customer=customer, now=now)
        if one.holding.state != Holding.State.HELD:
            return _as_before(one, sent=True)
        if not may_answer(one.holding, now=now):
            raise NotAsked
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who answers is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=bound(approves(one.holding), proof_of(one.holding, now=now)),
            session=session,
            now=now,
        )
        return _send(one, by=By.CUSTOMER, actor=customer.user, now=now)


def may_answer(holding: Holding, *, now: datetime) -> bool:
    """This function will say whether a held payment waits for its payer's word."""
    return holding.state == Holding.State.HELD and holding.waits == Holding.Waits.CONFIRM and holding.until > now


def approves(holding: Holding) -> Mapping[str, Any]:
    """This function will spell out what the payer of a held payment approves once more: the payload of the step-up."""
    return ways.of(holding.kind).approves(holding.payment)


def proof_of(holding: Holding, *, now: datetime) -> Proof:
    """This function will say what its payer's word takes: as much as the sum asks for by itself."""
    return required(
        operation=rules.OPERATION, amount=holding.amount, currency=holding.currency, used_today=0,
        on=business_date(now),
    )  # fmt: skip


def of_payer(customer: Customer, payment_id: uuid.UUID) -> Holding | None:
    """This function will find what is held, or was, of a customer's own payment."""
    return Holding.objects.filter(payer=customer, payment=payment_id).first()


def work(*, now: datetime) -> int:
    """This function will do what is due among the held payments, each in a transaction, and answer how many it ended.

    What the monitor gave no verdict on is shown to it again.
    """
    ended = 0
    held = Holding.objects.filter(state=Holding.State.HELD)
    due = held.filter(until__lte=now).order_by("until").values_list("payment", "waits")
    for payment_id, waits in list(due[:500]):
        try:
            end = release if waits == Holding.Waits.DELAY else give_back
            ended += not end(payment_id=payment_id, by=By.TIME, now=now).repeated
        except AlreadyEnded:  # somebody was faster: it is where they wanted it
            continue
    for payment_id in list(held.filter(not_judged=True, until__gt=now).values_list("payment", flat=True)[:100]):
        try:
            with transaction.atomic():
                ended += _judge_again(payment_id, now)
        except watching.MonitorFailed as failure:
            log.error("monitor_failed", transfer=str(payment_id), error=repr(failure.__cause__ or failure))
            break  # the next round asks again
    return ended


def _judge_again(payment_id: uuid.UUID, now: datetime) -> bool:
    """Show the monitor what it gave no verdict on; what it lets go goes, else it waits for what the verdict says."""
    one = _locked(payment_id, now=now)
    holding = one.holding
    if holding.state != Holding.State.HELD or not holding.not_judged:
        return False
    moving = ways.of(holding.kind).moving(one)
    verdict = watching.judge(moving, now=now)
    outcome = verdict.outcome
    if outcome is watching.Outcome.STEP_UP and not moving.by_code:
        outcome = watching.Outcome.CONFIRM  # the code that it takes is asked for where its payer sees it
    if outcome <= watching.Outcome.STEP_UP:
        _send(one, by=By.MONITOR, actor=WORKER, now=now)
        return True
    holding.waits, holding.not_judged, holding.alert = booking.WAITS[outcome].value, False, verdict.alert
    holding.until = verdict.until or holding.until
    holding.save(update_fields=["waits", "not_judged", "alert", "until"])
    outbox.record(
        kind=booking.HELD,
        payload={"transfer": str(payment_id)},
        owner=one.customer,
        act=_act(booking.HELD, one, WORKER, {"waits": holding.waits, "until": holding.until.isoformat()}),
        now=now,
    )
    return False


def give_back_all_of(fact: outbox.Fact) -> None:
    """This handler will give back what is held of somebody who has locked their access."""
    held = Holding.objects.filter(payer__user__public_id=fact.payload["user"], state=Holding.State.HELD)
    for payment_id in list(held.order_by("pk").values_list("payment", flat=True)):
        give_back(payment_id=payment_id, by=By.FREEZE, actor="access locked by its owner", now=fact.created_at)


def _locked(payment_id: uuid.UUID, *, customer: Customer | None = None, now: datetime) -> ways.Held:
    """Lock payer, payment and holding, in this order. Raises UnknownTransfer."""
    known = Holding.objects.select_related("payer__user").filter(payment=payment_id).first()
    if known is None or (customer is not None and known.payer_id != customer.pk):
        raise UnknownTransfer
    customer = customer or known.payer
    row = ways.of(known.kind).locked(customer, payment_id, now=now)
    if row is None:
        raise UnknownTransfer
    return ways.Held(customer, row, Holding.objects.select_for_update().get(pk=known.pk))


def _as_before(one: ways.Held, *, sent: bool) -> Ended:
    """Answer a repeat with what stands. Raises AlreadyEnded where it was ended the other way."""
    was_sent = one.holding.state == Holding.State.RELEASED
    if was_sent != sent:
        raise AlreadyEnded(sent=was_sent)
    return Ended(sent=was_sent, repeated=True)


def _send(one: ways.Held, *, by: Holding.By, actor: Any, now: datetime) -> Ended:
    if one.holding.state != Holding.State.HELD:
        return _as_before(one, sent=True)
    try:
        with transaction.atomic():
            ways.of(one.holding.kind).send(one, by=by, actor=actor, now=now)
    except (TransferRefused, posting.BelowFloor, posting.AccountClosed, posting.WrongCurrency) as hindrance:
        log.warning("held_not_sent", transfer=str(one.holding.payment), why=type(hindrance).__name__)
        return _back(one, by=By.HINDERED, actor=actor, why=type(hindrance).__name__, now=now)
    _end(one, Holding.State.RELEASED, by, now)
    return Ended(sent=True, repeated=False)


def _back(one: ways.Held, *, by: Holding.By, actor: Any, why: str = "", now: datetime) -> Ended:
    if one.holding.state != Holding.State.HELD:
        return _as_before(one, sent=False)
    posting.release_hold(hold_id=one.holding.hold_id)
    _end(one, Holding.State.GIVEN_BACK, by, now)
    outbox.record(
        kind=GIVEN_BACK,
        payload={"transfer": str(one.holding.payment), "by": by.value},
        owner=one.customer,
        act=_act(GIVEN_BACK, one, actor, {"by": by.value, **({"why": why} if why else {})}),
        change=ways.of(one.holding.kind).stop(one, now=now),
        now=now,
    )
    return Ended(sent=False, repeated=False)


def _end(one: ways.Held, state: Holding.State, by: Holding.By, now: datetime) -> None:
    one.holding.state, one.holding.ended_at, one.holding.ended_by = state.value, now, by.value
    one.holding.save(update_fields=["state", "ended_at", "ended_by"])


def _act(act: str, one: ways.Held, actor: Any, more: dict[str, Any]) -> audit.Act:
    return audit.Act(
        act=act,
        subject=f"{ways.of(one.holding.kind).subject}:{one.holding.payment}",
        actor=actor,
        after={"amount": one.holding.amount, "currency": one.holding.currency, **more},
    )
