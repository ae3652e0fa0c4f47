"""Why a transfer is not made. Callers name them through `services.transfers`."""

import uuid
from datetime import date, datetime

from accounts.classes import Breach as ClassBreach
from payments import limits


class TransferRefused(Exception):
    """The transfer cannot be made. No money has moved."""


class UnknownSource(TransferRefused):
    """The account to pay from is not one the customer may dispose of."""


class UnknownDestination(TransferRefused):
    """There is no such payee or own account for this customer."""


class RequestOver(UnknownDestination):
    """What somebody asked for is paid, cancelled or too late by now."""


class FilledInAnew(UnknownDestination):
    """What somebody asked for was filled in again after this draft: only the newer one counts."""


class SameAccount(TransferRefused):
    """Both ends are the same account."""


class AccountClosed(TransferRefused):
    """One of the two accounts is closed."""


class CurrencyDiffers(TransferRefused):
    """The two accounts are kept in different currencies."""


class NotOffered(TransferRefused):
    """No limits are set for this currency, so nothing may leave in it."""


class InsufficientFunds(TransferRefused):
    """The account does not hold enough; `available` is what may be spent now, in minor units of `currency`."""

    def __init__(self, available: int, currency: str) -> None:
        super().__init__(available, currency)
        self.available, self.currency = available, currency


class LimitReached(TransferRefused):
    """A limit would be passed; `breach` says which, what is left, and when it is whole again."""

    def __init__(self, breach: limits.Breach, currency: str) -> None:
        super().__init__(breach, currency)
        self.breach, self.currency = breach, currency


class SecondStepYoung(TransferRefused):
    """The second step was recovered lately: until `until` only small sums leave, today `left` minor units more."""

    def __init__(self, left: int, currency: str, until: datetime | None) -> None:
        super().__init__(left, currency)
        self.left, self.currency, self.until = left, currency, until


class PayeeYoung(TransferRefused):
    """The payee is new: until `until` no more than `left` minor units more go to new payees together, of `most`."""

    def __init__(self, left: int, most: int, currency: str, until: datetime) -> None:
        super().__init__(left, most, currency, until)
        self.left, self.most, self.currency, self.until = left, most, currency, until


class SumUnconfirmed(TransferRefused):
    """The sum of the day is large and has not been confirmed in words; `total` is that sum in minor units."""

    def __init__(self, total: int, currency: str) -> None:
        super().__init__(total, currency)
        self.total, self.currency = total, currency


class IdentityExpired(TransferRefused):
    """The payer's identity document expired on `expired_on`, longer ago than the bank waits for a new one."""

    def __init__(self, expired_on: date) -> None:
        super().__init__(expired_on)
        self.expired_on = expired_on


class ClassLimit(TransferRefused):
    """The payer's own account of class II or III may not do this; `breach` says which rule and what is left."""

    def __init__(self, account_class: str, breach: ClassBreach, currency: str) -> None:
        super().__init__(account_class, breach, currency)
        self.account_class, self.breach, self.currency = account_class, breach, currency


class PayeeCannotTake(TransferRefused):
    """The payee's account may not take this amount now. Why is the payee's own business."""


class KeyTaken(TransferRefused):
    """The form has made another transfer already; `transfer_id` is that one's public id."""

    def __init__(self, transfer_id: uuid.UUID) -> None:
        super().__init__(transfer_id)
        self.transfer_id = transfer_id


class UnknownTransfer(TransferRefused):
    """The customer has no such transfer."""


class DraftVoid(TransferRefused):
    """The draft was replaced or is too old; it cannot be confirmed any more."""
