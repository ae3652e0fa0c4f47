"""Booking a transfer, or holding its money, under its payer's lock. Whoever calls has judged that it may go."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Customer
from core import audit, outbox
from ledger import posting
from ledger.calendar import business_date
from payments import figures, references, watching
from payments.locking import LockedTransfer
from payments.models import Holding

KIND = "payments.transfer"
SUBJECT = "payments.transfer"
CONFIRMED = "payments.transfer_confirmed"
HELD = "payments.transfer_held"
NOT_JUDGED = "payments.not_judged"
WAITS = {
    watching.Outcome.DELAY: Holding.Waits.DELAY,
    watching.Outcome.CONFIRM: Holding.Waits.CONFIRM,
    watching.Outcome.REVIEW: Holding.Waits.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Proof:
    """By what its payer confirmed a transfer, and whether the monitor has looked at it."""

    challenge_id: uuid.UUID | None
    free: str = ""  # why no code was asked for
    quick: bool = False  # answered faster than people read
    not_judged: bool = False

    def marks(self) -> dict[str, Any]:
        """This method will give what the trail says of it, where there is something to say."""
        found: dict[str, Any] = {"free": self.free} if self.free else {}
        return found | {name: True for name in ("quick", "not_judged") if getattr(self, name)}


def book(customer: Customer, locked: LockedTransfer, *, proof: Proof, now: datetime) -> None:
    """This function will move the money, and in one further round trip confirm the draft, tell trail and outbox.

    Raises what `posting.post` raises, and NothingChanged where it is no draft any more.
    """
    today = business_date(now)
    posted = posting.post(key=key(locked), kind=KIND, channel="online", business_date=today, lines=lines(locked))
    code = references.new_verification_code()
    outbox.record(
        kind=CONFIRMED,
        payload={"transfer": str(locked.public_id)},
        owner=customer,
        act=_act(CONFIRMED, customer, locked, {"entry": posted.entry_id, **proof.marks()}),
        change=outbox.Change(
            _CONFIRM,
            [posted.entry_id, code, proof.challenge_id, proof.free, today, now, figures.at_once(now), locked.id],
        ),
        now=now,
    )
    if proof.not_judged:
        tell_operations(locked.public_id, held=False, now=now)


def hold(
    customer: Customer,
    locked: LockedTransfer,
    *,
    proof: Proof,
    verdict: watching.Verdict,
    payee_since: datetime | None,
    now: datetime,
) -> None:
    """This function will hold the money of a draft on its account until somebody has looked at it.

    The answered step-up is used up; nothing is booked. Raises what `posting.place_hold` raises, and NothingChanged.
    """
    hold_money(
        customer,
        Waiting(
            subject=SUBJECT,
            kind=locked.kind,
            public_id=locked.public_id,
            ledger_id=locked.source_ledger_id,
            key=key(locked),
            amount=locked.amount,
            currency=locked.currency,
            payee_since=payee_since,
            change=outbox.Change(_HOLD, [proof.challenge_id, proof.free, locked.id]),
        ),
        proof=proof,
        verdict=verdict,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment, whichever way it goes, whose money is to be held on the account it would leave."""

    subject: str  # what the trail calls it
    kind: str  # as watching.Moving.kind
    public_id: uuid.UUID
    ledger_id: int
    key: str  # in the books: of the hold, and of the entry it may become
    amount: int
    currency: str
    payee_since: datetime | None
    change: outbox.Change  # the draft becomes held, or what was agreed before is written down as held
    channel: str = "online"
    actor: str = ""  # who holds it, where its payer has not just confirmed it


def hold_money(customer: Customer, waiting: Waiting, *, proof: Proof, verdict: watching.Verdict, now: datetime) -> None:
    """This function will hold the money of a payment that its payer has confirmed; trail and outbox hear of it.

    Raises what `posting.place_hold` raises, and NothingChanged where it is no draft any more.
    """
    if verdict.until is None:
        raise ValueError("what is held has an end")
    placed = posting.place_hold(key=waiting.key, account_id=waiting.ledger_id, amount=waiting.amount, reason="transfer")
    Holding.objects.create(
        payment=waiting.public_id,
        kind=waiting.kind,
        payer=customer,
        hold_id=placed.hold_id,
        amount=waiting.amount,
        currency=waiting.currency,
        payee_since=waiting.payee_since,
        waits=WAITS[verdict.outcome],
        not_judged=proof.not_judged,
        alert=verdict.alert,
        channel=waiting.channel,
        held_at=now,
        until=verdict.until,
    )
    marks = {"waits": WAITS[verdict.outcome].value, "until": verdict.until.isoformat(), **proof.marks()}
    outbox.record(
        kind=HELD,
        payload={"transfer": str(waiting.public_id)},
        owner=customer,
        act=audit.Act(
            act=HELD,
            subject=f"{waiting.subject}:{waiting.public_id}",
            actor=waiting.actor or customer.user,
            after={"amount": waiting.amount, "currency": waiting.currency, **marks},
        ),
        change=waiting.change,
        now=now,
    )
    if proof.not_judged:
        tell_operations(waiting.public_id, held=True, now=now)


def tell_operations(payment_id: uuid.UUID, *, held: bool, now: datetime) -> None:
    """This function will tell who answers for the rules that a payment went, or waits, without a verdict."""
    outbox.record(kind=NOT_JUDGED, payload={"transfer": str(payment_id), "held": held}, owner="", now=now)


def key(locked: LockedTransfer) -> str:
    """This function will give a transfer's key in the books, for its hold and for its entry."""
    return f"transfer:{locked.public_id}"


def lines(locked: LockedTransfer) -> list[posting.Line]:
    """This function will write both sides of a transfer's entry."""
    return [
        posting.Line(locked.source_ledger_id, -locked.amount, _narrative(locked.shown_name, locked.memo)),
        posting.Line(locked.destination_ledger_id, locked.amount, _narrative(locked.payer_name, locked.memo)),
    ]


_CONFIRM = """
    UPDATE payments_transfer SET state = 'confirmed', entry_id = %s, verification_code = %s, step_up = %s::uuid,
           free = %s, business_date = %s, confirmed_at = %s, promised_by = %s
     WHERE id = %s AND state = 'draft' RETURNING id
"""
_HOLD = """
    UPDATE payments_transfer SET state = 'held', step_up = %s::uuid, free = %s
     WHERE id = %s AND state = 'draft' RETURNING id
"""


def _act(act: str, customer: Customer, locked: LockedTransfer, more: dict[str, Any]) -> audit.Act:
    return audit.Act(
        act=act,
        subject=f"{SUBJECT}:{locked.public_id}",
        actor=customer.user,
        after={"amount": locked.amount, "currency": locked.currency, **more},
    )


def _narrative(name: str, memo: str) -> str:
    return (f"{name} · {memo}" if memo else name)[:200]
