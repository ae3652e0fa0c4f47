"""Keeping a transfer by a name. A template moves nothing: it fills in the form that is checked like any other."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from core import audit, policy
from ledger.calendar import business_date
from payments import queries as transfers
from payments.clearing import queries as bank_payments
from payments.models import Transfer
from payments.requests.models import Template
from payments.requests.refusals import NameTaken, NothingToKeep, TooManyTemplates, UnknownTemplate


def keep(*, customer: Customer, of: uuid.UUID, name: str, now: datetime) -> uuid.UUID:
    """This function will make a template of a transfer or payment the customer has sent, and answer its public id.

    The same transfer by the same name is answered with the template there is. Raises NothingToKeep, NameTaken,
    TooManyTemplates.
    """
    made = _of_transfer(customer, of) or _of_payment(customer, of)
    if made is None:
        raise NothingToKeep
    made.name, made.customer, made.created_at = name, customer, now
    with transaction.atomic():
        transfers.lock(customer)
        there = customer.transfer_templates.filter(name=name).first()
        if there is not None:
            if _content(there) == _content(made):
                return there.public_id
            raise NameTaken
        most = int(policy.value("template.most", on=business_date(now)))
        if customer.transfer_templates.count() >= most:
            raise TooManyTemplates(most)
        made.save()
        audit.record(act="requests.template_kept", subject=_subject(made), actor=customer.user, now=now)
    return made.public_id


def _of_transfer(customer: Customer, of: uuid.UUID) -> Template | None:
    found = transfers.transfer_of(customer, of)
    if found is None or found.state != Transfer.State.CONFIRMED:
        return None
    return Template(
        kind=Template.Kind.OWN if found.kind == Transfer.Kind.OWN else Template.Kind.CUSTOMER,
        source_id=found.source_id,
        destination_id=found.destination_id,
        shown_name=found.shown_name,
        amount=found.amount,
        currency=found.currency,
        memo=found.memo,
    )


def _of_payment(customer: Customer, of: uuid.UUID) -> Template | None:
    found = bank_payments.payment_of(customer, of)
    if found is None or found.confirmed_at is None:
        return None
    return Template(
        kind=Template.Kind.BANK,
        source_id=found.source_id,
        shown_name=found.payee_name,
        bank_code=found.payee_bank,
        bank_number=found.payee_number,
        mode=found.mode,
        amount=found.amount,
        currency=found.currency,
        memo=found.memo,
    )


def _content(one: Template) -> tuple[object, ...]:
    return (
        one.kind, one.source_id, one.destination_id, one.shown_name, one.bank_code, one.bank_number, one.mode,
        one.amount, one.currency, one.memo,
    )  # fmt: skip


def arrange(*, customer: Customer, template_id: uuid.UUID, name: str, favourite: bool, now: datetime) -> bool:
    """This function will rename a template or keep it on top; says whether anything changed.

    Raises UnknownTemplate, NameTaken.
    """
    with transaction.atomic():
        transfers.lock(customer)
        found = customer.transfer_templates.filter(public_id=template_id).first()
        if found is None:
            raise UnknownTemplate
        if (found.name, found.favourite) == (name, favourite):
            return False
        if customer.transfer_templates.filter(name=name).exclude(pk=found.pk).exists():
            raise NameTaken
        found.name, found.favourite = name, favourite
        found.save(update_fields=["name", "favourite"])
        audit.record(act="requests.template_changed", subject=_subject(found), actor=customer.user, now=now)
    return True


def drop(*, customer: Customer, template_id: uuid.UUID, now: datetime) -> bool:
    """This function will delete a template and answer whether this call did."""
    with transaction.atomic():
        found = customer.transfer_templates.filter(public_id=template_id).first()
        if found is None:
            return False
        subject = _subject(found)
        found.delete()
        audit.record(act="requests.template_dropped", subject=subject, actor=customer.user, now=now)
    return True


def _subject(one: Template) -> str:
    return f"requests.template:{one.public_id}"
