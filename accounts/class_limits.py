"""The door that money passes on its way to or from an account of class II or III (accounts.classes).

    if (stop := class_limits.stop(source_id=…, destination_id=…, amount=…, today=…, lock=True)) is not None: refuse

With `lock`, inside the transaction that books: the accounts are locked in the order of their ids, after whatever the
caller has locked and before the books lock theirs, so two payments cannot share what is left. Accounts of class I cost
nothing: a caller who knows that both are class I need not ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.classes import Breach, Caps, Used, breach_in, breach_out
from accounts.models import BankAccount
from core import policy, prepared
from ledger.money import Money

CAPPED = frozenset({BankAccount.AccountClass.III})  # 银发〔2018〕16号 caps what lies on class III alone


@dataclass(frozen=True, slots=True)
class Stop:
    """What stands in the way, and at which end: the payer may read the figures of their own account alone."""

    at_source: bool
    bank_account_id: int
    account_class: str
    breach: Breach


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account of class II or III has used of its limits."""

    bank_account_id: int
    account_class: str
    currency: str
    bound_to_id: int
    used: Used


_STANDING = """
    SELECT l.id, l.account_class, l.currency, l.bound_to_id, u.in_day, u.in_year, u.out_day, u.out_year, u.balance
      FROM (
    SELECT b.id, b.account_class, b.currency, b.bound_to_id, b.ledger_account_id,
           (SELECT o.ledger_account_id FROM accounts_bankaccount o WHERE o.id = b.bound_to_id) AS bound_ledger_id
      FROM accounts_bankaccount b
     WHERE b.id = ANY (%s::bigint[]) AND b.account_class <> 'i'
     ORDER BY b.id {lock}
           ) l, LATERAL accounts_class_used(l.ledger_account_id, l.bound_ledger_id, %s) u
"""
_READ, _LOCKED = _STANDING.format(lock=""), _STANDING.format(lock="FOR NO KEY UPDATE OF b")


def caps(account_class: str, *, currency: str, on: date) -> Caps:
    """This function will read what counts for a class on a day. Raises core.policy.UnknownPolicy."""

    def minor(name: str) -> int:
        figure = policy.value(f"account_class.{account_class}.{name}.{currency.lower()}", on=on)
        return Money.of(str(figure), currency).minor

    balance = minor("balance") if account_class in CAPPED else None
    return Caps(minor("in_day"), minor("in_year"), minor("out_day"), minor("out_year"), balance)


def most(*, on: date) -> Mapping[str, int]:
    """This function will read how many accounts of each class one person may hold."""
    return {one: int(policy.value(f"account_class.{one}.most", on=on)) for one in BankAccount.AccountClass.values}


def standing(bank_account_id: int, *, today: date) -> Standing | None:
    """This function will sum what an account has used on a business date and in its year; None for class I."""
    found = _standings([bank_account_id], today, lock=False)
    return found.get(bank_account_id)


def stop(
    *, source_id: int | None, destination_id: int | None, amount: int, today: date, lock: bool = True
) -> Stop | None:
    """This function will say which rule of a class a movement of money would break; None when it may go.

    An end that is not an account of this bank is None. Without `lock` it says early what the locked look decides.
    Raises core.policy.UnknownPolicy where the figures of a class are missing: then nothing may move.
    """
    ends = _standings([end for end in (source_id, destination_id) if end is not None], today, lock=lock)
    for end_id, other_id, judge in ((source_id, destination_id, breach_out), (destination_id, source_id, breach_in)):
        here = ends.get(end_id) if end_id is not None else None
        if here is None:
            continue
        breach = judge(
            amount=amount,
            used=here.used,
            caps=caps(here.account_class, currency=here.currency, on=today),
            bound=here.bound_to_id == other_id,
            today=today,
        )
        if breach is not None:
            return Stop(end_id == source_id, here.bank_account_id, here.account_class, breach)
    return None


def _standings(ids: list[int], today: date, *, lock: bool) -> dict[int, Standing]:
    rows = prepared.rows(_LOCKED if lock else _READ, [ids, today])
    return {row[0]: Standing(row[0], row[1], row[2], row[3], Used(*row[4:])) for row in rows}
