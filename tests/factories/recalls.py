"""Money asked back and movements disputed, for tests. Money comes through the books' own door."""

import uuid
from datetime import datetime

from accounts import queries as holders
from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import BankAccount, Customer
from payments import movements, queries
from payments.clearing.models import Payment
from payments.models import Transfer
from payments.recalls.models import Dispute, Recall
from payments.recalls.services import asking, disputing, giving
from payments.services import transfers
from tests.factories import clearing
from tests.factories import payments as money


def paid(two: money.Pair, amount: int = 100_00, *, memo: str = "", now: datetime) -> Transfer:
    """A transfer of a pair's payer that is booked."""
    made = transfers.draft(
        customer=two.payer, key=uuid.uuid4(), order=money.order(two, amount, memo=memo), now=now
    ).transfer_id
    record = queries.transfer_of(two.payer, made)
    assert record is not None
    question = _answered(two.payer, transfers.OPERATION, transfers.shown(record), now)
    transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=question, now=now)
    return Transfer.objects.select_related("source", "destination").get(public_id=made)


def asked(two: money.Pair, transfer: Transfer, *, why: str = "account", words: str = "", now: datetime) -> Recall:
    """The payer of a pair asks for a transfer's money."""
    return asking.ask_payee(customer=two.payer, transfer_id=transfer.public_id, why=why, words=words, now=now)


def question(payee: Customer, recall: Recall, now: datetime) -> uuid.UUID:
    """Put the question for giving back and mark it as answered rightly, as `stepup.answer` does."""
    proof = giving.proof(customer=payee, recall=recall, now=now)
    return _answered(payee, giving.OPERATION, stepup.bound(giving.shown(recall), proof), now)


def given(two: money.Pair, recall: Recall, *, now: datetime) -> Transfer:
    """The payee of a pair gives the money back."""
    return giving.accept(
        customer=two.receiver,
        recall_id=recall.public_id,
        challenge_id=question(two.receiver, recall, now),
        now=now,
    )


def asked_bank(by: clearing.Payer, payment: Payment, *, why: str = "account", words: str = "", now: datetime) -> Recall:
    """A payer asks for the money of a payment to another bank."""
    return asking.ask_bank(customer=by.customer, payment_id=payment.public_id, why=why, words=words, now=now)


def disputed(
    who: Customer,
    account: BankAccount,
    number: int,
    *,
    about: Dispute.About = Dispute.About.NOT_MINE,
    words: str = "I know nothing of it.",
    now: datetime,
) -> Dispute:
    """A customer says that a movement is not right."""
    held = holders.account_of(who, account.public_id)
    movement = movements.movement_of(account.pk, number)
    assert held is not None
    assert movement is not None
    return disputing.begin(
        customer=who, account=held, movement=movement, key=uuid.uuid4(), said=disputing.Said(about, words), now=now
    )


def for_rights(two: money.Pair, now: datetime) -> Recall:
    """The one recall of a pair: its payer asks its payee."""
    return Recall.objects.filter(payer=two.payer).first() or asked(two, paid(two, 1_00, now=now), now=now)


def back_to_payer(two: money.Pair, now: datetime) -> Recall:
    """A recall that a pair's payer is asked: its payee has sent money and wants it back."""
    found = Recall.objects.filter(payer=two.receiver).first()
    if found is not None:
        return found
    turned = money.Pair(
        two.receiver, two.destination, money.payee(two.receiver, two.source, now=now), two.payer, two.source
    )
    money.pay_in(two.destination, 5_00, now=now)
    return asked(turned, paid(turned, 1_00, now=now), now=now)


def for_rights_dispute(two: money.Pair, now: datetime) -> Dispute:
    return Dispute.objects.filter(customer=two.payer).first() or disputed(two.payer, two.source, 1, now=now)


def _answered(who: Customer, operation: str, payload: stepup.Payload, now: datetime) -> uuid.UUID:
    assert who.user is not None
    put = stepup.start(user=who.user, operation=operation, payload=payload, session="", now=now)
    StepUp.objects.filter(public_id=put.id).update(verified_at=now)
    return put.id
