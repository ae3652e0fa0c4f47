"""What a refusal means, whether money moved, and what to do. Each with the field it belongs to ("" for none)."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from accounts.classes import Which as ClassRule
from accounts.queries import NAMES
from core.ui import formats
from ledger.money import Money
from payments.limits import Breach, Which
from payments.refusals import FilledInAnew, RequestOver
from payments.services import payees, transfers


def money(minor: int, currency: str) -> str:
    """This function will write an amount for use inside a sentence."""
    value: Decimal = Money(minor, currency).decimal
    return formats.amount(value, currency)


def of_transfer(refusal: transfers.TransferRefused) -> tuple[str, str]:
    """This function will give (field, sentence) for a transfer that was refused. In none of these cases money moved."""
    if isinstance(refusal, transfers.InsufficientFunds):
        if not refusal.available:
            return "amount", _("There is nothing on this account to spend. No money has moved. Choose another account.")
        return "amount", _(
            "This is more than the account has: %(amount)s can be spent now. No money has moved. "
            "Enter less, or choose another account."
        ) % {"amount": money(refusal.available, refusal.currency)}
    if isinstance(refusal, transfers.LimitReached):
        return "amount", _limit(refusal.breach, refusal.currency)
    if isinstance(refusal, transfers.PayeeYoung):
        return "amount", _(
            "This payee is new on your list. Until %(until)s at most %(most)s goes to new payees together, %(left)s "
            "more for now. No money has moved. Enter less, or wait until then."
        ) % {
            "left": money(refusal.left, refusal.currency),
            "most": money(refusal.most, refusal.currency),
            "until": formats.moment(timezone.localtime(refusal.until), get_language()),
        }
    if isinstance(refusal, transfers.SecondStepYoung):
        return "amount", _(
            "Your second step is new, so until %(until)s only small sums leave online; today %(left)s more. "
            "No money has moved. For a larger payment come to a branch counter with your document."
        ) % {
            "left": money(refusal.left, refusal.currency),
            "until": formats.moment(timezone.localtime(refusal.until), get_language()) if refusal.until else "",
        }
    said = _of_doors(refusal)
    if said is None:
        field, words = _FIXED.get(type(refusal), ("", _("This transfer cannot be made. No money has moved.")))
        said = field, _(words)
    return said


def _limit(breach: Breach, currency: str) -> str:
    day = formats.day(breach.resets_on, get_language()) if breach.resets_on else ""
    if breach.which.is_count:
        return _(_COUNTED[breach.which]) % {"limit": breach.limit, "day": day}
    sums = {"limit": money(breach.limit, currency), "left": money(breach.left, currency), "day": day}
    return _(_SUMMED[breach.which]) % sums


_COUNTED = {
    Which.DAY_COUNT: gettext_noop(
        "You can send money %(limit)d times a day and have done so. No money has moved. The next time is possible on "
        "%(day)s."
    ),
    Which.MONTH_COUNT: gettext_noop(
        "You can send money %(limit)d times a month and have done so. No money has moved. The next time is possible on "
        "%(day)s."
    ),
    Which.YEAR_COUNT: gettext_noop(
        "You can send money %(limit)d times a year and have done so. No money has moved. The next time is possible on "
        "%(day)s."
    ),
}
_SUMMED = {
    Which.PAYMENT: gettext_noop(
        "One transfer can be at most %(limit)s. No money has moved. Enter less, or send it in parts."
    ),
    Which.DAY: gettext_noop(
        "Your daily limit is %(limit)s and %(left)s of it is left today. No money has moved. Enter less, or wait until "
        "%(day)s, when it starts anew."
    ),
    Which.PAYEE_DAY: gettext_noop(
        "To one payee you send at most %(limit)s a day, as you have set it, and %(left)s of it is left for this one "
        "today. No money has moved. Enter less, wait until %(day)s, or raise that limit first."
    ),
    Which.MONTH: gettext_noop(
        "Your monthly limit is %(limit)s and %(left)s of it is left this month. No money has moved. Enter less, or "
        "wait until %(day)s, when it starts anew."
    ),
    Which.YEAR: gettext_noop(
        "Your yearly limit is %(limit)s and %(left)s of it is left this year. No money has moved. Enter less, or wait "
        "until %(day)s, when it starts anew."
    ),
}


def _of_doors(refusal: transfers.TransferRefused) -> tuple[str, str] | None:
    """Say what an expired document or the class of an own account means; None for other refusals."""
    if isinstance(refusal, transfers.IdentityExpired):
        return "", _(
            "Your identity document expired on %(day)s and we have no new one, so money does not leave your accounts "
            "now. No money has moved. Show us the new document under “Me”, or come to a branch counter with it."
        ) % {"day": formats.day(refusal.expired_on, get_language())}
    if isinstance(refusal, transfers.ClassLimit):
        return "amount", _of_class(refusal)
    return None


def _of_class(refusal: transfers.ClassLimit) -> str:
    """Say which rule of the payer's own class II or III account stands in the way."""
    breach = refusal.breach
    values = {
        "account": NAMES[refusal.account_class],
        "limit": money(breach.limit, refusal.currency),
        "left": money(breach.left, refusal.currency),
        "day": formats.day(breach.resets_on, get_language()) if breach.resets_on else "",
    }
    return _(_CLASS[breach.which]) % values


