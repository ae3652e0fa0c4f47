"""What the desk decided about a payment, carried out once: it may leave, or the money goes back to the payer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from payments.crossborder import queries
from payments.crossborder.models import Payment
from payments.crossborder.services import moves
from payments.crossborder.states import State


def settle(*, payment_id: str, approved: bool, reasons: Sequence[str], case: str, now: datetime) -> bool:
    """This function will carry out a decision and answer whether this call did."""
    with transaction.atomic():
        payment = queries.locked(Payment.objects, payment_id)
        if payment is None or payment.state != State.REVIEW:
            return False
        if approved:
            moves.step(payment, State.READY, now=now, actor=f"case {case}")
        else:
            moves.give_back(payment, State.REFUSED, reasons=reasons, now=now, actor=f"case {case}")
    return True
