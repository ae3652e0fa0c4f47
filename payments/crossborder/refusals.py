"""Why a payment abroad is not made, beside payments.refusals. No money has moved."""

from datetime import date

from payments.crossborder.purposes import Purpose
from payments.refusals import TransferRefused


class UnknownPayee(TransferRefused):
    """The customer has no such payee abroad."""


class CurrencyNotSent(TransferRefused):
    """No correspondent bank carries this currency for us."""


class OtherCurrency(TransferRefused):
    """Out of a foreign currency only that currency is sent; `currency` is the account's."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class PurposeClosed(TransferRefused):
    """Money is not sent abroad for this by persons."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose.code)
        self.purpose = purpose


class CountryClosed(TransferRefused):
    """Nothing is sent to this country; `country` is its code."""

    def __init__(self, country: str) -> None:
        super().__init__(country)
        self.country = country


class NotScreened(TransferRefused):
    """No watch list is in force, so nobody can be compared with it: nothing leaves."""


class FeeTooLarge(TransferRefused):
    """The payee is to bear the fee, and it is not less than the amount."""


class NoRate(TransferRefused):
    """No rate is known for the currency on this day: nothing is quoted and nothing sent."""


class AmountNotQuoted(TransferRefused):
    """The amount comes to nothing in the other currency, or is beyond what is quoted."""


class QuoteOver(TransferRefused):
    """The rate no longer holds; a new one has to be looked at."""


class PapersNeeded(TransferRefused):
    """The amount is beyond what goes without papers; `left` US cents of it are left, until `whole_on`."""

    def __init__(self, left: int, whole_on: date, *, buys: bool) -> None:
        super().__init__(left)
        self.left, self.whole_on, self.buys = left, whole_on, buys


class GroundChanged(TransferRefused):
    """What the check page said about the quota no longer holds; it has to be looked at again."""


class Undeclared(TransferRefused):
    """The declaration was not ticked."""


class TooLate(TransferRefused):
    """The payment has left, or came back before: it can no longer be taken back."""


class BoughtForIt(TransferRefused):
    """Foreign exchange was bought for the payment: the payer cannot undo that; the bank's refusal would."""


class PayeeRefused(Exception):
    """The payee is not kept."""


class TooManyPayees(PayeeRefused):
    """The list is full; `most` says how many it holds."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class AlreadyThere(PayeeRefused):
    """This account is on the list already."""


class PaperRefused(Exception):
    """The document is not taken."""


class TooManyPapers(PaperRefused):
    """The payment has as many documents as it may have; `most` says how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TooManyUploads(PaperRefused):
    """So many files came from this customer today that no more are taken."""
