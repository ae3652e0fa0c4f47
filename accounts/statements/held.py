"""What of an account's money is held, and for what: told by the rooms above that hold it.

`settings.HELD_SUMS` names, as dotted paths, functions `(*, ledger_account_id, customer, now)` that answer what they
hold on an account, newest first, in the reader's language. They are asked only where money is held. Each may cost one
query and must not raise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.queries import HeldAccount
from ledger.money import Money


@dataclass(frozen=True)
class HeldSum:
    """One sum that is held: what it is, in a sentence how and when that ends, and where it stands."""

    what: str
    money: Money
    sentence: str
    page: str = ""  # "" where this reader has no page about it


@cache
def _rooms() -> tuple[Callable[..., Sequence[HeldSum]], ...]:
    return tuple(import_string(path) for path in import_string(settings.HELD_SUMS))


def on(account: HeldAccount, *, customer: Customer, now: datetime) -> list[HeldSum]:
    """This function will tell every sum that is held on an account; what no room tells of is told as the bank's own.

    No query where nothing is held.
    """
    if not account.held:
        return []
    found = [
        one
        for room in _rooms()
        for one in room(ledger_account_id=account.ledger_account_id, customer=customer, now=now)
    ]  # fmt: skip
    rest = account.held - sum(one.money.minor for one in found)
    if rest > 0:
        found.append(
            HeldSum(
                what=_("Held by the bank"),
                money=Money(rest, account.currency),
                sentence=_("It cannot be spent for now. Call us, and we tell you what it is held for."),
            )
        )
    return found
