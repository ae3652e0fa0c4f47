"""Held transfers to other customers of this bank: the way that `payments.services.holding` walks with them."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Customer
from accounts.numbers import grouped
from core import audit, outbox
from ledger import posting
from ledger.calendar import business_date
from payments import figures, locking, queries, references, vouching, watching, ways
from payments.models import Holding, Transfer
from payments.refusals import UnknownDestination, UnknownSource
from payments.services import booking, doors, rules


class Transfers:
    """As payments.ways.Way."""

    subject = booking.SUBJECT

    def locked(self, customer: Customer, payment_id: uuid.UUID, *, now: datetime) -> locking.Locked | None:
        return locking.locked(customer, payment_id, now=now)

    def moving(self, held: ways.Held) -> watching.Moving:
        locked, standing = held.row.transfer, held.row.standing
        return watching.Moving(
            kind=locked.kind,
            public_id=locked.public_id,
            payer_id=held.holding.payer_id,
            source_id=locked.source_id,
            destination_id=locked.destination_id,
            payee=locked.destination_number,
            payee_since=standing.payee_since if standing.payee_active else None,
            amount=locked.amount,
            currency=locked.currency,
            by_code=Transfer.objects.filter(pk=locked.id, step_up__isnull=False).exists(),
        )

    def approves(self, payment_id: uuid.UUID) -> Mapping[str, Any]:
        return {**rules.shown(queries.held_transfer(payment_id)), "held": True}

    def send(self, held: ways.Held, *, by: Holding.By, actor: Any, now: datetime) -> None:
        locked, today = held.row.transfer, business_date(now)
        _still_possible(held, now)
        posted = posting.capture_hold(
            hold_id=held.holding.hold_id,
            key=booking.key(locked),
            kind=booking.KIND,
            channel=held.holding.channel,
            business_date=today,
            lines=booking.lines(locked),
        )
        code = references.new_verification_code()
        outbox.record(
            kind=booking.CONFIRMED,
            payload={"transfer": str(locked.public_id), "held": True},
            owner=held.customer,
            act=audit.Act(
                act=booking.CONFIRMED,
                subject=f"{self.subject}:{locked.public_id}",
                actor=actor,
                after={
                    "amount": locked.amount, "currency": locked.currency, "entry": posted.entry_id, "held": True,
                    "by": by.value,
                },
            ),
            change=outbox.Change(_RELEASE, [posted.entry_id, code, today, now, figures.at_once(now), locked.id]),
            now=now,
        )  # fmt: skip

    def stop(self, held: ways.Held, *, now: datetime) -> outbox.Change | None:  # noqa: ARG002 - the way's shape
        return outbox.Change(_STOP, [held.row.transfer.id])

    def shown(self, payment_id: uuid.UUID) -> ways.Shown:
        transfer = queries.held_transfer(payment_id)
        return ways.Shown(
            public_id=payment_id,
            reference=transfer.reference,
            money=transfer.money,
            payee=transfer.shown_name,
            number=grouped(transfer.destination_number),
            bank="",
            source_number=grouped(transfer.source_number),
            memo=transfer.memo,
            arrival="",
            page=reverse("receipt", args=[payment_id]),
            again=f"{reverse('transfer')}?draft={payment_id}",
        )


def _still_possible(held: ways.Held, now: datetime) -> None:
    """What was sure when it was confirmed and may have changed while it waited. Raises TransferRefused."""
    locked, user = held.row.transfer, held.customer.user
    if locked.standing != Customer.Standing.VERIFIED or not locked.may_dispose or not ways.access_stands(user):
        raise UnknownSource
    off_list = not held.row.standing.payee_active
    if not locked.may_be_paid or (off_list and not vouching.vouched(locked, now=now)):
        raise UnknownDestination
    today = business_date(now)
    doors.money_may_leave(document_expires_on=locked.document_expires_on, stays_own=locked.stays_own, today=today)
    doors.class_allows(
        classed=locked.classed,
        source_id=locked.source_id,
        destination_id=locked.destination_id,
        own=locked.stays_own,
        amount=locked.amount,
        currency=locked.currency,
        today=today,
    )


_RELEASE = """
    UPDATE payments_transfer SET state = 'confirmed', entry_id = %s, verification_code = %s, business_date = %s,
           confirmed_at = %s, promised_by = %s
     WHERE id = %s AND state = 'held' RETURNING id
"""
_STOP = "UPDATE payments_transfer SET state = 'stopped' WHERE id = %s AND state = 'held' RETURNING id"
