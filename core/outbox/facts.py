"""What a handler is given, and how it says that it must not run inside a transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Fact:
    """Something that became true. The payload is plain JSON; ids in it are public ids or primary keys."""

    id: int
    kind: str
    payload: dict[str, Any]
    owner: str  # whom it concerns, e.g. "accounts.customer:1f0c…"; for people who search
    created_at: datetime
    now: datetime  # the wall clock at this try, for the handler to work by: it reads no clock of its own
    reference: str = ""  # of the request in which it was recorded


Handler = Callable[[Fact], None]
LEASE = "_outbox_lease"


def outside_transaction(*, at_most: timedelta) -> Callable[[Handler], Handler]:
    """This function will mark a handler to be called without an open transaction, for no longer than `at_most`.

    Nobody else tries the same delivery before that time is over.
    """

    def mark(handler: Handler) -> Handler:
        setattr(handler, LEASE, at_most)
        return handler

    return mark


def lease_of(handler: Handler) -> timedelta | None:
    """This function will answer how long a handler outside a transaction may take, or None for an ordinary one."""
    lease: timedelta | None = getattr(handler, LEASE, None)
    return lease
