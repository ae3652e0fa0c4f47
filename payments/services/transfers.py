"""Transfers on a customer's word: fill in, check, confirm once."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from accounts.access import stepup
from accounts.models import Customer
from core import outbox, policy, prepared
from ledger import balances, posting
from ledger.calendar import business_date
from payments import locking, queries, references, vouching, watching
from payments.models import Freedom, Transfer
from payments.refusals import (
    AccountClosed,
    ClassLimit,
    CurrencyDiffers,
    DraftVoid,
    IdentityExpired,
    InsufficientFunds,
    KeyTaken,
    LimitReached,
    NotOffered,
    PayeeCannotTake,
    PayeeYoung,
    SameAccount,
    SecondStepYoung,
    SumUnconfirmed,
    TransferRefused,
    UnknownDestination,
    UnknownSource,
    UnknownTransfer,
)
from payments.same_payee import gone_to
from payments.services import booking, doors
from payments.services.booking import CONFIRMED, KIND
from payments.services.orders import Ends, Order, look_up
from payments.services.rules import OPERATION, POLICY, UNHURRIED, Asked, asked, shown, within_limits

log = structlog.get_logger(__name__)

__all__ = [
    "CONFIRMED",
    "KIND",
    "OPERATION",
    "UNHURRIED",
    "AccountClosed",
    "Asked",
    "ClassLimit",
    "Confirmed",
    "CurrencyDiffers",
    "DraftVoid",
    "Drafted",
    "IdentityExpired",
    "InsufficientFunds",
    "KeyTaken",
    "LimitReached",
    "NotOffered",
    "Order",
    "PayeeCannotTake",
    "PayeeYoung",
    "SameAccount",
    "SecondStepYoung",
    "SumUnconfirmed",
    "TransferRefused",
    "UnknownDestination",
    "UnknownSource",
    "UnknownTransfer",
    "asked",
    "confirm",
    "draft",
    "expire_drafts",
    "shown",
]


# Its payer has confirmed it: the form that made it makes no other.
CONFIRMED_ONCE = frozenset({Transfer.State.CONFIRMED, Transfer.State.HELD, Transfer.State.STOPPED})


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft to check; `repeated` when the same form had made it before."""

    transfer_id: uuid.UUID
    repeated: bool
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The transfer that was made; `repeated` when this call found it done."""

    transfer_id: uuid.UUID
    repeated: bool
    held: bool = False  # the money has not left; its payer is told why it waits


def draft(*, customer: Customer, key: uuid.UUID, order: Order, ends: Ends | None = None, now: datetime) -> Drafted:
    """This function will keep an order as a draft to be checked and confirmed, once for each form (`key`).

    Nothing is booked. The same form with the same content answers with the first draft, or with what became of it. The
    same form with other content replaces a draft that nobody confirmed; when it was confirmed, raises KeyTaken. Raises
    UnknownSource, UnknownDestination, SameAccount, AccountClosed, CurrencyDiffers, NotOffered, InsufficientFunds,
    LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit, PayeeCannotTake: what confirming would
    refuse too, said early. `ends` are given by a higher room that answers for the payee (payments.vouching).
    """
    if order.amount <= 0:
        raise ValueError("an order moves at least one minor unit")
    try:
        ends = ends or look_up(customer, order)
        standing = queries.standing(customer_id=customer.pk, currency=ends.currency, now=now)
        moves = _Moves(ends.kind, order.amount, ends.currency)
        within_limits(
            customer, moves=moves, standing=standing, payee_since=ends.payee_since,
            gone_to_payee=_gone_to(customer, ends.destination_id, ends.currency, now), now=now,
        )  # fmt: skip
        _may_go(customer, ends, order.amount, now)
    except TransferRefused:
        # What was sent before may have used up the very balance or limit that now refuses it.
        if (before := _settled(customer, key, order, now)) is not None:
            return before
        raise
    made = _insert(customer, key, order, ends, now)
    if made is not None:
        return Drafted(made, repeated=False)
    if (before := _settled(customer, key, order, now)) is not None:
        return before
    # Another order of the same form waits to be confirmed: it makes way, in one step with the new one.
    with transaction.atomic():
        customer.transfers.filter(key=key, state=Transfer.State.DRAFT).update(state=Transfer.State.REFUSED)
        made = _insert(customer, key, order, ends, now)
    if made is None:  # it was confirmed, or replaced by yet another tab, in this very moment
        before = _settled(customer, key, order, now)
        if before is None:
            raise DraftVoid
        return before
    return Drafted(made, repeated=False)


def _may_go(customer: Customer, ends: Ends, amount: int, now: datetime) -> None:
    """Say early what the doors of the accounts' floor would refuse."""
    today = business_date(now)
    doors.money_may_leave(document_expires_on=customer.document_expires_on, stays_own=ends.stays_own, today=today)
    doors.class_would_allow(
        classed=ends.classed,
        payer_id=customer.pk,
        source_id=ends.source_id,
        destination_id=ends.destination_id,
        own=ends.stays_own,
        amount=amount,
        currency=ends.currency,
        today=today,
    )


