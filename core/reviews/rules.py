"""The life of a case and the rule it is decided by. Pure: no database, no web.

open ──claim──> claimed ──approve──> waiting (more approvals needed) or approved
  ^               │ └─────decline──> declined
  └───release─────┘        waiting ──claim──> claimed
open, claimed, waiting ──withdraw──> withdrawn
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"  # for the next pair of eyes
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What may happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


CLOSED = frozenset({State.APPROVED, State.DECLINED, State.WITHDRAWN})
ALLOWED: Mapping[State, frozenset[Act]] = {
    State.OPEN: frozenset({Act.CLAIM, Act.WITHDRAW}),
    State.WAITING: frozenset({Act.CLAIM, Act.WITHDRAW}),
    State.CLAIMED: frozenset(Act),
    State.APPROVED: frozenset(),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


class WrongState(Exception):
    """The case does not stand where this may happen to it."""


@dataclass(frozen=True)
class Rule:
    """How one case is decided. Frozen onto the case when it is opened; a later change of policy leaves it alone.

    `steps` names, for each approval that is needed, the roles of which one must be held. `why` are the reasons for
    which more than one approval is asked, as codes that the subject explains.
    """

    steps: tuple[tuple[str, ...], ...]
    hours: int  # until the decision is due
    claim_minutes: int  # after which a colleague may take a case over
    why: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.steps or not all(self.steps):
            raise ValueError("a rule names at least one step, and each step at least one role")
        if self.hours <= 0 or self.claim_minutes <= 0:
            raise ValueError("a rule's times are positive")

    @property
    def approvals(self) -> int:
        """How many different people must approve."""
        return len(self.steps)

    def as_json(self) -> dict[str, Any]:
        """This function will write the rule as it is frozen onto a case."""
        return {
            "steps": [list(step) for step in self.steps],
            "hours": self.hours,
            "claim_minutes": self.claim_minutes,
            "why": list(self.why),
        }

    @classmethod
    def from_json(cls, frozen: Mapping[str, Any]) -> "Rule":
        """This function will read a frozen rule; raises KeyError or ValueError when it was not one."""
        return cls(
            steps=tuple(tuple(step) for step in frozen["steps"]),
            hours=frozen["hours"],
            claim_minutes=frozen["claim_minutes"],
            why=tuple(frozen["why"]),
        )


def after(state: State, act: Act, *, approvals: int, needed: int) -> State:
    """This function will say where a case stands after an act.

    `approvals` is how many stood before it. Raises WrongState.
    """
    if act not in ALLOWED[state]:
        raise WrongState(f"{act.value} is not possible while the case is {state.value}")
    match act:
        case Act.CLAIM:
            return State.CLAIMED
        case Act.RELEASE:
            return State.WAITING if approvals else State.OPEN
        case Act.APPROVE:
            return State.APPROVED if approvals + 1 >= needed else State.WAITING
        case Act.DECLINE:
            return State.DECLINED
        case Act.WITHDRAW:
            return State.WITHDRAWN


class Clock(StrEnum):
    """How urgent a case is."""

    CALM = "calm"
    SOON = "soon"  # four fifths of its time are gone
    OVERDUE = "overdue"


def clock(*, opened_at: datetime, due_at: datetime, now: datetime) -> Clock:
    """This function will say how urgent a case is."""
    if now >= due_at:
        return Clock.OVERDUE
    return Clock.SOON if (due_at - now) <= (due_at - opened_at) / 5 else Clock.CALM


def lapsed(*, claimed_at: datetime, minutes: int, now: datetime) -> bool:
    """This function will say whether a claim is so old that a colleague may take the case over."""
    return now - claimed_at >= timedelta(minutes=minutes)
