"""Large sums of a day are asked about once more, in words (银发〔2016〕261号)."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from core import audit
from payments import locking
from payments.models import Transfer
from payments.refusals import DraftVoid, SumUnconfirmed, UnknownTransfer
from payments.services.rules import asked


def confirm(*, customer: Customer, transfer_id: uuid.UUID, total: int, now: datetime) -> None:
    """This function will keep that the payer has confirmed, in words, the large sum of the day with this transfer.

    `total` is the sum they were shown, in minor units. Starts a transaction and locks the payer; leaves an audit row.
    Nothing is booked. Raises SumUnconfirmed when the sum has changed since, UnknownTransfer, DraftVoid.
    """
    with transaction.atomic():
        found = locking.locked(customer, transfer_id, now=now)
        if found is None:
            raise UnknownTransfer
        locked, standing = found.transfer, found.standing
        if locked.state != Transfer.State.DRAFT or locked.expires_at <= now:
            raise DraftVoid
        takes = asked(locked, standing=standing, careful_until=locked.careful_until, seconds=None, now=now)
        if takes.total != total:
            if takes.total is None:
                return  # less was moved on this day than the page said: nothing is left to confirm
            raise SumUnconfirmed(takes.total, locked.currency)
        if locked.confirmed_sum == total:
            return
        Transfer.objects.filter(pk=locked.id).update(confirmed_sum=total)
        audit.record(
            act="payments.large_sum_confirmed",
            subject=f"payments.transfer:{locked.public_id}",
            actor=customer.user,
            after={"amount": locked.amount, "sum_of_the_day": total, "currency": locked.currency},
            now=now,
        )
