"""How a recall ends without anybody's answer: the money came back by itself, or the time is over."""

import uuid
from datetime import datetime

from django.db import transaction

from payments.clearing import queries as clearing
from payments.clearing.models import Payment
from payments.clearing.states import BACK
from payments.clearing.states import State as Paid
from payments.crossborder import queries as crossborder
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.states import CAME_BACK
from payments.crossborder.states import State as Abroad
from payments.recalls import queries
from payments.recalls.services import moves
from payments.recalls.states import OPEN, State

ENDED, ANSWERED = "ended", "answered"


def money_is_back(*, payment_id: uuid.UUID, now: datetime) -> None:
    """This function will end the recall of a payment whose money is on its payer's account again; once."""
    with transaction.atomic():
        payment = clearing.locked(Payment.objects, payment_id)
        recall = queries.locked_by_payment(payment) if payment is not None else None
        if payment is None or recall is None or recall.state == State.RETURNED or Paid(payment.state) not in BACK:
            return
        moves.step(recall, State.RETURNED, now=now, heard=payment.state, code=payment.reason_code)


def money_is_back_from_abroad(*, payment_id: uuid.UUID, now: datetime) -> None:
    """This function will end the recall of a payment abroad whose money came back over the nostro; once."""
    with transaction.atomic():
        payment = crossborder.locked(PaymentAbroad.objects, payment_id)
        recall = queries.locked_by_payment(payment) if payment is not None else None
        if payment is None or recall is None or recall.state == State.RETURNED:
            return
        if Abroad(payment.state) in CAME_BACK:
            moves.step(recall, State.RETURNED, now=now, heard=payment.state, code=payment.reason_code)


def time_is_over(*, recall_id: uuid.UUID, now: datetime) -> str:
    """This function will end a recall that nobody has answered in time, and say what became of it."""
    with transaction.atomic():
        recall = queries.locked(recall_id)
        if recall is None or State(recall.state) not in OPEN or recall.answer_by > now:
            return ANSWERED
        moves.step(recall, State.UNANSWERED, now=now)
    return ENDED
