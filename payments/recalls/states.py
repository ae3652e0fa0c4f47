"""The life of a recall: money that a payer asks to have back. Pure; the database holds the same table (migration 0002).

asked ──handed to the other bank──> sent ──> agreed ──> returned
  │                                   ├─────> refused
  │                                   ├─────> returned
  │                                   └─no answer──> unanswered ──> agreed | refused | returned   (a late answer)
  ├──payee accepts──> returned        (at this bank: the payee is asked, no message leaves)
  ├──payee refuses──> refused
  └──no answer──> unanswered ──> returned   (the money came back by another way)

`agreed` is a word, not money: the other bank has said that it will send the money back. Only `returned` means that it
is on the payer's account.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a recall stands."""

    ASKED = "asked"
    SENT = "sent"
    AGREED = "agreed"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    RETURNED = "returned"


class Asked(StrEnum):
    """Who is asked for the money."""

    PAYEE = "payee"  # of a transfer at this bank
    BANK = "bank"  # of a payment at home
    ABROAD = "abroad"


LEGAL: Mapping[State, frozenset[State]] = {
    State.ASKED: frozenset({State.SENT, State.REFUSED, State.UNANSWERED, State.RETURNED}),
    State.SENT: frozenset({State.AGREED, State.REFUSED, State.UNANSWERED, State.RETURNED}),
    State.AGREED: frozenset({State.REFUSED, State.UNANSWERED, State.RETURNED}),
    State.UNANSWERED: frozenset({State.AGREED, State.REFUSED, State.RETURNED}),
    State.REFUSED: frozenset({State.RETURNED}),
    State.RETURNED: frozenset(),
}
OPEN = frozenset({State.ASKED, State.SENT, State.AGREED})  # an answer, or the money, is waited for


class IllegalStep(Exception):
    """The recall does not stand where this may happen to it."""


def check(before: State, after: State) -> None:
    """This function will let a legal step pass; raises IllegalStep."""
    if after not in LEGAL[before]:
        raise IllegalStep(f"{before.value} -> {after.value}")
