"""What the other bank answers to a request. A word moves no money; what does not fit goes to the repair queue.

                 sent        agreed      unanswered   refused        returned       asked
    CNCL         agreed      known       agreed       contradicts    known          unknown request
    RJCR         refused     refused     refused      known          contradicts    unknown request
    PDCR         noted       noted       noted        noted          noted          unknown request

The money itself comes as a return, which clearing books, or the room of payments abroad; `returned` follows from that
alone (handlers.moved, handlers.moved_abroad).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from payments.clearing import queries as clearing
from payments.clearing.messages.incoming import Answer
from payments.clearing.models import InboundFile, Payment, RepairItem
from payments.clearing.services import repairs
from payments.crossborder import queries as crossborder
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.services.coming import ROOM
from payments.recalls import figures, queries
from payments.recalls.models import Recall
from payments.recalls.services import moves
from payments.recalls.states import LEGAL, State

AGREES, REFUSES, LOOKS = "CNCL", "RJCR", "PDCR"
LEADS_TO = {AGREES: State.AGREED, REFUSES: State.REFUSED}
SENT_BACK_BEFORE = "ARDT"  # "already returned": no contradiction where the money is back


def take(answers: Sequence[Answer], *, file: InboundFile, now: datetime) -> None:
    """This function will take in the answers of a file, in its transaction: payments locked in order, then recalls."""
    _take(answers, clearing.locked_by_reference({answer.reference for answer in answers}), file, now)


def take_abroad(answers: Sequence[Answer], *, file: InboundFile, now: datetime) -> None:
    """This function will take in what a correspondent answers about payments abroad, in the transaction of its file."""
    _take(answers, crossborder.locked_by_reference({answer.reference for answer in answers}), file, now)


def _take(
    answers: Sequence[Answer], payments: Mapping[str, Payment | PaymentAbroad], file: InboundFile, now: datetime
) -> None:
    for answer in answers:
        payment = payments.get(answer.reference)
        recall = queries.locked_by_payment(payment) if payment is not None else None
        cause = _amiss(answer, payment, recall, file)
        if not cause and recall is not None:
            cause = _heard(answer, recall, now)
        if cause:
            _to_repair(answer, cause, payment, file, now)


def _amiss(answer: Answer, payment: Payment | PaymentAbroad | None, recall: Recall | None, file: InboundFile) -> str:
    if payment is None:
        return "unknown_payment"
    if recall is None or recall.handed_at is None or answer.case != recall.reference:
        return "unknown_recall"
    return _wrong_way(answer, payment, file) or _wrong_sum(answer, recall)


def _wrong_way(answer: Answer, payment: Payment | PaymentAbroad, file: InboundFile) -> str:
    if isinstance(payment, PaymentAbroad):
        if payment.message is None or file.sender != payment.message.correspondent:
            return "wrong_sender"
        sent = payment.message.message_id
    else:
        sent = payment.batch.message_id if payment.batch else ""
    return "wrong_message" if sent and answer.original_message not in {"", sent} else ""


def _wrong_sum(answer: Answer, recall: Recall) -> str:
    if answer.amount is not None and answer.amount.currency != recall.currency:
        return "wrong_currency"
    if answer.amount is not None and answer.amount.minor != recall.amount:
        return "wrong_amount"
    return ""


def _heard(answer: Answer, recall: Recall, now: datetime) -> str:
    """Let the answer do what it may, and say why it may not; "" when it did."""
    state, to = State(recall.state), LEADS_TO.get(answer.word)
    if to is None:
        if answer.word != LOOKS:
            return "unknown_status"
        moves.note(recall, heard=answer.word, code=answer.code, now=now)
        return ""
    if to == state or (state is State.RETURNED and (to is State.AGREED or answer.code == SENT_BACK_BEFORE)):
        moves.note(recall, heard=answer.word, code=answer.code, now=now)
        return ""
    if to not in LEGAL[state]:
        return "contradicts"
    recall.answer_code, recall.answer_words = answer.code[:4], answer.note[:200]
    also = ["answer_code", "answer_words"]
    if to is State.AGREED:  # the word is there; for the money there is as much time again
        recall.answer_by = figures.answer_by(recall.asks, now=now)
        also.append("answer_by")
    moves.step(recall, to, now=now, also=also, heard=answer.word, code=answer.code)
    return ""


def _to_repair(
    answer: Answer, cause: str, payment: Payment | PaymentAbroad | None, file: InboundFile, now: datetime
) -> None:
    repairs.queue(
        kind=RepairItem.Kind.MESSAGE,
        cause=cause,
        reference=answer.reference,
        amount=answer.amount.minor if answer.amount else None,
        currency=answer.amount.currency if answer.amount else "",
        said=" ".join(part for part in ("camt.029", answer.word, answer.code, answer.note) if part),
        file=file,
        payment=payment if isinstance(payment, Payment) else None,
        room=ROOM if file.sender else "",  # the clearing systems name no sender
        now=now,
    )
