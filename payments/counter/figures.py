"""The counter's figures of the policy table, read on a business date. Amounts in minor units."""

from datetime import date, timedelta

from core import policy
from ledger.money import Money
from payments.counter.refusals import NotOffered

ALONE = ("deposit", "withdrawal", "transfer", "difference")


def alone_most(what: str, *, currency: str, on: date) -> int:
    """This function will read the most that one colleague does alone: above it takes a second. Raises NotOffered."""
    return _amount(f"counter.alone_most.{what}", currency, on)


def large_cash(*, currency: str, on: date) -> int:
    """This function will read from which sum a day on cash is large. Raises NotOffered."""
    return _amount("counter.large_cash", currency, on)


def risks_asked(*, on: date) -> frozenset[str]:
    """This function will read at which risks of a customer the source or use of large cash is asked."""
    return frozenset(str(policy.value("counter.cash_note_risks", on=on)).split())


def visit_lasts(*, on: date) -> timedelta:
    """This function will read how long a customer stands at the counter before the document is sighted once more."""
    return timedelta(minutes=int(policy.value("counter.visit_minutes", on=on)))


def draft_lasts(*, on: date) -> timedelta:
    """This function will read how long an operation waits on its check page."""
    return timedelta(minutes=int(policy.value("counter.draft_minutes", on=on)))


def _amount(name: str, currency: str, on: date) -> int:
    try:
        return Money.of(str(policy.value(f"{name}.{currency.lower()}", on=on)), currency).minor
    except policy.UnknownPolicy:
        raise NotOffered from None
