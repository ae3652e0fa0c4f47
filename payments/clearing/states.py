"""The life of a payment to another bank. Pure; the database holds the same table (migrations 0002 and 0005).

draft ──confirm──> accepted ──handed to the gateway──> sent ──> settled ──> returned
  │ │                 └──taken back──> revoked           ├────> rejected
  │ └──> held ──released──> accepted                     ├────> returned
  └──> void   └──> stopped                               └──no answer──> checking ──> settled | rejected | returned

What the rules want looked at is held first (payments.ways): its money waits on its account, nothing is booked. From
`accepted` on the payer's money is in clearing; it stays there until the payment is settled (it goes to the nostro)
or rejected, returned or revoked (it goes back). `checking` is not an outcome: nobody knows yet, and nothing is assumed.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a payment to another bank stands."""

    DRAFT = "draft"
    VOID = "void"
    HELD = "held"
    STOPPED = "stopped"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    SENT = "sent"
    CHECKING = "checking"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


LEGAL: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.ACCEPTED, State.VOID, State.HELD}),
    State.VOID: frozenset(),
    State.HELD: frozenset({State.ACCEPTED, State.STOPPED}),
    State.STOPPED: frozenset(),
    State.ACCEPTED: frozenset({State.SENT, State.REVOKED}),
    State.REVOKED: frozenset(),
    State.SENT: frozenset({State.SETTLED, State.REJECTED, State.RETURNED, State.CHECKING}),
    State.CHECKING: frozenset({State.SETTLED, State.REJECTED, State.RETURNED}),
    State.SETTLED: frozenset({State.RETURNED}),
    State.REJECTED: frozenset(),
    State.RETURNED: frozenset(),
}
IN_FLIGHT = frozenset({State.ACCEPTED, State.SENT, State.CHECKING})  # the money is in clearing
OUTSTANDING = frozenset({State.SENT, State.CHECKING})  # the other side has it and has not answered
UNCONFIRMED = frozenset({State.DRAFT, State.VOID})
WAITED = frozenset({State.HELD, State.STOPPED})  # confirmed, and nothing is booked: held, or given back
CONFIRMED = frozenset(State) - UNCONFIRMED - WAITED
BACK = frozenset({State.REVOKED, State.REJECTED, State.RETURNED})  # the payer has the money again


class IllegalStep(Exception):
    """The payment does not stand where this may happen to it."""


def check(before: State, after: State) -> None:
    """This function will let a legal step pass; raises IllegalStep."""
    if after not in LEGAL[before]:
        raise IllegalStep(f"{before.value} -> {after.value}")
