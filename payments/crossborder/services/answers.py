"""What a correspondent's status or return does to the payment it names. What does not fit goes to the repair queue and
moves nothing.

Files come in any order, late and twice, so every answer is held against where the payment stands:

                     sent         arrived        rejected          returned          accepted, ready, refused, revoked
    on the way       note         note           note              note              contradicts
    ACSC             note         note           contradicts       note              contradicts
    ACCC             arrive       known before   contradicts       known before      contradicts
    RJCT             come back    contradicts    known before      contradicts       contradicts
    return           come back    come back      contradicts       known before *    contradicts

*  as long as it is the same amount: a second one is money that nobody expects.

ACCC says that the payee's account was credited; ACSC only that the banks have settled among themselves, so it is passed
on to the payer as news and not as the arrival. An answer for a payment whose message lies ready proves that it left.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from ledger.money import Money
from payments.clearing.messages.incoming import Message, Return, Status
from payments.clearing.messages.safe import Unreadable
from payments.clearing.models import InboundFile, RepairItem
from payments.clearing.services import reconciling, repairs
from payments.clearing.services.applying import REJECTED
from payments.clearing.services.taking import Way
from payments.crossborder import correspondents, queries
from payments.crossborder.models import Payment
from payments.crossborder.services import coming, moves
from payments.crossborder.services.nostro import NOSTRO
from payments.crossborder.states import LEFT, State

DIRECTION = "abroad in"  # what signatures of correspondents say: a file of the clearing systems is none of theirs
ARRIVED, SETTLED = frozenset({"ACCC"}), frozenset({"ACSC"})
ON_THE_WAY = frozenset({"RCVD", "ACTC", "ACCP", "ACSP", "PDNG", "ACWC"})


def sender(message: Message) -> str:
    """This function will name the correspondent a message comes from by its BIC. Raises Unreadable."""
    if message.kind == "statement":
        kept = {one.account: one.bic for one in correspondents.all_of_them().values()}
        found = {kept.get(statement.account, "") for statement in message.statements}
        if len(found) != 1 or "" in found:
            raise Unreadable("account", ", ".join(statement.account for statement in message.statements)[:100])
        return found.pop()
    if message.kind not in {"status", "return", "answer"}:
        raise Unreadable("namespace", message.kind)
    if message.sender not in {one.bic for one in correspondents.all_of_them().values()}:
        raise Unreadable("sender", message.sender)
    return message.sender


def apply(message: Message, file: InboundFile, now: datetime) -> None:
    """This function will do what a message says, in one transaction, payments locked in order. Raises Unreadable."""
    for statement in message.statements:
        reconciling.take_statement(statement, file=file, side=NOSTRO, now=now)
    if message.kind == "answer":
        import_string(settings.CROSSBORDER_ANSWERS)(message.answers, file=file, now=now)
        return
    answers: list[Status | Return] = [*message.statuses, *message.returns]
    if not answers:
        return
    found = queries.locked_by_reference({answer.reference for answer in answers})
    for answer in answers:
        payment = found.get(answer.reference)
        if payment is None:
            _to_repair(answer, "unknown_payment", file, now)
        elif (cause := _amiss(answer, payment, file)) or (cause := _held_against(answer, payment, file, now)):
            _to_repair(answer, cause, file, now)


FROM_CORRESPONDENTS = Way(name="crossborder", room=coming.ROOM, direction=DIRECTION, sender=sender, apply=apply)


def _amiss(answer: Status | Return, payment: Payment, file: InboundFile) -> str:
    """Say what is wrong with an answer as such; an empty text when it can be held against its payment."""
    if payment.message is None:
        return "contradicts"
    if file.sender != payment.message.correspondent:
        return "wrong_sender"
    if answer.original_message and answer.original_message != payment.message.message_id:
        return "wrong_message"
    if answer.amount is None:
        return ""
    if answer.amount.currency != payment.currency:
        return "wrong_currency"
    whole = answer.amount.minor == payment.leaves
    return "" if whole or (isinstance(answer, Return) and answer.amount.minor < payment.leaves) else "wrong_amount"


def _held_against(answer: Status | Return, payment: Payment, file: InboundFile, now: datetime) -> str:
    """Do what an answer says where the payment stands; the cause for people to look, or an empty text."""
    moves.has_left(payment, now=now)
    if State(payment.state) not in LEFT:
        return "contradicts"
    if isinstance(answer, Return):
        return _return(answer, payment, file, now)
    return _status(answer, payment, file, now)


def _status(answer: Status, payment: Payment, file: InboundFile, now: datetime) -> str:
    state, said = State(payment.state), answer.status
    known: Mapping[str, frozenset[State]] = {
        **dict.fromkeys(ON_THE_WAY, frozenset(LEFT)),
        **dict.fromkeys(SETTLED, LEFT - {State.REJECTED}),
        **dict.fromkeys(ARRIVED, frozenset({State.ARRIVED, State.RETURNED})),
        **dict.fromkeys(REJECTED, frozenset({State.REJECTED})),
    }
    if said not in known:
        return "unknown_status"
    if state is State.SENT and said in ARRIVED:
        coming.arrive(payment, heard=said, now=now, file=file)
    elif state is State.SENT and said in REJECTED:
        coming.come_back(
            payment, State.REJECTED, amount=payment.leaves, heard=said, code=answer.code, words=answer.note,
            file=file, now=now,
        )  # fmt: skip
    elif state in known[said]:
        coming.note(payment, heard=said, code=answer.code, now=now, file=file)
        if state is State.REJECTED:
            coming.learn_reason(payment, answer.code, now=now)
    else:
        return "contradicts"
    return ""


def _return(answer: Return, payment: Payment, file: InboundFile, now: datetime) -> str:
    state = State(payment.state)
    if state is State.REJECTED or (state is State.RETURNED and answer.amount.minor != payment.came_back):
        return "contradicts"
    if state is State.RETURNED:
        coming.note(payment, heard="pacs.004", code=answer.code, now=now, file=file)
        coming.learn_reason(payment, answer.code, now=now)
        return ""
    if coming.too_little(payment, answer.amount.minor, now=now):
        return "too_little"
    coming.come_back(
        payment, State.RETURNED, amount=answer.amount.minor, heard="pacs.004", code=answer.code, words=answer.note,
        file=file, now=now,
    )  # fmt: skip
    return ""


def _to_repair(answer: Status | Return, cause: str, file: InboundFile, now: datetime) -> None:
    what = answer.status if isinstance(answer, Status) else "pacs.004"
    money: Money | None = answer.amount
    repairs.queue(
        kind=RepairItem.Kind.MESSAGE,
        cause=cause,
        reference=answer.reference,
        amount=money.minor if money else None,
        currency=money.currency if money else "",
        said=" ".join(part for part in (what, answer.code, answer.note) if part),
        file=file,
        room=coming.ROOM,
        now=now,
    )
