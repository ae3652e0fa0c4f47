"""Payees abroad: kept after their number was judged, told to the customer, taken off the list again."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from core import audit, outbox, policy
from ledger.calendar import business_date
from payments import queries as payments
from payments.crossborder import queries
from payments.crossborder.models import PayeeAbroad
from payments.crossborder.refusals import AlreadyThere, TooManyPayees, UnknownPayee
from payments.services.payees import Entry, keep

ADDED = "crossborder.payee_added"


@dataclass(frozen=True, slots=True)
class NewPayee:
    """A payee as the form has judged them."""

    name: str
    address: str
    country: str
    bank_country: str
    is_iban: bool
    number: str
    bic: str
    bank_name: str


def add(*, customer: Customer, key: uuid.UUID, payee: NewPayee, now: datetime) -> PayeeAbroad:
    """This function will keep a payee abroad, once for each form, and tell the customer.

    Raises AlreadyThere, TooManyPayees.
    """
    most = int(policy.value("payee.most", on=business_date(now)))
    with transaction.atomic():
        payments.lock(customer)
        before = customer.payees_abroad.filter(key=key).first()
        if before is not None:
            return before  # type: ignore[no-any-return]  # related managers are untyped here
        kept = customer.payees_abroad.filter(archived_at=None)
        if kept.filter(bic=payee.bic, number=payee.number).exists():
            raise AlreadyThere
        if kept.count() >= most:
            raise TooManyPayees(most)
        made = PayeeAbroad.objects.create(
            customer=customer,
            key=key,
            name=payee.name,
            address=payee.address,
            country=payee.country,
            bank_country=payee.bank_country,
            is_iban=payee.is_iban,
            number=payee.number,
            bic=payee.bic,
            bank_name=payee.bank_name,
            created_at=now,
        )
        outbox.record(
            kind=ADDED,
            payload={"payee": str(made.public_id)},
            owner=customer,
            act=audit.Act(
                act=ADDED,
                subject=f"crossborder.payee:{made.public_id}",
                actor=customer.user,
                after={"bank_country": made.bank_country, "bic": made.bic},
            ),
            now=now,
        )
    return made


def arrange(*, customer: Customer, payee_id: uuid.UUID, entry: Entry, now: datetime) -> bool:
    """This function will change how a customer keeps a payee abroad; says whether anything changed.

    Raises UnknownPayee.
    """
    with transaction.atomic():
        payments.lock(customer)
        payee = queries.payee_of(customer, payee_id)
        if payee is None:
            raise UnknownPayee
        return keep(payee, entry, act="crossborder.payee_changed", actor=customer.user, now=now)


def remove(*, customer: Customer, payee_id: uuid.UUID, now: datetime) -> bool:
    """This function will take a payee off the list and answer whether this call did. Raises UnknownPayee."""
    with transaction.atomic():
        payments.lock(customer)
        payee = customer.payees_abroad.filter(public_id=payee_id).first()
        if payee is None:
            raise UnknownPayee
        if payee.archived_at is not None:
            return False
        payee.archived_at = now
        payee.save(update_fields=["archived_at"])
        audit.record(act="crossborder.payee_removed", subject=payee, actor=customer.user, now=now)
    return True
