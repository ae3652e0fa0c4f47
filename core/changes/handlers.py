"""What follows from the desk's decision. Called inside one transaction with the mark "done"; twice does no harm."""

import uuid

from core.changes import services
from core.changes.subject import SUBJECT
from core.outbox import Fact


def settle(fact: Fact) -> None:
    """This handler will carry out, or lay aside, a change that was decided on the desk."""
    if fact.payload["subject"] == SUBJECT:
        services.settle(public_id=uuid.UUID(fact.payload["subject_id"]), now=fact.now)


def lapse(fact: Fact) -> None:
    """This handler will end a change that nobody decided in time."""
    if fact.payload["subject"] == SUBJECT:
        services.lapse(public_id=uuid.UUID(fact.payload["subject_id"]), now=fact.now)
