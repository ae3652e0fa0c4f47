"""What a status or a return does to the payment it names. What does not fit goes to the repair queue and moves nothing.

Files come in any order, late and twice, so every answer is held against where the payment stands:

                 sent, checking      settled             rejected           returned           revoked, accepted
    settled      settle              known before        contradicts        known before       contradicts
    rejected     give back           contradicts         known before       contradicts        contradicts
    return       settle, give back   give back           contradicts        known before       contradicts
"""

from datetime import datetime

from payments.clearing import queries
from payments.clearing.messages.incoming import Message, Return, Status
from payments.clearing.models import InboundFile, Payment, RepairItem
from payments.clearing.services import moves, repairs
from payments.clearing.states import OUTSTANDING, State

SETTLED = frozenset({"ACSC", "ACCC"})
REJECTED = frozenset({"RJCT"})
ON_THE_WAY = frozenset({"RCVD", "ACTC", "ACCP", "ACSP", "PDNG", "ACWC"})


def apply(message: Message, *, file: InboundFile, now: datetime) -> None:
    """This function will apply every status and return of a message, in one transaction, payments locked in order."""
    answers: list[Status | Return] = [*message.statuses, *message.returns]
    found = queries.locked_by_reference({answer.reference for answer in answers})
    for answer in answers:
        payment = found.get(answer.reference)
        if cause := _amiss(answer, payment):
            _to_repair(answer, cause, payment, file, now)
        elif payment is not None and isinstance(answer, Return):
            _return(answer, payment, file, now)
        elif payment is not None and isinstance(answer, Status):
            _status(answer, payment, file, now)


def _amiss(answer: Status | Return, payment: Payment | None) -> str:
    """Say what is wrong with an answer as such; an empty text when it can be held against its payment."""
    if payment is None:
        return "unknown_payment"
    sent_in = payment.batch.message_id if payment.batch else ""
    if answer.original_message and answer.original_message != sent_in:
        return "wrong_message"
    if answer.amount is not None:
        if answer.amount.currency != payment.currency:
            return "wrong_currency"
        if answer.amount.minor != payment.amount:
            return "wrong_amount"
    return ""


def _status(answer: Status, payment: Payment, file: InboundFile, now: datetime) -> None:
    state = State(payment.state)
    if answer.status in ON_THE_WAY:
        moves.note(payment, heard=answer.status, now=now, file=file)
    elif answer.status in SETTLED:
        if state in OUTSTANDING:
            moves.settle(payment, heard=answer.status, now=now, file=file)
        elif state in {State.SETTLED, State.RETURNED}:
            moves.note(payment, heard=answer.status, now=now, file=file)
        else:
            _to_repair(answer, "contradicts", payment, file, now)
    elif answer.status in REJECTED:
        if state in OUTSTANDING:
            moves.give_back(
                payment, State.REJECTED, heard=answer.status, code=answer.code, note=answer.note, now=now, file=file
            )
        elif state is State.REJECTED:
            moves.note(payment, heard=answer.status, code=answer.code, now=now, file=file)
        else:
            _to_repair(answer, "contradicts", payment, file, now)
    else:
        _to_repair(answer, "unknown_status", payment, file, now)


def _return(answer: Return, payment: Payment, file: InboundFile, now: datetime) -> None:
    state = State(payment.state)
    if state in OUTSTANDING or state is State.SETTLED:
        moves.give_back(
            payment, State.RETURNED, heard="pacs.004", code=answer.code, note=answer.note, now=now, file=file
        )
    elif state is State.RETURNED:
        moves.note(payment, heard="pacs.004", code=answer.code, now=now, file=file)
        if answer.code and not payment.reason_code:  # the statement was quicker and gave no reason
            payment.reason_code = answer.code
            payment.save(update_fields=["reason_code"])
    else:
        _to_repair(answer, "contradicts", payment, file, now)


def _to_repair(answer: Status | Return, cause: str, payment: Payment | None, file: InboundFile, now: datetime) -> None:
    what = answer.status if isinstance(answer, Status) else "pacs.004"
    repairs.queue(
        kind=RepairItem.Kind.MESSAGE,
        cause=cause,
        reference=answer.reference,
        amount=answer.amount.minor if answer.amount else None,
        currency=answer.amount.currency if answer.amount else "",
        said=" ".join(part for part in (what, answer.code, answer.note) if part),
        file=file,
        payment=payment,
        now=now,
    )