def _settled(customer: Customer, key: uuid.UUID, order: Order, now: datetime) -> Drafted | None:
    """What became of an order that the same form has made; None when it made none, or a draft with other content."""
    before = queries.transfer_by_key(customer, key)
    if before is None:
        return None
    confirmed = before.state in CONFIRMED_ONCE
    if _is_same(before, order, now):
        return Drafted(before.public_id, repeated=True, confirmed=confirmed)
    if confirmed:
        raise KeyTaken(before.public_id)
    return None


def _insert(customer: Customer, key: uuid.UUID, order: Order, ends: Ends, now: datetime) -> uuid.UUID | None:
    """Write the draft in one statement; None when the form's key is taken by another that stands."""
    made, today = uuid.uuid4(), business_date(now)
    life = timedelta(minutes=int(policy.value("transfer.draft_minutes", on=today)))
    values: list[Any] = [
        made, references.new_reference(today), customer.pk, ends.source_id, ends.destination_id, ends.payee_id,
        ends.kind, order.amount, ends.currency, order.memo, ends.shown_name, customer.legal_name, ends.payee_name, key,
        now, now + life,
    ]  # fmt: skip
    return made if prepared.rows(_INSERT, values) else None


_INSERT = """
    INSERT INTO payments_transfer (public_id, reference, payer_id, source_id, destination_id, payee_id, kind, amount,
                                   currency, memo, shown_name, payer_name, payee_name, key, created_at, expires_at,
                                   state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'draft')
    ON CONFLICT (payer_id, key) WHERE state IN ('draft', 'confirmed', 'held', 'stopped') DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Moves:
    kind: str
    amount: int
    currency: str


def confirm(
    *,
    customer: Customer,
    transfer_id: uuid.UUID,
    challenge_id: uuid.UUID | None,
    session: str = "",
    served_at: datetime | None = None,
    now: datetime,
) -> Confirmed:
    """This function will move the money of a draft, once; a repeat is answered with the first result.

    One transaction: the payer's row is locked (it is the queue of everything this customer moves), limits are summed
    under that lock, the answered step-up is used up, the books take the entry under the transfer's own key, the draft
    becomes confirmed, the trail and the outbox hear of it last. Whatever is refused leaves no trace: no entry, no fact,
    the draft and the step-up as they were.

    Without a `challenge_id` only what is free of a code goes through (payments.asking); `served_at` says when the check
    page was served, without it nothing is. With one, the code sets back what has gone without.

    A transfer to somebody else is judged by the monitor before it is booked (payments.watching): it goes, or it is held
    (services.holding), or it takes a code after all. Where the monitor gives no verdict, everything is undone and done
    once more without it, by `watching.unjudged`: a failing monitor approves nothing.

    Raises UnknownTransfer, DraftVoid, UnknownSource, UnknownDestination, AccountClosed, CurrencyDiffers, NotOffered,
    LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit, PayeeCannotTake, SumUnconfirmed,
    InsufficientFunds, and stepup.Refused.
    """
    act = _Act(customer, transfer_id, challenge_id, session, served_at, now)
    try:
        try:
            with transaction.atomic(durable=True):
                return _confirm(act, watching.judge)
        except watching.MonitorFailed as failure:
            log.error("monitor_failed", transfer=str(transfer_id), error=repr(failure.__cause__ or failure))
        with transaction.atomic(durable=True):
            return _confirm(act, watching.unjudged)
    except posting.BelowFloor:
        transfer = queries.transfer_of(customer, transfer_id)
        if transfer is None:
            raise UnknownTransfer from None
        left = balances.of([transfer.source_ledger_id])[transfer.source_ledger_id].spendable
        raise InsufficientFunds(max(0, left or 0), transfer.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None
    except posting.WrongCurrency:
        raise CurrencyDiffers from None
    except outbox.NothingChanged:
        raise DraftVoid from None


@dataclass(frozen=True, slots=True)
class _Act:
    customer: Customer
    transfer_id: uuid.UUID
    challenge_id: uuid.UUID | None
    session: str
    served_at: datetime | None
    now: datetime


def _confirm(act: _Act, judge: Callable[..., watching.Verdict]) -> Confirmed:
    customer, now = act.customer, act.now
    found = locking.locked(customer, act.transfer_id, challenge_id=act.challenge_id, now=now)
    if found is None:
        raise UnknownTransfer
    locked, standing = found.transfer, found.standing
    if locked.state in CONFIRMED_ONCE:
        transaction.set_rollback(True)  # an answer that opened nothing is not used up
        return Confirmed(locked.public_id, repeated=True, held=locked.state == Transfer.State.HELD)
    _still_possible(locked, now)
    within_limits(
        customer, moves=locked, standing=standing, payee_since=standing.payee_since,
        gone_to_payee=_gone_to(customer, locked.destination_id, locked.currency, now), now=now,
    )  # fmt: skip
    today = business_date(now)
    doors.money_may_leave(document_expires_on=locked.document_expires_on, stays_own=locked.stays_own, today=today)
    doors.class_allows(
        classed=locked.classed,
        source_id=locked.source_id,
        destination_id=locked.destination_id,
        own=locked.stays_own,
        amount=locked.amount,
        currency=locked.currency,
        today=today,
    )
    free, quick = _proven(act, found)
    verdict = None if locked.kind == Transfer.Kind.OWN else judge(_moving(act, found), now=now)
    if verdict is not None and verdict.outcome is watching.Outcome.STEP_UP and act.challenge_id is None:
        raise stepup.Unanswered
    blind = verdict is not None and judge is watching.unjudged
    proof = booking.Proof(challenge_id=act.challenge_id, free=free, quick=quick, not_judged=blind)
    if verdict is not None and verdict.outcome > watching.Outcome.STEP_UP:
        if not _on_list(locked, standing):  # asked now, written when the money moves
            with transaction.atomic():
                _vouched_for(locked, now)
                transaction.set_rollback(True)
        booking.hold(customer, locked, proof=proof, verdict=verdict, payee_since=standing.payee_since, now=now)
        return Confirmed(locked.public_id, repeated=False, held=True)
    if not _on_list(locked, standing):
        _vouched_for(locked, now)
    booking.book(customer, locked, proof=proof, now=now)
    return Confirmed(locked.public_id, repeated=False)


def _proven(act: _Act, found: locking.Locked) -> tuple[str, bool]:
    """Use up the answer to the step-up, or say why there is none: (free, quick). Raises SumUnconfirmed, Refused."""
    locked, standing, now = found.transfer, found.standing, act.now
    seconds = (now - act.served_at).total_seconds() if act.served_at else None
    takes = asked(locked, standing=standing, careful_until=locked.careful_until, seconds=seconds, now=now)
    if takes.total is not None and takes.total != locked.confirmed_sum:
        raise SumUnconfirmed(takes.total, locked.currency)
    freedoms = Freedom.objects.filter(customer=act.customer)
    if act.challenge_id is not None:
        asked_at = stepup.judge(
            found.question,
            user=act.customer.user,  # type: ignore[arg-type]  # who confirms is signed in
            operation=OPERATION,
            payload=takes.binds(shown(locked)),
            session=act.session,
            now=now,
        )
        if standing.has_gone_free:
            freedoms.update(amount=0, count=0)
        human = int(policy.value("transfer.human_seconds", on=business_date(now)))
        return "", (now - asked_at).total_seconds() < human
    if not takes.free:
        raise stepup.Unanswered
    if takes.free != POLICY:
        freedoms.filter(kind=takes.free, currency=locked.currency).update(
            amount=F("amount") + locked.amount, count=F("count") + 1
        )
    return takes.free, False


def _moving(act: _Act, found: locking.Locked) -> watching.Moving:
    locked, standing = found.transfer, found.standing
    return watching.Moving(
        kind=locked.kind,
        public_id=locked.public_id,
        payer_id=act.customer.pk,
        source_id=locked.source_id,
        destination_id=locked.destination_id,
        payee=locked.destination_number,
        payee_since=standing.payee_since if standing.payee_active else None,
        amount=locked.amount,
        currency=locked.currency,
        by_code=act.challenge_id is not None,
    )


def expire_drafts(*, now: datetime) -> int:
    """This function will mark the drafts that nobody confirmed in time, in one statement, and answer how many."""
    return Transfer.objects.filter(state=Transfer.State.DRAFT, expires_at__lte=now).update(state=Transfer.State.EXPIRED)


def _gone_to(customer: Customer, destination_id: int, currency: str, now: datetime) -> Callable[[], int]:
    return lambda: gone_to(
        payer_id=customer.pk, destination_id=destination_id, currency=currency, on=business_date(now)
    )


def _still_possible(locked: locking.LockedTransfer, now: datetime) -> None:
    if locked.state != Transfer.State.DRAFT or locked.expires_at <= now:
        raise DraftVoid
    if locked.standing != Customer.Standing.VERIFIED or not locked.may_dispose:
        raise UnknownSource
    if not locked.may_be_paid:
        raise UnknownDestination
    if not locked.accounts_open:
        raise AccountClosed
    if not locked.one_currency:
        raise CurrencyDiffers


def _on_list(locked: locking.LockedTransfer, standing: queries.Standing) -> bool:
    return locked.kind == Transfer.Kind.OWN or standing.payee_active


def _vouched_for(locked: locking.LockedTransfer, now: datetime) -> None:
    """Let a higher room answer for a transfer to somebody off the list. Raises UnknownDestination, or its refusal."""
    if not vouching.vouched(locked, now=now):
        raise UnknownDestination


def _is_same(transfer: queries.TransferRecord, order: Order, now: datetime) -> bool:
    if transfer.state == Transfer.State.DRAFT and transfer.expires_at <= now:
        return False
    to_payee = transfer.payee_public_id
    to_account = None if to_payee else transfer.destination_public_id
    return (transfer.source_public_id, to_account, to_payee, transfer.amount, transfer.memo) == (
        order.source, order.to_account, order.to_payee, order.amount, order.memo,
    )  # fmt: skip