_CLASS: dict[ClassRule, str] = {
    ClassRule.OUT_DAY: gettext_noop(
        "%(account)s: at most %(limit)s a day may leave it for other accounts than the one it is bound to; %(left)s is "
        "left today. No money has moved. Enter less, pay from another account, or wait until %(day)s."
    ),
    ClassRule.OUT_YEAR: gettext_noop(
        "%(account)s: at most %(limit)s a year may leave it for other accounts than the one it is bound to; %(left)s "
        "is left this year. No money has moved. Enter less, or pay from another account until %(day)s."
    ),
    ClassRule.IN_DAY: gettext_noop(
        "%(account)s: at most %(limit)s a day may come in from other accounts than the one it is bound to; %(left)s is "
        "left today. No money has moved. Enter less, or wait until %(day)s."
    ),
    ClassRule.IN_YEAR: gettext_noop(
        "%(account)s: at most %(limit)s a year may come in from other accounts than the one it is bound to; %(left)s "
        "is left this year. No money has moved. Enter less, or wait until %(day)s."
    ),
    ClassRule.BALANCE: gettext_noop(
        "%(account)s: at most %(limit)s may lie on it, and %(left)s more fits. No money has moved. Enter less, or "
        "choose another account."
    ),
}


_FIXED: dict[type[transfers.TransferRefused], tuple[str, str]] = {
    transfers.UnknownSource: (
        "source",
        gettext_noop("This account cannot be paid from. No money has moved. Choose one of your accounts."),
    ),
    transfers.UnknownDestination: (
        "to",
        gettext_noop(
            "This payee is no longer on your list. No money has moved. Choose one of your payees or accounts."
        ),
    ),
    RequestOver: (
        "",
        gettext_noop("This request was paid or withdrawn, or its last day is over. No money has moved."),
    ),
    FilledInAnew: (
        "",
        gettext_noop(
            "You filled in this payment again later. No money has moved from here. Confirm the newer one, "
            "or fill it in once more."
        ),
    ),
    transfers.PayeeCannotTake: (
        "amount",
        gettext_noop(
            "The payee's account cannot take this amount now. No money has moved. Ask the payee for another account."
        ),
    ),
    transfers.SameAccount: (
        "to",
        gettext_noop("Both accounts are the same. No money has moved. Choose another account to pay to."),
    ),
    transfers.AccountClosed: (
        "to",
        gettext_noop("One of the two accounts is closed. No money has moved. Choose another account."),
    ),
    transfers.CurrencyDiffers: (
        "to",
        gettext_noop(
            "The two accounts are in different currencies. No money has moved. "
            "Choose accounts in the same currency, or exchange the money between your own accounts first."
        ),
    ),
    transfers.NotOffered: (
        "source",
        gettext_noop("Transfers in this currency are not offered online. No money has moved. Ask at a branch."),
    ),
    transfers.UnknownTransfer: ("", gettext_noop("There is no such transfer. No money has moved.")),
    transfers.DraftVoid: (
        "",
        gettext_noop("This transfer was not confirmed in time. No money has moved. Check it and continue."),
    ),
}


def of_payee(refusal: payees.PayeeRefused) -> tuple[str, str]:
    """This function will give (field, sentence) for a payee that was not added."""
    if isinstance(refusal, payees.TooManyPayees):
        return "", _(
            "Your list holds %(most)d payees and is full. Remove one you no longer pay, then add this one."
        ) % {"most": refusal.most}
    if isinstance(refusal, payees.OwnAccount):
        return "number", _("This is your own account. You can pay to it at once: choose it on the transfer page.")
    if isinstance(refusal, payees.AlreadyThere):
        return "number", _("This account is on your list already. Nothing was added.")
    return "number", _(
        "This number does not lead to an account that can be paid here. Compare it with what the payee gave you."
    )
