"""What an account earns, told by the room that sells it, beside its balance.

`settings.ACCOUNT_EARNS` names, as dotted paths, functions `(*, account, now)` that answer an `Earning` in the reader's
language, or None. Each may cost one query and must not raise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.queries import HeldAccount
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Earning:
    """What has grown so far, when it is credited, and the page that works it out."""

    so_far: Money
    credited_on: date
    page: str


@cache
def _rooms() -> tuple[Callable[..., Earning | None], ...]:
    return tuple(import_string(path) for path in import_string(settings.ACCOUNT_EARNS))


def on(account: HeldAccount, *, now: datetime) -> Earning | None:
    """This function will tell what an account earns; None where no room says so."""
    for room in _rooms():
        if (found := room(account=account, now=now)) is not None:
            return found
    return None
