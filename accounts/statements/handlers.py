"""What follows from facts. Each looks at the state first, so a second call changes nothing."""

import uuid
from datetime import timedelta

from accounts.statements import exporting
from core.outbox import Fact, outside_transaction


@outside_transaction(at_most=timedelta(minutes=4))
def make_file(fact: Fact) -> None:
    """This handler will make a large file of transactions, or go on with it. Without a transaction: it takes time."""
    exporting.make(public_id=uuid.UUID(fact.payload["file"]), now=fact.now)
