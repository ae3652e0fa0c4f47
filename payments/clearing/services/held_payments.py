"""Held payments to other banks: the way that `payments.services.holding` walks with them.

A promise made before the payment was held stays where it can still be kept; otherwise the one that is made when it goes
counts from then on. Its payer was told that it waits.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from core import outbox
from ledger import posting
from ledger.calendar import business_date
from ledger.money import Money
from payments import watching, ways
from payments.clearing import allowance, queries
from payments.clearing.models import Payment, Step
from payments.clearing.notices import bank_name
from payments.clearing.services import accepting
from payments.clearing.states import State
from payments.models import Holding
from payments.refusals import AccountClosed, UnknownSource
from payments.services import booking

SUBJECT = "clearing.payment"


@dataclass(frozen=True, slots=True)
class _Row:
    payer: Customer  # as it is under the lock
    payment: Payment


class BankPayments:
    """As payments.ways.Way."""

    subject = SUBJECT

    def locked(self, customer: Customer, payment_id: uuid.UUID, *, now: datetime) -> _Row | None:  # noqa: ARG002
        payer = queries.lock_customer(customer)
        payment = queries.locked(customer.bank_payments, payment_id)
        return None if payment is None else _Row(payer, payment)

    def moving(self, held: ways.Held) -> watching.Moving:
        return accepting.moving(held.row.payment)

    def approves(self, payment_id: uuid.UUID) -> Mapping[str, Any]:
        return {**accepting.shown(_get(payment_id)), "held": True}

    def send(self, held: ways.Held, *, by: Holding.By, actor: Any, now: datetime) -> None:
        payer, payment = held.row.payer, held.row.payment
        source = queries.source_of(payer, payment.source.public_id)
        if payer.standing != Customer.Standing.VERIFIED or source is None:
            raise UnknownSource
        if not ways.access_stands(held.customer.user):
            raise UnknownSource
        if not source.open:
            raise AccountClosed
        accepting.pass_doors(
            payer, source_id=payment.source_id, amount=payment.amount, currency=payment.currency, now=now
        )
        promise = accepting.promise_of(payment, now=now)
        posted = posting.capture_hold(
            hold_id=held.holding.hold_id,
            key=accepting.key(payment),
            kind=accepting.KIND,
            channel=held.holding.channel,
            business_date=business_date(now),
            lines=accepting.lines(payment, now=now),
        )
        accepting.accept(
            held.customer, payment, entry_id=posted.entry_id, found=promise, actor=actor,
            more={"held": True, "by": by.value}, now=now,
        )  # fmt: skip

    def stop(self, held: ways.Held, *, now: datetime) -> outbox.Change | None:
        payment = held.row.payment
        Step.objects.create(payment=payment, state=State.STOPPED.value, at=now)
        return outbox.Change(_STOP, [payment.pk])

    def shown(self, payment_id: uuid.UUID) -> ways.Shown:
        payment = _get(payment_id)
        return ways.Shown(
            public_id=payment_id,
            reference=payment.reference,
            money=Money(payment.amount, payment.currency),
            payee=payment.payee_name,
            number=grouped(payment.payee_number),
            bank=bank_name(payment.payee_bank),
            source_number=grouped(payment.source.number),
            memo=payment.memo,
            arrival=_("What we promised about its arrival counts from the moment it goes."),
            page=reverse("bank_payment", args=[payment_id]),
            again=_again(payment_id),
        )


def hold(
    customer: Customer,
    payment: Payment,
    *,
    proof: booking.Proof,
    verdict: watching.Verdict,
    channel: str = "online",
    actor: str = "",
    now: datetime,
) -> None:
    """This function will hold the money of a draft on its account; `actor` where its payer has not just confirmed it.

    Raises what the books raise, and NothingChanged.
    """
    Step.objects.create(payment=payment, state=State.HELD.value, at=now)
    booking.hold_money(
        customer,
        booking.Waiting(
            subject=SUBJECT,
            kind=allowance.KIND,
            public_id=payment.public_id,
            ledger_id=payment.source.ledger_account_id,
            key=accepting.key(payment),
            amount=payment.amount,
            currency=payment.currency,
            payee_since=accepting.known_since(payment) or now,
            change=outbox.Change(_HOLD, [proof.challenge_id, payment.pk]),
            channel=channel,
            actor=actor,
        ),
        proof=proof,
        verdict=verdict,
        now=now,
    )


def _get(payment_id: uuid.UUID) -> Payment:
    return Payment.objects.select_related("source").get(public_id=payment_id)


def _again(payment_id: uuid.UUID) -> str:
    try:
        return f"{reverse('bank_transfer')}?draft={payment_id}"
    except NoReverseMatch:  # this bank reaches no other bank any more
        return ""


_HOLD = """
    UPDATE clearing_payment SET state = 'held', step_up = %s::uuid WHERE id = %s AND state = 'draft' RETURNING id
"""
_STOP = "UPDATE clearing_payment SET state = 'stopped' WHERE id = %s AND state = 'held' RETURNING id"
