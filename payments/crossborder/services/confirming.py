"""Confirming a payment abroad, once: everything is looked at again, and the money is in transit."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from accounts.access import stepup
from accounts.models import Customer
from core.reviews import errors as desk_errors
from core.reviews import services as desk
from ledger import balances, posting
from ledger.calendar import business_date
from payments import watching
from payments.clearing.queries import lock_customer
from payments.clearing.services import accounts
from payments.crossborder import allowance, buying, figures, queries
from payments.crossborder.fees import Charges
from payments.crossborder.models import Payment
from payments.crossborder.quota import Basis, basis
from payments.crossborder.refusals import (
    BoughtForIt,
    GroundChanged,
    PapersNeeded,
    QuoteOver,
    TooLate,
    Undeclared,
)
from payments.crossborder.services import drafts, moves
from payments.crossborder.states import IN_TRANSIT, State
from payments.refusals import (
    AccountClosed,
    DraftVoid,
    InsufficientFunds,
    SumUnconfirmed,
    UnknownSource,
    UnknownTransfer,
)
from payments.services import booking
from payments.services.rules import OPERATION, Asked

SUBJECT = "crossborder"  # on the review desk
KIND = "abroad"  # what the rules against fraud call it
RACES = 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Act:
    """What was asked for, by whom, and when."""

    customer: Customer
    payment_id: uuid.UUID
    challenge_id: uuid.UUID
    declared: bool
    session: str
    sum_confirmed: int | None
    now: datetime


def moving(payment: Payment) -> watching.Moving:
    """This function will show a payment to the rules against fraud: by its worth in fen, whatever currency it goes in.

    It stands beside the payer's other payments only in one currency, and a large sum abroad is large in any.
    """
    return watching.Moving(
        kind=KIND,
        public_id=payment.public_id,
        payer_id=payment.payer_id,
        source_id=payment.source_id,
        destination_id=None,
        payee=f"{payment.payee_bic} {payment.payee_number}",
        payee_since=payment.payee.created_at,
        amount=payment.cny,
        currency=figures.HOME,
        by_code=True,
        own_desk=True,
    )


def shown(payment: Payment, papers: list[Any]) -> Mapping[str, Any]:
    """This function will spell out what the payer was shown and approves: the payload of the step-up.

    Documents are part of it by what is in them: another one than was shown is another act.
    """
    return {
        "transfer": str(payment.public_id),
        "from": payment.source.number,
        "payee": payment.payee_name,
        "address": payment.payee_address,
        "country": payment.payee_country,
        "bank": payment.payee_bic,
        "bank_country": payment.bank_country,
        "to": payment.payee_number,
        "amount": payment.amount,
        "currency": payment.currency,
        "leaves": payment.leaves,
        "debit": payment.debit,
        "debit_currency": payment.debit_currency,
        "charges": payment.charges,
        "fee": payment.fee,
        "fee_currency": payment.fee_currency,
        "quote": str(payment.quote or ""),
        "rate": "" if payment.rate is None else f"{payment.rate.normalize():f}",
        "ground": payment.basis,
        "purpose": payment.purpose,
        "purpose_note": payment.purpose_note,
        "memo": payment.memo,
        "documents": [paper.digest for paper in papers],
        "declared": True,
    }


def takes(*, customer: Customer, payment: Payment, now: datetime) -> Asked:
    """This function will say what confirming a draft takes, as things stand.

    Raises LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    standing = allowance.within_limits(customer=customer, worth=payment.cny, payee=payment.payee, now=now)
    return allowance.asked(customer=customer, worth=payment.cny, standing=standing, now=now)


def holds(*, customer: Customer, payment: Payment, now: datetime) -> None:
    """This function will refuse a draft whose rate or ground no longer holds, or whose documents are missing.

    Raises QuoteOver, GroundChanged, PapersNeeded.
    """
    today = business_date(now)
    if not buying.holds(customer=customer, payment=payment, now=now):
        raise QuoteOver
    year, day = queries.year_of(customer, on=today), queries.day_of(customer, on=today)
    buys = payment.quote is not None
    if basis(buys=buys, value=payment.usd, year=year, day=day) != payment.basis:
        raise GroundChanged
    if payment.basis == Basis.PAPERS and not payment.papers.exists():
        whole_on = date(today.year + 1, 1, 1) if buys else _tomorrow(today)
        raise PapersNeeded(year.left if buys else day.left, whole_on, buys=buys)


def _tomorrow(today: date) -> date:
    return today + timedelta(days=1)


