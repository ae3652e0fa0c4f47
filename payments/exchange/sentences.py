"""What a refusal means, whether money moved, and what to do. Each with the field it belongs to ("" for none)."""

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from core.ui import formats
from ledger.money import Money
from payments.exchange import refusals
from payments.refusals import (
    AccountClosed,
    InsufficientFunds,
    SameAccount,
    TransferRefused,
    UnknownDestination,
    UnknownSource,
)


def of(refusal: TransferRefused, *, fixed: str = "sell") -> tuple[str, str]:  # noqa: PLR0911 - one for each case
    """This function will give (field, sentence) for an exchange that was refused; `fixed` is the side that was typed.

    In none of these cases money moved.
    """
    if isinstance(refusal, InsufficientFunds):
        if not refusal.available:
            return "source", _("There is nothing on this account to spend. No money has moved. Choose another account.")
        return fixed, _(
            "This is more than the account has: %(amount)s can be spent now. No money has moved. "
            "Enter less, or choose another account."
        ) % {"amount": _money(refusal.available, refusal.currency)}
    if isinstance(refusal, refusals.QuotaReached):
        left = {"left": _money(refusal.left, "USD")}
        if refusal.buys:
            return fixed, _(
                "You may buy foreign exchange worth %(left)s more this year with your identity card alone. "
                "No money has moved. Enter less; for more, come to a branch with papers that show what it is for."
            ) % left
        return fixed, _(
            "You may sell foreign exchange worth %(left)s more this year with your identity card alone. "
            "No money has moved. Enter less; for more, come to a branch with papers that show where it is from."
        ) % left
    if isinstance(refusal, refusals.NoRate):
        return "", no_rate(refusal)
    if isinstance(refusal, refusals.NotExchanged):
        return "source", _(
            "We do not exchange %(currency)s online. No money has moved. Choose accounts in other currencies."
        ) % {"currency": refusal.currency}
    if isinstance(refusal, (refusals.TooLittle, refusals.TooMuch)):
        return fixed, _(_OF_AMOUNT[type(refusal)])
    field, words = _FIXED.get(type(refusal), ("", gettext_noop("This cannot be exchanged now. No money has moved.")))
    return field, _(words)


def no_rate(refusal: refusals.NoRate) -> str:
    """This function will say that there is no price, and since when."""
    if refusal.newest is None:
        return _("There is no reference rate for these currencies, so we do not name a price. No money has moved.")
    return _(
        "The last reference rate for these currencies is of %(day)s. That is too old for a fair price. "
        "No money has moved. Come back when a newer rate is out; rates are set on working days."
    ) % {"day": formats.day(refusal.newest, get_language())}


def _money(minor: int, currency: str) -> str:
    return formats.amount(Money(minor, currency).decimal, currency)


_OF_AMOUNT = {
    refusals.TooLittle: gettext_noop(
        "This is so little that nothing would come of it in the other currency. No money has moved. Enter more."
    ),
    refusals.TooMuch: gettext_noop("This is more than one exchange can be. No money has moved. Enter less."),
}
_FIXED = {
    UnknownSource: (
        "source",
        gettext_noop("This account cannot be exchanged from. No money has moved. Choose one of your accounts."),
    ),
    UnknownDestination: (
        "destination",
        gettext_noop("This account cannot be exchanged to. No money has moved. Choose one of your accounts."),
    ),
    SameAccount: (
        "destination",
        gettext_noop("Both accounts are the same. No money has moved. Choose an account in another currency."),
    ),
    refusals.SameCurrency: (
        "destination",
        gettext_noop(
            "Both accounts are in the same currency, so there is nothing to exchange. No money has moved. "
            "Choose an account in another currency, or make a transfer."
        ),
    ),
    AccountClosed: (
        "source",
        gettext_noop("One of the two accounts is closed. No money has moved. Choose another account."),
    ),
    refusals.QuoteExpired: (
        "",
        gettext_noop("The rate had run out. No money has moved. Here is the rate of this moment."),
    ),
    refusals.QuoteTaken: (
        "",
        gettext_noop("This rate was used already. Look at your transactions before you try again."),
    ),
    refusals.RateMoved: (
        "",
        gettext_noop("The reference rate has moved meanwhile. No money has moved. Here is the rate of this moment."),
    ),
    refusals.NotQuoted: (
        "",
        gettext_noop("A newer rate was shown on another page. No money has moved. Here is the rate of this moment."),
    ),
}
