"""Booking cash of the counter: no till and no vault ever holds less than nothing.

The books keep cash as an asset, so a till with 100 yuan in it stands at -100. Whoever books here holds the lock of the
till's day, and of the branch where the vault is touched; the look afterwards catches whatever came another way.
"""

from collections.abc import Sequence
from datetime import date

from ledger import posting
from payments.counter import queries
from payments.counter.models import TillDay
from payments.counter.refusals import TillShort, VaultShort

CHANNEL = "counter"


def post(*, key: str, kind: str, on: date, day: TillDay, lines: Sequence[posting.Line]) -> int:
    """This function will book one entry of the counter, once for its key, and answer its id.

    Raises TillShort, VaultShort, and what `ledger.posting.post` raises.
    """
    short_of(day, lines)
    posted = posting.post(key=key, kind=kind, channel=CHANNEL, business_date=on, lines=lines)
    short_of(day, ())
    return posted.entry_id


def undo(*, entry_id: int, key: str, kind: str, on: date, day: TillDay, narrative: str) -> int:
    """This function will book the mirror of an entry and answer its id. Raises as `post`, and AlreadyReversed."""
    posted = posting.reverse(
        entry_id=entry_id, key=key, kind=kind, channel=CHANNEL, business_date=on, narrative=narrative
    )
    short_of(day, ())
    return posted.entry_id


def short_of(day: TillDay, lines: Sequence[posting.Line]) -> None:
    """This function will refuse lines that take out more than lies there. Raises TillShort, VaultShort."""
    branch = day.till.branch
    for account_id, refusal in ((day.till.account_id, TillShort), (branch.vault_id, VaultShort)):
        there = queries.cash_in(account_id)
        out = sum(line.amount for line in lines if line.account_id == account_id)
        if out > there or there < 0:
            raise refusal(max(0, there), branch.currency)
