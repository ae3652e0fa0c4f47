"""The ways in which a held payment would go: what ending it takes is its own room's matter, the rest is everybody's.

`settings.HELD_WAYS` names, for each kind that is judged (`watching.Moving.kind`), a class that answers `Way`. Holding
the money, ending it once under the payer's lock, trail and facts are `payments.services.holding`; a way only knows its
own row. Nothing here moves money.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Customer, User
from core import outbox
from ledger.money import Money
from payments.models import Holding
from payments.watching import Moving


@dataclass(frozen=True, slots=True)
class Shown:
    """A held payment as its payer reads it: finished values, numbers in groups."""

    public_id: uuid.UUID
    reference: str
    money: Money
    payee: str
    number: str
    bank: str  # "" where the payee's account is here
    source_number: str
    memo: str
    arrival: str  # what its waiting means for when it arrives; "" where there is nothing to say
    page: str  # its own address
    again: str  # where it is filled in once more


@dataclass(frozen=True, slots=True)
class Held:
    """A payment under its payer's lock. `row` is what its way has read."""

    customer: Customer
    row: Any
    holding: Holding


class Way(Protocol):
    """What a room answers about its held payments."""

    subject: str  # what the trail calls it

    def locked(self, customer: Customer, payment_id: uuid.UUID, *, now: datetime) -> Any | None:
        """Lock the payer, then the payment, and read it; None where there is none. Inside a transaction."""

    def moving(self, held: Held) -> Moving:
        """Say what the monitor is asked about it, once more."""

    def approves(self, payment_id: uuid.UUID) -> Mapping[str, Any]:
        """Spell out what its payer approves once more: the payload of the step-up. What is held does not change."""

    def send(self, held: Held, *, by: Holding.By, actor: Any, now: datetime) -> None:
        """Turn the hold into the entry and let the payment go, with its fact. Raises TransferRefused, or the books'."""

    def stop(self, held: Held, *, now: datetime) -> outbox.Change | None:
        """Bring the row to its end without a booking: at once, or as a change that goes with the fact."""

    def shown(self, payment_id: uuid.UUID) -> Shown:
        """Read what its payer is shown."""


def of(kind: str) -> Way:
    """This function will give the way of a kind of payment."""
    found: Way = import_string(settings.HELD_WAYS[kind])()
    return found


def access_stands(user: User | None) -> bool:
    """This function will say whether an access is open, as it is now: it may have been locked a moment ago."""
    return user is not None and User.objects.filter(pk=user.pk, is_active=True).exists()
