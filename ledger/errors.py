"""What the books refuse. The database raises; `translated` gives the refusal its name."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError


class LedgerError(Exception):
    """The books refused. Nothing was written. `detail` is the id or key that was meant."""

    def __init__(self, message: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class Unbalanced(LedgerError):
    """The lines of an entry do not sum to zero in every currency."""


class AboutAccount(LedgerError):
    """A refusal on account of one ledger account."""

    @property
    def account_id(self) -> int:
        return int(self.detail)


class BelowFloor(AboutAccount):
    """A running account would fall below its floor, or what is held on it would no longer be covered."""


class WrongCurrency(AboutAccount):
    """A line names another currency than its account's."""


class AccountClosed(AboutAccount):
    """The account is closed."""


class UnknownAccount(AboutAccount):
    """There is no such account."""


class AccountNotEmpty(AboutAccount):
    """An account with money or holds on it is not closed."""


class KeyReused(LedgerError):
    """The idempotency key was used before, for other content."""


class AlreadyReversed(LedgerError):
    """The entry was reversed before, under another key."""


class CannotReverse(LedgerError):
    """The entry is itself a reversal, or the lines do not mirror it."""


class UnknownEntry(LedgerError):
    """There is no such entry."""


class UnknownHold(LedgerError):
    """There is no such hold."""


class HoldResolved(LedgerError):
    """The hold was captured, released or expired before."""


class BeyondHold(LedgerError):
    """The entry would take more than was held, or nothing of it."""


class CodeTaken(LedgerError):
    """The account code belongs to an account of another nature."""


class Malformed(LedgerError):
    """What was given is no booking: no lines, a zero amount, an unknown channel or kind, an amount out of range."""


class BooksNotEdited(LedgerError):
    """Somebody tried to change what is written."""


BY_STATE: dict[str, type[LedgerError]] = {
    "LB001": Unbalanced,
    "LB002": BelowFloor,
    "LB003": WrongCurrency,
    "LB004": KeyReused,
    "LB005": AccountClosed,
    "LB006": UnknownAccount,
    "LB007": AlreadyReversed,
    "LB008": CannotReverse,
    "LB009": BooksNotEdited,
    "LB010": UnknownEntry,
    "LB011": HoldResolved,
    "LB012": UnknownHold,
    "LB013": BeyondHold,
    "LB014": CodeTaken,
    "LB015": AccountNotEmpty,
    "LB016": Malformed,
}
# Constraints that the guards reach before the functions do.
BY_CONSTRAINT: dict[str, type[LedgerError]] = {
    "ledger_entry_reversed_once": AlreadyReversed,
    "ledger_account_floor": BelowFloor,
}
_MALFORMED = ("22", "23")  # data exception, integrity constraint violation


@contextmanager
def translated() -> Iterator[None]:
    """This function will turn what the database refuses into the books' own errors; other errors pass as they are."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.sqlstate is None:
            raise
        diagnosis = cause.diag
        message, detail = diagnosis.message_primary or "", diagnosis.message_detail or ""
        known = BY_STATE.get(cause.sqlstate) or BY_CONSTRAINT.get(diagnosis.constraint_name or "")
        if known is None and cause.sqlstate[:2] in _MALFORMED:
            known, detail = Malformed, diagnosis.constraint_name or ""  # the row itself stays out of messages
        if known is None:
            raise
        raise known(message, detail) from error
