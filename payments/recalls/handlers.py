"""What this room does when it hears a fact. Handlers are called at least once, so each looks what is done already."""

import uuid

from core.outbox import Fact
from payments.clearing.states import BACK, State
from payments.recalls.services import ending


def moved(fact: Fact) -> None:
    """This handler will end the recall of a payment to another bank whose money has come back."""
    if State(fact.payload["state"]) in BACK:
        ending.money_is_back(payment_id=uuid.UUID(fact.payload["payment"]), now=fact.created_at)
