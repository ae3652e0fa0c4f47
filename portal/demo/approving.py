"""A transfer of a demo person, here or to another bank, approved as its payer does: with the code of that moment."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.access import codes, stepup
from accounts.models import Customer
from payments import queries
from payments.clearing.models import Payment
from payments.clearing.services import payments
from payments.services import rules, transfers
from portal.demo import people
from portal.demo.people import DemoPerson


def confirm(person: DemoPerson, payer: Customer, *, transfer_id: uuid.UUID, now: datetime) -> transfers.Confirmed:
    """This function will confirm a draft of somebody who signs in; raises what `transfers.confirm` raises."""
    transfer = queries.transfer_of(payer, transfer_id)
    assert transfer is not None  # noqa: S101 - drafted a moment ago
    standing = queries.standing(customer_id=payer.pk, currency=transfer.currency, payee_id=transfer.payee_id, now=now)
    takes = transfers.asked(transfer, standing=standing, careful_until=payer.careful_until, seconds=None, now=now)
    question = _answered(person, payer, takes.binds(rules.shown(transfer)), now=now)
    return transfers.confirm(customer=payer, transfer_id=transfer_id, challenge_id=question, now=now)


def confirm_elsewhere(person: DemoPerson, payer: Customer, *, payment_id: uuid.UUID, now: datetime) -> Payment:
    """This function will confirm a draft to another bank; raises what `payments.confirm` raises."""
    payment = payer.bank_payments.select_related("source").get(public_id=payment_id)
    takes = payments.takes(customer=payer, payment=payment, now=now)
    question = _answered(person, payer, takes.binds(payments.shown(payment)), now=now)
    return payments.confirm(
        customer=payer, payment_id=payment_id, challenge_id=question, sum_confirmed=takes.total, now=now
    )


def _answered(person: DemoPerson, payer: Customer, payload: Mapping[str, Any], *, now: datetime) -> uuid.UUID:
    assert payer.user is not None  # noqa: S101 - those who approve sign in
    question = stepup.start(user=payer.user, operation=rules.OPERATION, payload=payload, now=now)
    code = codes.code_at(secret=people.totp_secret(person), moment=now)
    stepup.answer(user=payer.user, challenge_id=question.id, code=code, now=now)
    return question.id
