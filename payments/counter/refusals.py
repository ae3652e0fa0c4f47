"""Why something is not done at the counter. Whenever one of these is raised, nothing has changed.

Each says so in a sentence for the colleague at the desk, in their language, and names the form's field it belongs to.
"""

from datetime import date
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core.ui import formats
from ledger.money import Money


class NotDone(Exception):
    """Nothing has changed. `str` of it is the sentence, in the language of whoever reads it."""

    field: ClassVar[str] = ""
    words: ClassVar[str | Promise] = ""

    def __str__(self) -> str:
        return str(self.words)


def shown(minor: int, currency: str) -> str:
    """This function will write an amount for use inside a sentence."""
    return formats.amount(Money(minor, currency).decimal, currency)


class Unknown(NotDone):
    """There is no such record for this colleague: pages answer with 404."""

    words = gettext_lazy("There is no such thing here. Nothing was changed.")


class NoPlace(NotDone):
    words = gettext_lazy("You have no place at a branch. Ask your manager to enter one; nothing was changed.")


class TillTaken(NotDone):
    field = "till"
    words = gettext_lazy("A colleague has this till. Choose another one; nothing was changed.")


class HasTill(NotDone):
    words = gettext_lazy("You have a till already. Close it before you open another one; nothing was changed.")


class TillNotOpen(NotDone):
    words = gettext_lazy("Your till is not open. No money has moved. Open it first.")


class DayOver(NotDone):
    words = gettext_lazy(
        "The business day of your till is over. No money has moved. Close the till, and open it for the new day."
    )


class DeliveryWaits(NotDone):
    words = gettext_lazy("A delivery waits for the vault already. Take it back or wait for it; nothing was changed.")


class NothingWaits(NotDone):
    words = gettext_lazy("This was settled in the meantime. Nothing was changed.")


class OwnDelivery(NotDone):
    words = gettext_lazy("Two people hand cash over: you cannot confirm what you asked for. No money has moved.")


class ReasonMissing(NotDone):
    field = "reason"
    words = gettext_lazy("Say why, in a sentence. Nothing was changed.")


class DifferenceOpen(NotDone):
    words = gettext_lazy("The difference is not settled yet. Give its reason, or count again; no money has moved.")


class DifferenceWaits(NotDone):
    words = gettext_lazy(
        "A second person is looking at the difference. Wait, or take the wish back; nothing was changed."
    )


class NoDifference(NotDone):
    words = gettext_lazy("Count and books agree: there is no difference to book.")


class Short(NotDone):
    """Less cash is there than is to leave; `left` minor units."""

    def __init__(self, left: int, currency: str) -> None:
        super().__init__(left, currency)
        self.left, self.currency = left, currency


class TillShort(Short):
    field = "amount"

    def __str__(self) -> str:
        return _(
            "There is not that much in the till: %(left)s. No money has moved. Have cash brought from the vault."
        ) % {"left": shown(self.left, self.currency)}


class VaultShort(Short):
    def __str__(self) -> str:
        return _("There is not that much in the vault: %(left)s. No money has moved.") % {
            "left": shown(self.left, self.currency)
        }


class OperationsWait(NotDone):
    """`count` operations of the till wait for a second person."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "%(count)d operation of this till waits for a second person. Wait for it, or take it back; then count.",
            "%(count)d operations of this till wait for a second person. Wait for them, or take them back; then count.",
            self.count,
        ) % {"count": self.count}


# ── finding a customer ──


class NotFound(NotDone):
    field = "number"
    words = gettext_lazy("Nobody is found by this number. Compare it with the card, the phone or the document.")


class DocumentDiffers(NotDone):
    field = "ending"
    words = gettext_lazy(
        "This is not the document by which the customer was verified. Compare its kind and its last four characters. "
        "If it is a new one, have the customer renew it first."
    )


class OwnMatter(NotDone):
    words = gettext_lazy(
        "You are this customer, live with them, or declared to be close to them. A colleague serves them."
    )


class AsksReason(NotDone):
    field = "reason"
    words = gettext_lazy(
        "This record opens with a reason only. Write why the customer is here, in at least ten characters"
    )


class NotServed(NotDone):
    words = gettext_lazy("The counter does not serve this customer: their identity is not verified, or they have left.")


class VisitOver(NotDone):
    words = gettext_lazy(
        "The customer's time at the counter is over. No money has moved. Sight the document once more."
    )


# ── operations ──


class NotOffered(NotDone):
    field = "account"
    words = gettext_lazy("The counter handles no cash and no transfers in this currency. No money has moved.")


class UnknownAccount(NotDone):
    field = "account"
    words = gettext_lazy("This account is not one the customer may dispose of. No money has moved.")


class UnknownPayee(NotDone):
    field = "to"
    words = gettext_lazy(
        "Number and name do not lead to an account here. No money has moved. Compare both with what the customer has."
    )


class SameAccount(NotDone):
    field = "to"
    words = gettext_lazy("Both accounts are the same. No money has moved.")


class AccountClosed(NotDone):
    field = "account"
    words = gettext_lazy("An account of this operation is closed. No money has moved.")


class CurrencyDiffers(NotDone):
    field = "to"
    words = gettext_lazy("The two accounts are in different currencies. No money has moved.")


class NotPayable(NotDone):
    field = "amount"
    words = gettext_lazy("Notes and coins do not come to this amount. No money has moved. The smallest coin is 0.10.")


class InsufficientFunds(Short):
    field = "amount"

    def __str__(self) -> str:
        return _("This is more than the account has: %(left)s can be spent now. No money has moved.") % {
            "left": shown(self.left, self.currency)
        }


class ClassStops(NotDone):
    """A rule of a class II or III account; `left` minor units more would fit. Another's figures are not told."""

    field = "amount"

    def __init__(self, left: int, currency: str, *, own: bool) -> None:
        super().__init__(left, currency, own)
        self.left, self.currency, self.own = left, currency, own

    def __str__(self) -> str:
        if not self.own:
            return _("The payee's account cannot take this amount now. No money has moved.")
        return _(
            "The class of this account does not allow it: %(left)s more is possible now. No money has moved. "
            "Enter less, or choose an account of class I."
        ) % {"left": shown(self.left, self.currency)}


class IdentityExpired(NotDone):
    """The customer's document expired on `on`, longer ago than the bank waits for a new one."""

    def __init__(self, on: date) -> None:
        super().__init__(on)
        self.on = on

    def __str__(self) -> str:
        return _(
            "The customer's identity document expired on %(day)s and no new one is on record, so money stays. "
            "No money has moved. Have the customer renew it first."
        ) % {"day": formats.day(self.on, get_language())}


class CashNoteMissing(NotDone):
    field = "cash_note"
    words = gettext_lazy(
        "With this customer the bank asks where so much cash comes from or goes to. Write it down; no money has moved."
    )


class KeyTaken(NotDone):
    words = gettext_lazy("This form has been used for another operation already. That one stands; nothing was added.")


class DraftVoid(NotDone):
    words = gettext_lazy("This operation waited too long or was replaced. No money has moved. Fill the form in again.")


class NotAsked(NotDone):
    """The desk did not take the wish for a second person; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


# ── undoing ──


class NotUndone(NotDone):
    words = gettext_lazy(
        "Only what was done today at this open till is undone here. Nothing was changed. For older entries ask for a "
        "reversal of the booking."
    )


class UndoneBefore(NotDone):
    words = gettext_lazy("This operation has been undone already. Nothing was changed.")
