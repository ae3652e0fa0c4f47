"""What stands against an operation at the counter, and what takes a second person: people, then accounts and money.

Not asked here are the limits of the online channel, which customers agree on for it. The rules of account classes, an
expired document, holds and floors count as everywhere.
"""

from datetime import date, datetime

from accounts import class_limits
from accounts.freezing.models import Freeze
from accounts.identity import queries as identity
from accounts.models import BankAccount, Customer, Disposition, User
from core import policy
from ledger import balances, posting
from ledger.calendar import business_date
from payments.counter import close_to, denominations, figures, locks, queries
from payments.counter.models import Operation, TillDay
from payments.counter.refusals import (
    AccountClosed,
    CashNoteMissing,
    ClassStops,
    CurrencyDiffers,
    IdentityExpired,
    InsufficientFunds,
    NotOffered,
    NotPayable,
    NotServed,
    OwnMatter,
    UnknownAccount,
)
from payments.counter.services import cash

Kind = Operation.Kind
AMOUNT, LOCKED = "amount", "locked"  # why a second person is asked


def why_second(operation: Operation, *, now: datetime) -> tuple[str, ...]:
    """This function will say why an operation takes a second person, as codes; empty where one is enough.

    Above the figure of its kind, and always when money leaves whose owner's access is locked. Raises NotOffered.
    """
    most = figures.alone_most(operation.kind, currency=operation.currency, on=business_date(now))
    why = [AMOUNT] if operation.amount > most else []
    if operation.kind != Kind.DEPOSIT and _is_locked(operation.customer):
        why.append(LOCKED)
    return tuple(why)


def _is_locked(customer: Customer) -> bool:
    return customer.user_id is not None and Freeze.objects.filter(user=customer.user_id, lifted_at=None).exists()


def asks_note(*, customer: Customer, kind: str, amount: int, currency: str, now: datetime) -> bool:
    """This function will say whether the bank asks where cash comes from or goes to: a large sum, and a risk.

    The sum is of the business date, in one direction. Since the due-diligence measures of 2026 a sum alone asks nobody.
    """
    if kind == Kind.TRANSFER:
        return False
    on = business_date(now)
    total = amount + queries.cash_today(customer_id=customer.pk, kind=kind, currency=currency, on=on)
    verified = identity.approved_one(customer)
    risk = verified.risk if verified else ""
    return total >= figures.large_cash(currency=currency, on=on) and risk in figures.risks_asked(on=on)


def judge(operation: Operation, *, now: datetime) -> None:
    """This function will look whether an operation may be carried out as things stand, without locks on the accounts.

    Raises the refusals of `payments.counter.refusals`.
    """
    locks.is_open(operation.day, now)
    may_go(operation, stays_own(operation), operation.day.teller, now, lock=False)
    covered(operation, operation.day)


def stays_own(operation: Operation) -> bool:
    """This function will say whether a transfer goes between accounts that are all its customer's."""
    if operation.destination_id is None:
        return False
    owned = Disposition.objects.filter(
        customer_id=operation.customer_id,
        bank_account__in=[operation.account_id, operation.destination_id],
        role=Disposition.Role.OWNER,
    )
    return owned.count() == 2


def may_go(operation: Operation, own: bool, teller: User, now: datetime, *, lock: bool) -> None:
    """This function will refuse an operation for what stands against it: people, then accounts, then rules of money.

    `own`: both accounts are the customer's. Raises the refusals of `payments.counter.refusals`.
    """
    today, customer = business_date(now), operation.customer
    if customer.standing != Customer.Standing.VERIFIED:
        raise NotServed
    if close_to.is_close(teller, people(operation)):
        raise OwnMatter
    if not Disposition.objects.filter(customer=customer, bank_account=operation.account_id).exists():
        raise UnknownAccount
    ends = BankAccount.objects.filter(pk__in=[operation.account_id, operation.destination_id])
    if any(one.status != BankAccount.Status.OPEN for one in ends):
        raise AccountClosed
    if any(one.currency != operation.currency for one in ends):
        raise CurrencyDiffers
    if operation.currency != operation.day.till.branch.currency:
        raise NotOffered
    figures.alone_most(operation.kind, currency=operation.currency, on=today)
    if operation.in_cash and not denominations.payable(operation.currency, operation.amount):
        raise NotPayable
    leaves = operation.kind != Kind.DEPOSIT and not own
    expires = customer.document_expires_on
    if leaves and expires is not None and identity.money_stays(expires, today=today):
        raise IdentityExpired(expires)
    if not operation.cash_note and asks_note(
        customer=customer, kind=operation.kind, amount=operation.amount, currency=operation.currency, now=now
    ):
        raise CashNoteMissing
    _class_allows(operation, today, lock=lock)


def people(operation: Operation) -> list[int]:
    """This function will list everybody whose money it is: the customer, and the owners of both accounts."""
    ends = [operation.account_id, *([operation.destination_id] if operation.destination_id else [])]
    owners = Disposition.objects.filter(bank_account__in=ends).values_list("customer_id", flat=True)
    return [operation.customer_id, *owners]


def _class_allows(operation: Operation, today: date, *, lock: bool) -> None:
    is_deposit = operation.kind == Kind.DEPOSIT
    try:
        stop = class_limits.stop(
            source_id=None if is_deposit else operation.account_id,
            destination_id=operation.account_id if is_deposit else operation.destination_id,
            amount=operation.amount,
            today=today,
            lock=lock,
        )
    except policy.UnknownPolicy as missing:
        raise NotOffered from missing
    if stop is not None:
        raise ClassStops(stop.breach.left, operation.currency, own=stop.bank_account_id == operation.account_id)


def covered(operation: Operation, day: TillDay) -> None:
    """This function will say early what books and drawer would refuse. Raises InsufficientFunds, TillShort."""
    if operation.kind == Kind.DEPOSIT:
        return
    left = spendable(operation.account.ledger_account_id)
    if operation.amount > left:
        raise InsufficientFunds(left, operation.currency)
    if operation.kind == Kind.WITHDRAWAL:
        cash.short_of(day, [posting.Line(day.till.account_id, operation.amount)])


def spendable(ledger_account_id: int) -> int:
    """This function will read what may leave an account before it meets its floor, in minor units."""
    return max(0, balances.of([ledger_account_id])[ledger_account_id].spendable or 0)
