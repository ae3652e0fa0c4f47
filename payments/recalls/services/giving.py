"""What the payee of a transfer at this bank says when they are asked: give the money back, once, or not.

Nothing leaves the payee's account without the payee's own word, proven by a step-up. What is given back is a transfer
of its own, with its own receipt; it is what came, to where it came from, so the limits for payments to others do not
stop it and count nothing of it. What the floor of the accounts lays down does.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import stepup
from accounts.access.proof import Proof, required
from accounts.models import Customer
from core import audit, outbox
from ledger import balances, posting
from ledger.calendar import business_date
from payments import queries as payments
from payments import references, sentences
from payments.models import Transfer
from payments.recalls import queries
from payments.recalls.models import Recall
from payments.recalls.refusals import CannotGive, Settled, Unknown
from payments.recalls.services import moves
from payments.recalls.states import State
from payments.refusals import TransferRefused
from payments.services import doors
from payments.services.rules import OPERATION as TRANSFER
from payments.services.transfers import CONFIRMED

OPERATION = "recalls.give_back"
KIND = "recalls.back"


def shown(recall: Recall) -> stepup.Payload:
    """This function will spell out what the payee was shown and approves: the payload of the step-up."""
    transfer = _transfer(recall)
    return {
        "recall": str(recall.public_id),
        "from": transfer.destination.number,
        "to": transfer.source.number,
        "payee": transfer.payer_name,
        "amount": recall.amount,
        "currency": recall.currency,
        "of": transfer.reference,
    }


def proof(*, customer: Customer, recall: Recall, now: datetime) -> Proof:
    """This function will say which proof giving back takes: the same as a transfer of the sum."""
    standing = payments.standing(customer_id=customer.pk, currency=recall.currency, now=now)
    return required(
        operation=TRANSFER,
        amount=recall.amount,
        currency=recall.currency,
        used_today=standing.used.day,
        on=business_date(now),
    )


def accept(
    *, customer: Customer, recall_id: uuid.UUID, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> Transfer:
    """This function will give the money back, once; a repeat is answered with the first booking.

    One transaction: the payee's row, then the recall are locked, the answered step-up is used up, the books take the
    entry under the recall's own key, the transfer back stands with its receipt, trail and outbox hear of it last.
    Raises Unknown, Settled, CannotGive, stepup.Refused.
    """
    try:
        with transaction.atomic(durable=True):
            return _accept(customer, recall_id, challenge_id, session, now)
    except posting.BelowFloor as short:
        left = balances.of([short.account_id])[short.account_id]
        spare = sentences.money(max(0, left.spendable or 0), left.currency)
        raise CannotGive(
            lambda: _("Your account holds %(left)s, which is less. No money has moved.") % {"left": spare}
        ) from None
    except (posting.AccountClosed, posting.WrongCurrency):
        raise CannotGive(
            lambda: _("One of the two accounts is closed by now. No money has moved. Call us: we sort it out.")
        ) from None
    except TransferRefused as refusal:
        stopped = refusal
        raise CannotGive(lambda: sentences.of_transfer(stopped)[1]) from None


def _accept(customer: Customer, recall_id: uuid.UUID, challenge_id: uuid.UUID, session: str, now: datetime) -> Transfer:
    payments.lock(customer)
    recall = _locked(customer, recall_id)
    if recall.back is not None:
        return recall.back
    _waits(recall, now)
    transfer, today = _transfer(recall), business_date(now)
    _may_leave(customer, transfer, today)
    stepup.consume(
        user=customer.user,  # type: ignore[arg-type]  # who accepts is signed in
        challenge_id=challenge_id,
        operation=OPERATION,
        payload=stepup.bound(shown(recall), proof(customer=customer, recall=recall, now=now)),
        session=session,
        now=now,
    )
    back = _booked(customer, recall, transfer, challenge_id, now)
    recall.back, recall.step_up = back, challenge_id
    outbox.record(
        kind=CONFIRMED,
        payload={"transfer": str(back.public_id)},
        owner=customer,
        act=audit.Act(
            act=CONFIRMED,
            subject=f"payments.transfer:{back.public_id}",
            actor=customer.user,
            after={"amount": back.amount, "currency": back.currency, "entry": back.entry_id},
            reason=f"gives back {transfer.reference}",
        ),
        now=now,
    )
    moves.step(recall, State.RETURNED, now=now, also=["back", "step_up"], heard="payee", actor=customer.user)
    return back


def refuse(*, customer: Customer, recall_id: uuid.UUID, now: datetime) -> Recall:
    """This function will say no for the payee; said before is fine. Raises Unknown, Settled."""
    with transaction.atomic(durable=True):
        payments.lock(customer)
        recall = _locked(customer, recall_id)
        if recall.state == State.REFUSED:
            return recall
        _waits(recall, now)
        recall.answer_code = "CUST"
        moves.step(recall, State.REFUSED, now=now, also=["answer_code"], heard="payee", actor=customer.user)
    return recall


def _locked(customer: Customer, recall_id: uuid.UUID) -> Recall:
    """The recall under its lock, if this customer is the one who is asked."""
    if queries.asked_of(customer, recall_id) is None:
        raise Unknown
    recall = queries.locked(recall_id)
    assert recall is not None  # noqa: S101 - it was found a moment ago, and none is ever deleted
    return recall


def _waits(recall: Recall, now: datetime) -> None:
    if recall.state != State.ASKED or recall.answer_by <= now:
        raise Settled


def _transfer(recall: Recall) -> Transfer:
    assert recall.transfer is not None  # noqa: S101 - `asked_of` finds no other
    return recall.transfer


def _may_leave(customer: Customer, transfer: Transfer, today: Any) -> None:
    """Ask what the floor of the accounts lays down. Raises CannotGive, TransferRefused."""
    ends = payments.own_ends(customer, [transfer.destination.public_id])
    own = ends.get(transfer.destination.public_id)
    if customer.standing != Customer.Standing.VERIFIED or own is None or not own.open:
        raise CannotGive(lambda: _("This account cannot be paid from at the moment. No money has moved. Call us."))
    doors.money_may_leave(document_expires_on=customer.document_expires_on, stays_own=False, today=today)
    doors.class_allows(
        classed=True,
        source_id=transfer.destination_id,
        destination_id=transfer.source_id,
        own=False,
        amount=transfer.amount,
        currency=transfer.currency,
        today=today,
    )


def _booked(customer: Customer, recall: Recall, transfer: Transfer, challenge_id: uuid.UUID, now: datetime) -> Transfer:
    today = business_date(now)
    posted = posting.post(
        key=f"recall:{recall.public_id}",
        kind=KIND,
        channel="online",
        business_date=today,
        lines=[
            posting.Line(
                transfer.destination.ledger_account_id,
                -recall.amount,
                f"{transfer.payer_name} · {transfer.reference}"[:200],
            ),
            posting.Line(
                transfer.source.ledger_account_id, recall.amount, f"{transfer.payee_name} · {transfer.reference}"[:200]
            ),
        ],
    )
    made: Transfer = Transfer.objects.create(
        reference=references.new_reference(today),
        payer=customer,
        source=transfer.destination,
        destination=transfer.source,
        kind=Transfer.Kind.CUSTOMER,
        amount=recall.amount,
        currency=recall.currency,
        memo=transfer.reference,
        shown_name=transfer.payer_name,
        payer_name=customer.legal_name,
        payee_name=transfer.payer_name,
        state=Transfer.State.CONFIRMED,
        key=uuid.uuid4(),
        step_up=challenge_id,
        entry_id=posted.entry_id,
        verification_code=references.new_verification_code(),
        business_date=today,
        created_at=now,
        expires_at=now,
        confirmed_at=now,
    )
    return made
