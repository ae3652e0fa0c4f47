"""The steps of a recall, each with its history, the trail and the fact. Whoever calls holds the recall's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import audit, outbox
from payments.recalls import states
from payments.recalls.models import Recall, Step
from payments.recalls.states import OPEN, State

MOVED = "recalls.moved"
WORKER = "system: recalls"


def begin(recall: Recall, *, actor: Any, now: datetime) -> None:
    """This function will remember that money was asked back, and tell."""
    Step.objects.create(recall=recall, state=recall.state, at=now)
    _told(recall, "", actor, now)


def step(
    recall: Recall,
    to: State,
    *,
    now: datetime,
    also: Sequence[str] = (),
    heard: str = "",
    code: str = "",
    actor: Any = WORKER,
) -> None:
    """This function will move a recall to a state. Raises IllegalStep."""
    before = State(recall.state)
    states.check(before, to)
    recall.state = to.value
    recall.ended_at = None if to in OPEN else now
    recall.save(update_fields=["state", "ended_at", *also])
    Step.objects.create(recall=recall, state=to.value, heard=heard[:12], code=code[:4], at=now)
    _told(recall, before.value, actor, now)


def note(recall: Recall, *, heard: str, code: str = "", now: datetime) -> None:
    """This function will remember what was heard of a recall where its state stays."""
    Step.objects.create(recall=recall, state=recall.state, heard=heard[:12], code=code[:4], at=now)


def _told(recall: Recall, before: str, actor: Any, now: datetime) -> None:
    outbox.record(
        kind=MOVED,
        payload={"recall": str(recall.public_id), "state": str(recall.state)},
        owner=recall.payer,
        act=audit.Act(
            act=f"recalls.{recall.state}",
            subject=f"recalls.recall:{recall.public_id}",
            actor=actor,
            before={"state": before} if before else None,
            after={
                "state": str(recall.state), "amount": recall.amount, "currency": recall.currency,
                "code": recall.answer_code,
            },
        ),
        now=now,
    )  # fmt: skip
