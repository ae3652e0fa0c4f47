"""Asking for a payment's money back, once for each payment. No money moves here."""

import uuid
from datetime import date, datetime

from django.db import transaction

from accounts.models import Customer
from ledger.calendar import business_date
from payments import references
from payments.clearing import queries as clearing
from payments.clearing.services.payments import may_take_back
from payments.clearing.states import BACK, UNCONFIRMED, WAITED
from payments.clearing.states import State as Payment
from payments.crossborder import queries as crossborder
from payments.crossborder.services import confirming
from payments.crossborder.states import BACK as BACK_ABROAD
from payments.crossborder.states import CAME_BACK, IN_TRANSIT
from payments.crossborder.states import CONFIRMED as CONFIRMED_ABROAD
from payments.crossborder.states import State as Abroad
from payments.models import Transfer
from payments.recalls import figures, queries
from payments.recalls.models import Recall
from payments.recalls.reasons import WHYS
from payments.recalls.refusals import AlreadyBack, CanTakeBack, IsAReturn, NotLeft, OwnAccounts, TooOld, Unknown
from payments.recalls.services import moves
from payments.recalls.states import Asked


def ask_payee(*, customer: Customer, transfer_id: uuid.UUID, why: str, words: str, now: datetime) -> Recall:
    """This function will ask the payee of a transfer at this bank to give its money back.

    Starts a transaction and locks the transfer. A repeat is answered with the request that was made. Raises Unknown,
    OwnAccounts, IsAReturn, TooOld.
    """
    _known(why)
    with transaction.atomic(durable=True):
        transfer = (
            customer.transfers.select_for_update(of=("self",), no_key=True)
            .filter(public_id=transfer_id, state=Transfer.State.CONFIRMED)
            .first()
        )
        if transfer is None:
            raise Unknown
        there = Recall.objects.filter(transfer=transfer).first()
        if there is not None:
            return there
        if transfer.kind == Transfer.Kind.OWN:
            raise OwnAccounts
        if queries.is_a_return(transfer):
            raise IsAReturn
        _in_time(transfer.business_date, now)
        return _made(
            customer, now, Asked.PAYEE, transfer=transfer, why=why, words=words, amount=transfer.amount,
            currency=transfer.currency,
        )  # fmt: skip


def ask_bank(*, customer: Customer, payment_id: uuid.UUID, why: str, words: str, now: datetime) -> Recall:
    """This function will ask for the money of a payment to another bank; the request leaves with the next round.

    Starts a transaction and locks the payment, as everything does that moves it. A repeat is answered with the request
    that was made. Raises Unknown, CanTakeBack while the payment has not left, AlreadyBack, TooOld.
    """
    _known(why)
    with transaction.atomic(durable=True):
        payment = clearing.locked(customer.bank_payments, payment_id)
        if payment is None or payment.state in UNCONFIRMED | WAITED:
            raise Unknown
        there = Recall.objects.filter(payment=payment).first()
        if there is not None:
            return there
        if may_take_back(payment, now=now):
            raise CanTakeBack
        if Payment(payment.state) in BACK:
            raise AlreadyBack
        _in_time(payment.business_date, now)
        return _made(
            customer, now, Asked.BANK, payment=payment, why=why, words=words, amount=payment.amount,
            currency=payment.currency,
        )  # fmt: skip


def ask_abroad(*, customer: Customer, payment_id: uuid.UUID, why: str, words: str, now: datetime) -> Recall:
    """This function will ask for the money of a payment abroad, as much as left the bank, in its currency.

    The request leaves with the next round, through the correspondent that carried the payment. Starts a transaction and
    locks the payment, as everything does that moves it. A repeat is answered with the request that was made. Raises
    Unknown, CanTakeBack and NotLeft while the payment has not left, AlreadyBack, TooOld.
    """
    _known(why)
    with transaction.atomic(durable=True):
        payment = crossborder.locked(customer.payments_abroad, payment_id)
        if payment is None or Abroad(payment.state) not in CONFIRMED_ABROAD:
            raise Unknown
        there = Recall.objects.filter(abroad=payment).first()
        if there is not None:
            return there
        state = Abroad(payment.state)
        if state in CAME_BACK | BACK_ABROAD:
            raise AlreadyBack
        if state in IN_TRANSIT:
            raise CanTakeBack if confirming.may_take_back(payment) else NotLeft
        _in_time(payment.business_date, now)
        return _made(
            customer, now, Asked.ABROAD, abroad=payment, why=why, words=words, amount=payment.leaves,
            currency=payment.currency,
        )  # fmt: skip


def _known(why: str) -> None:
    if why not in WHYS:
        raise ValueError(why)


def _in_time(booked_on: date | None, now: datetime) -> None:
    since = figures.may_ask_since(now)
    if booked_on is None or booked_on < since:
        raise TooOld(since)


def _made(customer: Customer, now: datetime, asked: Asked, **values: object) -> Recall:
    recall: Recall = Recall.objects.create(
        reference="R" + references.new_reference(business_date(now))[1:],
        payer=customer,
        asked_at=now,
        answer_by=figures.answer_by(asked, now=now),
        **values,
    )
    moves.begin(recall, actor=customer.user, now=now)
    return recall
