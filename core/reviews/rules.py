"""The life of a case and the rule it is decided by. Pure: no database, no web.

open ──claim──> claimed ──approve──> waiting (more approvals needed) or approved
  ^  ^            │ │ └───decline──> declined
  │  └──release───┘ │        waiting ──claim──> claimed
  └──answer── asked <──ask (the clock stands still while the case is asked)
everything that is not closed ──withdraw──> withdrawn, ──expire──> expired
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
    ASKED = "asked"  # for an answer of the person concerned
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody decided while it could still be carried out


class Act(StrEnum):
    """What may happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ASK = "ask"
    ANSWER = "answer"  # also: nobody answered in time, or the question was taken back
    EXPIRE = "expire"


CLOSED = frozenset({State.APPROVED, State.DECLINED, State.WITHDRAWN, State.EXPIRED})
ALLOWED: Mapping[State, frozenset[Act]] = {
    State.OPEN: frozenset({Act.CLAIM, Act.WITHDRAW, Act.EXPIRE}),
    State.WAITING: frozenset({Act.CLAIM, Act.WITHDRAW, Act.EXPIRE}),
    State.CLAIMED: frozenset(Act) - {Act.ANSWER},
    State.ASKED: frozenset({Act.ANSWER, Act.WITHDRAW, Act.EXPIRE}),
    **dict.fromkeys(CLOSED, frozenset()),
}
LEADS_TO: Mapping[Act, State] = {  # the acts that lead to one place from everywhere
    Act.CLAIM: State.CLAIMED,
    Act.DECLINE: State.DECLINED,
    Act.WITHDRAW: State.WITHDRAWN,
    Act.ASK: State.ASKED,
    Act.EXPIRE: State.EXPIRED,
}


class WrongState(Exception):
    """The case does not stand where this may happen to it."""


@dataclass(frozen=True)
class Rule:
    """How one case is decided. Frozen onto the case when it is opened; a later change of policy leaves it alone.

    `steps` names, for each approval that is needed, the roles of which one must be held. `why` are the reasons for
    which more than one approval is asked, as codes that the subject explains. `hours` are hours of the desk's working
    time unless `working` is off. `version` and `band` say which row of the policy table made the rule (bands.py).
    """

    steps: tuple[tuple[str, ...], ...]
    hours: int  # until the decision is due
    claim_minutes: int  # after which a colleague may take a case over
    why: tuple[str, ...] = ()
    working: bool = True
    expires_days: int = 0  # after which it can no longer be decided; 0: never
    version: str = ""
    band: str = ""

    def __post_init__(self) -> None:
        if not self.steps or not all(self.steps):
            raise ValueError("a rule names at least one step, and each step at least one role")
        if self.hours <= 0 or self.claim_minutes <= 0:
            raise ValueError("a rule's times are positive")
        if self.expires_days < 0:
            raise ValueError("a case cannot expire before it is opened")

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
            "working": self.working,
            "expires_days": self.expires_days,
            "version": self.version,
            "band": self.band,
        }

    @classmethod
    def from_json(cls, frozen: Mapping[str, Any]) -> "Rule":
        """This function will read a frozen rule; raises KeyError or ValueError when it was not one."""
        return cls(
            steps=tuple(tuple(step) for step in frozen["steps"]),
            hours=frozen["hours"],
            claim_minutes=frozen["claim_minutes"],
            why=tuple(frozen["why"]),
            # What was frozen before these were part of a rule had a plain clock and no end.
            working=frozen.get("working", False),
            expires_days=frozen.get("expires_days", 0),
            version=frozen.get("version", ""),
            band=frozen.get("band", ""),
        )


def after(state: State, act: Act, *, approvals: int, needed: int) -> State:
    """This function will say where a case stands after an act.

    `approvals` is how many stood before it. Raises WrongState.
    """
    if act not in ALLOWED[state]:
        raise WrongState(f"{act.value} is not possible while the case is {state.value}")
    match act:
        case Act.RELEASE | Act.ANSWER:
            return State.WAITING if approvals else State.OPEN
        case Act.APPROVE:
            return State.APPROVED if approvals + 1 >= needed else State.WAITING
    return LEADS_TO[act]


class Clock(StrEnum):
    """How urgent a case is."""

    CALM = "calm"
    SOON = "soon"  # most of its time is gone
    OVERDUE = "overdue"


def clock(*, warn_at: datetime, due_at: datetime, now: datetime) -> Clock:
    """This function will say how urgent a case is."""
    if now >= due_at:
        return Clock.OVERDUE
    return Clock.SOON if now >= warn_at else Clock.CALM


def lapsed(*, claimed_at: datetime, minutes: int, now: datetime) -> bool:
    """This function will say whether a claim is so old that a colleague may take the case over."""
    return now - claimed_at >= timedelta(minutes=minutes)
