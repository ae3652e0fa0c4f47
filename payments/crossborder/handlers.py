"""What follows from facts. Each handler looks at the state first, so a second call changes nothing."""

from core.outbox import Fact
from payments.crossborder.services import screening, settling
from payments.crossborder.services.confirming import SUBJECT
from payments.crossborder.states import State


def screen(fact: Fact) -> None:
    """This handler will look at a payment that was accepted, and let it go or put it on the desk."""
    if fact.payload["state"] == State.ACCEPTED:
        screening.screen(payment_id=fact.payload["payment"], now=fact.now)


def settle(fact: Fact) -> None:
    """This handler will carry out what the desk decided about a payment, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    settling.settle(
        payment_id=fact.payload["subject_id"],
        approved=fact.payload["verdict"] == "approve",
        reasons=fact.payload["reasons"],
        case=str(fact.payload["case"]),
        now=fact.now,
    )
