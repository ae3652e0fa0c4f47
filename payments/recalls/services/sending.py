"""Out to the other bank: each request that waits leaves as one camt.056, at home through the clearing system, abroad
through the correspondent that carried the payment.

Two transactions with the gateway between them, as for payments: killed between them, the same bytes go once more under
the same name, and the other side knows them.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from payments.clearing import queries as clearing
from payments.clearing.gateway import Gateway
from payments.clearing.messages import camt056
from payments.clearing.models import Payment
from payments.clearing.services import promises
from payments.clearing.states import OUTSTANDING
from payments.clearing.states import State as Paid
from payments.crossborder import queries as crossborder
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.states import State as Abroad
from payments.recalls import queries
from payments.recalls.models import Recall
from payments.recalls.reasons import WHYS
from payments.recalls.services import moves
from payments.recalls.states import State

Due = Callable[[uuid.UUID], Recall | None]


def send_due(*, gateway: Gateway, now: datetime) -> int:
    """This function will hand over every request whose payment has left, and answer how many went."""
    return sum(_send(public_id, _due, _at_home, gateway, now) for public_id in queries.to_send())


def send_abroad(*, gateway: Gateway, now: datetime) -> int:
    """This function will hand over every request about a payment abroad that has left, and answer how many went."""
    return sum(_send(public_id, _due_abroad, _abroad, gateway, now) for public_id in queries.to_send_abroad())


def _send(
    public_id: uuid.UUID, due: Due, write: Callable[[Recall, str], camt056.Request], gateway: Gateway, now: datetime
) -> int:
    with transaction.atomic():
        recall = due(public_id)
        if recall is None:
            return 0
        if recall.message_id is None:
            recall.message_id = uuid.uuid4().hex
            recall.save(update_fields=["message_id"])
        content = camt056.write(write(recall, recall.message_id), created_at=promises.local(recall.asked_at))
    gateway.send(name=f"camt056-{recall.message_id}.xml", content=content)
    with transaction.atomic():
        recall = due(public_id)
        if recall is None:  # its money came back, or it was answered, in this very moment
            return 0
        recall.handed_at = now
        moves.step(recall, State.SENT, now=now, also=["handed_at"])
    return 1


def _due(public_id: uuid.UUID) -> Recall | None:
    """The request under the locks of its payment and itself; None when it no longer waits to be sent."""
    found = Recall.objects.filter(public_id=public_id).values_list("payment__public_id", flat=True).first()
    payment = clearing.locked(Payment.objects, found) if found else None
    recall = queries.locked(public_id)
    if payment is None or recall is None or recall.state != State.ASKED:
        return None
    return recall if Paid(payment.state) in OUTSTANDING | {Paid.SETTLED} else None


def _due_abroad(public_id: uuid.UUID) -> Recall | None:
    found = Recall.objects.filter(public_id=public_id).values_list("abroad__public_id", flat=True).first()
    payment = crossborder.locked(PaymentAbroad.objects, found) if found else None
    recall = queries.locked(public_id)
    if payment is None or recall is None or recall.state != State.ASKED:
        return None
    return recall if Abroad(payment.state) in {Abroad.SENT, Abroad.ARRIVED} else None


def _at_home(recall: Recall, message_id: str) -> camt056.Request:
    payment = recall.payment
    assert payment is not None  # noqa: S101 - those to send have one
    assert payment.batch is not None  # noqa: S101 - it has left
    return camt056.Request(
        message_id=message_id,
        case=recall.reference,
        original_message=payment.batch.message_id,
        reference=payment.reference,
        amount=recall.amount,
        currency=recall.currency,
        code=WHYS[recall.why].code,
        words=recall.words,
        own_bank=settings.CLEARING_OWN_CODE,
        payee_bank=payment.payee_bank,
    )


def _abroad(recall: Recall, message_id: str) -> camt056.Request:
    payment = recall.abroad
    assert payment is not None  # noqa: S101 - those to send have one
    assert payment.message is not None  # noqa: S101 - it has left
    return camt056.Request(
        message_id=message_id,
        case=recall.reference,
        original_message=payment.message.message_id,
        reference=payment.reference,
        amount=recall.amount,
        currency=recall.currency,
        code=WHYS[recall.why].code,
        words=recall.words,
        own_bank=settings.CROSSBORDER_OWN_BIC,
        payee_bank=payment.message.correspondent,
        uetr=str(payment.public_id),
        by_bic=True,
    )