def confirm(
    *,
    customer: Customer,
    payment_id: uuid.UUID,
    challenge_id: uuid.UUID,
    declared: bool,
    session: str = "",
    sum_confirmed: int | None = None,
    now: datetime,
) -> Payment:
    """This function will take the money into transit, once; a repeat is answered with the first result.

    One transaction: the payer's row is locked; quota, limits, quote and documents are looked at anew; the answered
    step-up is used up; the rules against fraud judge it (payments.watching); the quote is taken; the books take one
    entry; trail and outbox hear of it last. What the rules keep back is accepted as any other, since its rate is
    agreed, and waits on the desk instead of leaving (services.screening). Where they give no verdict, everything is
    undone and done once more by `watching.unjudged`.

    Raises UnknownTransfer, DraftVoid, Undeclared, UnknownSource, AccountClosed, UnknownPayee, PurposeClosed,
    CountryClosed, CurrencyNotSent, NotScreened, QuoteOver, GroundChanged, PapersNeeded, NotOffered, LimitReached,
    PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit, SumUnconfirmed, InsufficientFunds, stepup.Refused.
    `sum_confirmed` is the large sum of the day that the payer has confirmed in words, in fen.
    """
    act = _Act(customer, payment_id, challenge_id, declared, session, sum_confirmed, now)
    try:
        try:
            with transaction.atomic(durable=True):
                return _confirm(act, watching.judge)
        except watching.MonitorFailed as failure:
            log.error("monitor_failed", payment=str(payment_id), error=repr(failure.__cause__ or failure))
        with transaction.atomic(durable=True):
            return _confirm(act, watching.unjudged)
    except posting.BelowFloor:
        found = customer.payments_abroad.select_related("source").get(public_id=payment_id)
        ledger_id = found.source.ledger_account_id
        left = balances.of([ledger_id])[ledger_id].spendable
        raise InsufficientFunds(max(0, left or 0), found.debit_currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None


def _confirm(act: _Act, judge: Callable[..., watching.Verdict]) -> Payment:
    customer, now = act.customer, act.now
    payer = lock_customer(customer)
    payment = queries.locked(customer.payments_abroad, act.payment_id)
    if payment is None:
        raise UnknownTransfer
    if payment.state not in {State.DRAFT, State.VOID}:
        return payment
    if payment.state != State.DRAFT or payment.expires_at <= now:
        raise DraftVoid
    if not act.declared:
        raise Undeclared
    if payer.standing != Customer.Standing.VERIFIED:
        raise UnknownSource
    source, today = drafts.source_of(customer, payment.source.public_id), business_date(now)
    drafts.may_be_sent(payee=payment.payee, purpose=payment.purpose, currency=payment.currency, today=today)
    taken = payment.debit + (0 if payment.charges == Charges.BEN else payment.fee)
    drafts.through_the_doors(customer=payer, source=source, taken=taken, now=now)
    holds(customer=payer, payment=payment, now=now)
    asks = takes(customer=payer, payment=payment, now=now)
    if asks.total is not None and asks.total != act.sum_confirmed:
        raise SumUnconfirmed(asks.total, figures.HOME)
    stepup.consume(
        user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
        challenge_id=act.challenge_id,
        operation=OPERATION,
        payload=asks.binds(shown(payment, queries.papers_of(payment))),
        session=act.session,
        now=now,
    )
    payment.outcome = int(judge(moving(payment), now=now).outcome)
    payment.not_judged = judge is watching.unjudged
    payment.entry_id = _book(payer, payment, today, now)
    payment.step_up, payment.declared_at = act.challenge_id, now
    payment.business_date, payment.confirmed_at = today, now
    moves.step(
        payment,
        State.ACCEPTED,
        now=now,
        also=["step_up", "entry", "declared_at", "business_date", "confirmed_at", "outcome", "not_judged"],
        actor=customer.user,
    )
    if payment.not_judged:
        booking.tell_operations(payment.public_id, held=is_kept_back(payment), now=now)
    return payment


def is_kept_back(payment: Payment) -> bool:
    """This function will say whether the rules against fraud want people to decide before a payment leaves."""
    return payment.outcome is not None and payment.outcome > watching.Outcome.STEP_UP


def _book(payer: Customer, payment: Payment, today: date, now: datetime) -> int:
    """Take the money from the account into transit, what is bought for it through the position, in one entry."""
    account, text = payment.source.ledger_account_id, moves.narrative(payment)
    lines = [posting.Line(account, -payment.debit, text)]
    if payment.quote is not None:
        lines += buying.take(customer=payer, payment=payment, now=now)
    transit = accounts.own(moves.TRANSIT, payment.currency, now=now)
    lines.append(posting.Line(transit, payment.amount, payment.reference))
    if payment.charges != Charges.BEN and payment.fee:
        fees = accounts.own(moves.TRANSIT, payment.fee_currency, now=now)
        lines.append(posting.Line(account, -payment.fee, text))
        lines.append(posting.Line(fees, payment.fee, payment.reference))
    return posting.post(
        key=f"crossborder:{payment.public_id}",
        kind=moves.KIND,
        channel="online",
        business_date=today,
        lines=lines,
    ).entry_id


def may_take_back(payment: Payment) -> bool:
    """This function will say whether the payer can take a payment back: not left, nothing bought for it."""
    return payment.state in IN_TRANSIT and payment.quote is None and payment.message_id is None


def take_back(*, customer: Customer, payment_id: uuid.UUID, now: datetime) -> bool:
    """This function will give the money of a payment that has not left back to its payer; False when that was done.

    Locks as deciding does (the case first, then the payment): one of the two wins.
    Raises UnknownTransfer, TooLate, BoughtForIt.
    """
    for _try in range(RACES):
        done = _take_back(customer, payment_id, now)
        if done is not None:
            return done
    raise TooLate


def _take_back(customer: Customer, payment_id: uuid.UUID, now: datetime) -> bool | None:
    """Take a payment back; None when it came to the desk between the two locks, so that both have to be asked anew."""
    with transaction.atomic(durable=True):
        found = queries.payment_of(customer, payment_id)
        if found is None or found.state in {State.DRAFT, State.VOID}:
            raise UnknownTransfer
        if found.quote is not None and found.state in IN_TRANSIT:
            raise BoughtForIt
        try:
            case = desk.withdraw(subject=SUBJECT, subject_id=str(payment_id), actor=customer.user, now=now)
        except desk_errors.Closed:
            raise TooLate from None
        payment = queries.locked(customer.payments_abroad, payment_id)
        if payment is None:
            raise UnknownTransfer
        if payment.state == State.REVOKED:
            return False
        if payment.state == State.REVIEW and case is None:
            return None
        if not may_take_back(payment):
            raise TooLate
        moves.give_back(payment, State.REVOKED, now=now, actor=customer.user)
    return True
