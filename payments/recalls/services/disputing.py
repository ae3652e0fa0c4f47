"""Saying that a movement is not right: the case on the desk, taking it back, and what follows from the decision.

Nothing is booked here. What is owed to a customer is booked by two people through `books.entry` or `books.reversal`
(core.changes), with the dispute's reference in its narrative; whoever asks for that never approves it alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from accounts import vault
from accounts.identity.photos import Photo
from accounts.models import Customer
from accounts.queries import HeldAccount
from accounts.roles import Role
from core import audit
from core.outbox import Fact
from core.reviews import errors as desk_errors
from core.reviews import services as desk
from core.reviews.calendar import due
from core.reviews.rules import Rule
from ledger.calendar import business_date
from payments import queries as queue
from payments import references
from payments.movements import Movement
from payments.recalls import checks, figures, notices
from payments.recalls.models import Dispute, Evidence
from payments.recalls.refusals import (
    AlreadyOpen,
    Settled,
    TooManyPictures,
    TooManyPicturesToday,
    TooOld,
    Unknown,
)

SUBJECT: Final = "dispute"
DECIDES: Final = (Role.REVIEWER.value, Role.SERVICE_AGENT.value)
PURPOSE: Final = "recalls.evidence:"
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer says of a movement; `expected` is the amount that would be right, in minor units."""

    about: Dispute.About
    words: str
    expected: int | None = None
    pictures: Sequence[Photo] = ()
    freezes: bool = False  # the customer locks their access with it


def begin(
    *, customer: Customer, account: HeldAccount, movement: Movement, key: uuid.UUID, said: Said, now: datetime
) -> Dispute:
    """This function will put a disputed movement on the review desk, once for each form, and tell its customer.

    Starts a transaction. Raises AlreadyOpen while the movement is being looked into, TooOld, TooManyPictures,
    TooManyPicturesToday, Unknown where it cannot be disputed so (money that came in cannot be missing).
    """
    if movement.business_date < (since := figures.may_dispute_since(now)):
        raise TooOld(since)
    if len(said.pictures) > (most := figures.most_evidence(now)):
        raise TooManyPictures(most)
    if said.about == Dispute.About.MISSING and movement.amount > 0:
        raise Unknown
    before = customer.disputes.filter(key=key).first()
    if before is not None:
        return before
    try:
        with transaction.atomic(durable=True):
            return _begin(customer, account, movement, key, said, now)
    except IntegrityError:  # the same form or another is quicker by a moment
        before = customer.disputes.filter(key=key).first()
        if before is not None:
            return before
        raise AlreadyOpen from None


def _begin(
    customer: Customer, account: HeldAccount, movement: Movement, key: uuid.UUID, said: Said, now: datetime
) -> Dispute:
    if said.pictures:
        _room_for(customer, len(said.pictures), now)
    time = figures.desk(now)
    dispute: Dispute = Dispute.objects.create(
        reference="D" + references.new_reference(business_date(now))[1:],
        customer=customer,
        bank_account_id=account.id,
        number=movement.number,
        entry_id=movement.entry_id,
        amount=movement.amount,
        currency=movement.currency,
        about=said.about,
        expected=said.expected,
        words=said.words,
        froze=said.freezes,
        key=key,
        promised_by=due(hours=time.hours, now=now),
        opened_at=now,
    )
    for position, picture in enumerate(said.pictures, start=1):
        public_id = uuid.uuid4()
        Evidence.objects.create(
            public_id=public_id,
            dispute=dispute,
            position=position,
            sealed=vault.encrypt(picture.jpeg, f"{PURPOSE}{public_id}"),
            added_at=now,
        )
    case = desk.open_case(
        subject=SUBJECT,
        subject_id=str(dispute.public_id),
        title=f"{dispute.reference} · {customer.legal_name}"[:160],
        opened_by=customer.user,
        rule=Rule(steps=(DECIDES,), hours=time.hours, claim_minutes=time.claim_minutes),
        now=now,
    )
    for found in checks.findings(movement):
        desk.record_check(
            case=case, name=found.name, outcome=found.outcome, evidence=found.evidence, sentence=found.sentence, now=now
        )
    audit.record(
        act="recalls.disputed",
        subject=f"recalls.dispute:{dispute.public_id}",
        actor=customer.user,
        after={"about": dispute.about, "entry": dispute.entry_id, "amount": dispute.amount, "case": case.number},
        now=now,
    )
    notices.disputed(dispute)
    return dispute


def _room_for(customer: Customer, pictures: int, now: datetime) -> None:
    """Count what the customer added lately, under their lock, so that many forms at once are no way around it."""
    queue.lock(customer)
    lately = Evidence.objects.filter(dispute__customer=customer, added_at__gt=now - A_DAY).count()
    if lately + pictures > (most := figures.most_evidence_a_day(now)):
        raise TooManyPicturesToday(most)


def withdraw(*, customer: Customer, dispute_id: uuid.UUID, now: datetime) -> Dispute:
    """This function will take a dispute off the desk at its customer's word; done before is fine.

    Raises Unknown, Settled when colleagues have decided.
    """
    with transaction.atomic(durable=True):
        found = customer.disputes.select_for_update().filter(public_id=dispute_id).first()
        if found is None:
            raise Unknown
        if found.state == Dispute.State.WITHDRAWN:
            return found
        if found.state != Dispute.State.OPEN:
            raise Settled
        try:
            desk.withdraw(subject=SUBJECT, subject_id=str(dispute_id), actor=customer.user, now=now)
        except desk_errors.Closed:
            raise Settled from None
        _end(found, Dispute.State.WITHDRAWN, actor=customer.user, now=now)
    return found


def settle(fact: Fact) -> None:
    """This handler will close a dispute as colleagues have decided, once, and tell its customer."""
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        found = Dispute.objects.select_for_update().get(public_id=fact.payload["subject_id"])
        if found.state != Dispute.State.OPEN:
            return
        upheld = fact.payload["verdict"] == "approve"
        to = Dispute.State.UPHELD if upheld else Dispute.State.DECLINED
        _end(found, to, actor=f"case {fact.payload['case']}", now=fact.created_at)
        notices.settled(found)


def _end(dispute: Dispute, to: Dispute.State, *, actor: Any, now: datetime) -> None:
    before = str(dispute.state)
    dispute.state, dispute.ended_at = to, now
    dispute.save(update_fields=["state", "ended_at"])
    audit.record(
        act=f"recalls.dispute_{to.value}",
        subject=f"recalls.dispute:{dispute.public_id}",
        actor=actor,
        before={"state": before},
        after={"state": to.value},
        now=now,
    )


def picture(evidence: Evidence) -> bytes:
    """This function will open a sealed picture. Raises vault.Unreadable."""
    return vault.decrypt(bytes(evidence.sealed), f"{PURPOSE}{evidence.public_id}")
