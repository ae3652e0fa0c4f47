"""What follows from facts. Each looks at the state first, so a second call changes nothing."""

import uuid
from datetime import timedelta

from accounts.mydata import automated, correcting, emergency, exporting
from core.outbox import Fact, outside_transaction


@outside_transaction(at_most=timedelta(minutes=4))
def make_copy(fact: Fact) -> None:
    """This handler will make a copy that was asked for. Without a transaction: setting a PDF takes its time."""
    exporting.make(public_id=uuid.UUID(fact.payload["export"]), now=fact.now)


def settle(fact: Fact) -> None:
    """This handler will carry out what the desk decided about a correction, an emergency or a wish for a person."""
    now = fact.now
    correcting.settle(fact=fact, now=now)
    emergency.settle(fact=fact, now=now)
    automated.settle(fact=fact, now=now)
