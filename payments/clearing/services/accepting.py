"""Taking a payment to another bank into clearing: what it has to pass, what it is promised, what is booked.

Asked when its payer confirms it, and once more when it was held before it goes (services.held_payments).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Customer
from core import policy
from ledger import posting
from ledger.calendar import business_date
from payments import watching
from payments.clearing import allowance, banks
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode, NoPath, Offer
from payments.clearing.refusals import NoWay, UnknownBank
from payments.clearing.services import accounts, moves, promises
from payments.clearing.states import State
from payments.services import doors

KIND = "clearing.payment"


def shown(payment: Payment) -> Mapping[str, str | int]:
    """This function will spell out what the payer was shown and approves: the payload of the step-up."""
    promised = "" if payment.mode == Mode.REAL_TIME else payment.promised_by.isoformat()
    return {
        "transfer": str(payment.public_id),
        "from": payment.source.number,
        "bank": payment.payee_bank,
        "to": payment.payee_number,
        "payee": payment.payee_name,
        "amount": payment.amount,
        "currency": payment.currency,
        "memo": payment.memo,
        "mode": payment.mode,
        "path": payment.path,
        "promised_by": promised,
    }


def pass_doors(payer: Customer, *, source_id: int, amount: int, currency: str, now: datetime) -> None:
    """This function will ask what the accounts' floor lays down. Raises IdentityExpired, ClassLimit, NotOffered."""
    today = business_date(now)
    doors.money_may_leave(document_expires_on=payer.document_expires_on, stays_own=False, today=today)
    doors.class_allows(
        classed=True, source_id=source_id, destination_id=None, own=False, amount=amount, currency=currency, today=today
    )


def promise_of(payment: Payment, *, now: datetime) -> Offer:
    """This function will make the promise for a payment as it goes now. Raises UnknownBank, NoWay, NotOffered."""
    return promise(payment.payee_bank, Mode(payment.mode), payment.amount, payment.currency, now=now)


def promise(bank_code: str, mode: Mode, amount: int, currency: str, *, now: datetime) -> Offer:
    """This function will make the promise for what would go now. Raises UnknownBank, NoWay, NotOffered."""
    bank = banks.find(bank_code)
    if bank is None:
        raise UnknownBank(bank_code)
    found = promises.offer(mode=mode, amount=amount, currency=currency, bank=bank, now=now)
    if isinstance(found, NoPath):
        raise NoWay(found)
    return found


def moving(payment: Payment, *, by_code: bool = True, channel: str = "online") -> watching.Moving:
    """This function will say what the monitor is asked about a payment. What its payer sends this moment has a code."""
    return watching.Moving(
        kind=allowance.KIND,
        public_id=payment.public_id,
        payer_id=payment.payer_id,
        source_id=payment.source_id,
        destination_id=None,
        payee=f"{payment.payee_bank} {payment.payee_number}",
        payee_since=known_since(payment),
        amount=payment.amount,
        currency=payment.currency,
        by_code=by_code,
        channel=channel,
    )


def known_since(payment: Payment) -> datetime | None:
    """This function will say when the payer first paid this account at the other bank; None while they have not."""
    return allowance.known_since(payer_id=payment.payer_id, bank=payment.payee_bank, number=payment.payee_number)


def key(payment: Payment) -> str:
    """This function will give a payment's key in the books, for its entry and for the hold before it."""
    return f"clearing:{payment.public_id}"


def lines(payment: Payment, *, now: datetime) -> list[posting.Line]:
    """This function will write both sides of the entry that takes a payment's money into clearing."""
    return [
        posting.Line(payment.source.ledger_account_id, -payment.amount, moves.narrative(payment)),
        posting.Line(accounts.own("clearing", payment.currency, now=now), payment.amount, payment.reference),
    ]


def accept(
    customer: Customer,
    payment: Payment,
    *,
    entry_id: int,
    found: Offer,
    actor: Any,
    more: Mapping[str, Any],
    now: datetime,
) -> None:
    """This function will accept a payment whose money was taken into clearing a moment ago, in the same transaction.

    A promise that was made before and can be kept stays; otherwise the one made now counts. Raises IllegalStep.
    """
    if not holds(payment, found) or payment.mode == Mode.REAL_TIME:
        payment.promised_by = found.arrives_by
    payment.path, payment.execute_at, payment.entry_id = found.path.value, found.execute_at, entry_id
    payment.business_date, payment.confirmed_at = business_date(now), now
    moves.step(
        payment,
        State.ACCEPTED,
        now=now,
        also=["step_up", "entry", "path", "execute_at", "promised_by", "business_date", "confirmed_at"],
        actor=actor,
        more=more,
    )
    if payment.keep_payee:
        _keep(customer, payment, now)


def holds(payment: Payment, found: Offer) -> bool:
    """This function will say whether the promise that was shown is still kept when the payment goes now."""
    if found.path.value != payment.path:
        return False
    return payment.mode == Mode.REAL_TIME or found.arrives_by <= payment.promised_by


def _keep(customer: Customer, payment: Payment, now: datetime) -> None:
    most = int(policy.value("payee.most", on=business_date(now)))
    kept = customer.other_payees.filter(archived_at=None)
    there = kept.filter(bank_code=payment.payee_bank, number=payment.payee_number).first()
    if there is None and kept.count() < most:
        OtherPayee.objects.create(
            customer=customer,
            bank_code=payment.payee_bank,
            number=payment.payee_number,
            name=payment.payee_name,
            created_at=now,
        )
    elif there is not None and there.name != payment.payee_name:
        there.name = payment.payee_name
        there.save(update_fields=["name"])
