"""What this room does when it hears a fact. Handlers are called at least once, so each looks what is done already."""

import uuid

from core.outbox import Fact
from payments.clearing.states import BACK, State
from payments.crossborder.states import CAME_BACK
from payments.crossborder.states import State as Abroad
from payments.recalls.services import ending


def moved(fact: Fact) -> None:
    """This handler will end the recall of a payment to another bank whose money has come back."""
    if State(fact.payload["state"]) in BACK:
        ending.money_is_back(payment_id=uuid.UUID(fact.payload["payment"]), now=fact.created_at)


def moved_abroad(fact: Fact) -> None:
    """This handler will end the recall of a payment abroad whose money has come back."""
    if Abroad(fact.payload["state"]) in CAME_BACK:
        ending.money_is_back_from_abroad(payment_id=uuid.UUID(fact.payload["payment"]), now=fact.created_at)
