"""The life of a payment abroad. Pure; the database holds the same table (migration 0002).

draft ──confirm──> accepted ──screened, nothing found──> ready ──handed over──> sent ──> arrived ──> returned
  └──> void            │ └──papers or a hit──> review ──released──┘               ├───> rejected
                       │                          └──refused──> refused           └───> returned
                       └──taken back (nothing was bought)──> revoked   (from accepted, review and ready)

From `accepted` to `ready` the payer's money is in transit abroad (`abroad:<currency>`); it leaves for the nostro when
the message is handed over, or goes back to the payer by reversing the one entry that took it. What the correspondents
say afterwards ends in `arrived` (the payee's bank has credited it), `rejected` (it was not carried out) or `returned`
(it came back, perhaps less what banks on the way kept): with the last two the money comes over the nostro once.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a payment abroad stands."""

    DRAFT = "draft"
    VOID = "void"
    ACCEPTED = "accepted"
    REVIEW = "review"
    READY = "ready"
    SENT = "sent"
    ARRIVED = "arrived"
    REJECTED = "rejected"
    RETURNED = "returned"
    REFUSED = "refused"
    REVOKED = "revoked"


LEGAL: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.ACCEPTED, State.VOID}),
    State.VOID: frozenset(),
    State.ACCEPTED: frozenset({State.READY, State.REVIEW, State.REVOKED}),
    State.REVIEW: frozenset({State.READY, State.REFUSED, State.REVOKED}),
    State.READY: frozenset({State.SENT, State.REVOKED}),
    State.SENT: frozenset({State.ARRIVED, State.REJECTED, State.RETURNED}),
    State.ARRIVED: frozenset({State.RETURNED}),
    State.REJECTED: frozenset(),
    State.RETURNED: frozenset(),
    State.REFUSED: frozenset(),
    State.REVOKED: frozenset(),
}
IN_TRANSIT = frozenset({State.ACCEPTED, State.REVIEW, State.READY})
LEFT = frozenset({State.SENT, State.ARRIVED, State.REJECTED, State.RETURNED})  # booked over the nostro
CAME_BACK = frozenset({State.REJECTED, State.RETURNED})  # after it had left
CONFIRMED = frozenset(State) - {State.DRAFT, State.VOID}
BACK = frozenset({State.REFUSED, State.REVOKED})  # never left; everything was given back
COUNTS = CONFIRMED - BACK  # towards quota and limits: what has left counts, whatever becomes of it


class IllegalStep(Exception):
    """The payment does not stand where this may happen to it."""


def check(before: State, after: State) -> None:
    """This function will let a legal step pass; raises IllegalStep."""
    if after not in LEGAL[before]:
        raise IllegalStep(f"{before.value} -> {after.value}")
