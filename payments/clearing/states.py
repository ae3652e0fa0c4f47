"""The life of a payment to another bank. Pure; the database holds the same table (migration 0002).

draft ──confirm──> accepted ──handed to the gateway──> sent ──> settled ──> returned
  └──> void           └──taken back──> revoked           ├────> rejected
                                                         ├────> returned
                                                         └──no answer──> checking ──> settled | rejected | returned

From `accepted` on the payer's money is in clearing; it stays there until the payment is settled (it goes to the nostro)
or rejected, returned or revoked (it goes back). `checking` is not an outcome: nobody knows yet, and nothing is assumed.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a payment to another bank stands."""

    DRAFT = "draft"
    VOID = "void"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    SENT = "sent"
    CHECKING = "checking"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


LEGAL: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.ACCEPTED, State.VOID}),
    State.VOID: frozenset(),
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
CONFIRMED = frozenset(State) - {State.DRAFT, State.VOID}
BACK = frozenset({State.REVOKED, State.REJECTED, State.RETURNED})  # the payer has the money again


class IllegalStep(Exception):
    """The payment does not stand where this may happen to it."""


def check(before: State, after: State) -> None:
    """This function will let a legal step pass; raises IllegalStep."""
    if after not in LEGAL[before]:
        raise IllegalStep(f"{before.value} -> {after.value}")
