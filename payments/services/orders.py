"""What a customer wants moved, and both ends of it as that customer may use them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Customer
from payments import queries
from payments.models import Transfer
from payments.refusals import (
    AccountClosed,
    CurrencyDiffers,
    InsufficientFunds,
    SameAccount,
    UnknownDestination,
    UnknownSource,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants moved: exactly one of `to_account` and `to_payee` is given. Minor units."""

    source: uuid.UUID
    to_account: uuid.UUID | None
    to_payee: uuid.UUID | None
    amount: int
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of an order, looked up for its customer."""

    source_id: int
    destination_id: int
    payee_id: int | None
    currency: str
    kind: str
    shown_name: str
    payee_name: str
    payee_since: datetime | None
    classed: bool  # one of the two accounts is of class II or III
    stays_own: bool  # both accounts are the customer's own


def look_up(customer: Customer, order: Order) -> Ends:
    """This function will find both ends among what the customer may use, and say early what confirming would refuse.

    Raises UnknownSource, UnknownDestination, SameAccount, AccountClosed, CurrencyDiffers, InsufficientFunds.
    """
    held = queries.own_ends(customer, [order.source, *([order.to_account] if order.to_account else [])])
    source = held.get(order.source)
    if source is None:
        raise UnknownSource
    target: queries.OwnEnd | queries.PayeeEnd | None
    if order.to_account is not None:
        target = held.get(order.to_account)
    else:
        target = queries.payee_end(customer, order.to_payee) if order.to_payee else None
    return judged(customer, order, source, target)


def judged(
    customer: Customer, order: Order, source: queries.OwnEnd | None, target: queries.OwnEnd | queries.PayeeEnd | None
) -> Ends:
    """This function will judge both ends as they were found among what the customer may use. Raises as `look_up`."""
    if source is None:
        raise UnknownSource
    payee_id, since = None, None
    if order.to_account is not None:
        kind, name = Transfer.Kind.OWN, customer.legal_name
        shown_name = name
    else:
        kind = Transfer.Kind.CUSTOMER
        payee_id, shown_name, name, since = (
            (target.payee_id, target.shown_name, target.legal_name, target.confirmed_at)
            if isinstance(target, queries.PayeeEnd)
            else (None, "", "", None)
        )
    if target is None:
        raise UnknownDestination
    if target.bank_account_id == source.bank_account_id:
        raise SameAccount
    if not (source.open and target.open):
        raise AccountClosed
    if target.currency != source.currency:
        raise CurrencyDiffers
    if source.spendable is not None and order.amount > source.spendable:
        raise InsufficientFunds(max(0, source.spendable), source.currency)
    return Ends(
        source_id=source.bank_account_id,
        destination_id=target.bank_account_id,
        payee_id=payee_id,
        currency=source.currency,
        kind=kind.value,
        shown_name=shown_name,
        payee_name=name,
        payee_since=since,
        classed=source.classed or target.classed,
        stays_own=source.owned and isinstance(target, queries.OwnEnd) and target.owned,
    )
