"""What a refusal means, whether money moved, and what to do, for the pages of this room."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from accounts.identity.figures import figures as identity
from accounts.identity.forms import refusal_sentence
from accounts.identity.photos import PhotoRefused, Refusal
from core.ui import formats
from payments import sentences
from payments.crossborder import countries, figures, ibans, refusals
from payments.crossborder.figures import WORTH
from payments.crossborder.ibans import Fault, NumberRefused
from payments.crossborder.models import Payment
from payments.crossborder.rendering import TooManyPages
from payments.refusals import AccountClosed, TransferRefused, UnknownSource

money = sentences.money


def country(code: str) -> str:
    """This function will name a country in the language of the moment."""
    return countries.name(code, get_language() or "en")


def moment(value: datetime) -> str:
    """This function will write a moment on the bank's wall clock."""
    return formats.moment(timezone.localtime(value), get_language())


def rate(payment: Payment) -> str:
    """This function will write the rate of a payment: what one unit, or a hundred yen, costs in yuan."""
    assert payment.rate is not None  # noqa: S101 - asked of payments that something was bought for
    return f"1 {payment.currency} = {payment.rate.normalize():f} {payment.debit_currency}"


def of(refusal: TransferRefused) -> tuple[str, str]:
    """This function will give (field, sentence) for a payment that was refused. In none of these cases money moved."""
    if type(refusal) in _PLAIN:
        field, words = _PLAIN[type(refusal)]
        return field, _(words)
    if isinstance(refusal, refusals.CountryClosed):
        closed = _("We send nothing to %(country)s. No money has moved. Ask us at a branch if you have questions.")
        return "payee", closed % {"country": country(refusal.country)}
    if isinstance(refusal, refusals.OtherCurrency):
        return "currency", _(
            "From an account in %(currency)s only %(currency)s is sent. No money has moved. Choose that currency, or "
            "exchange the money into a yuan account first."
        ) % {"currency": refusal.currency}
    if isinstance(refusal, refusals.PurposeClosed):
        return "purpose", _("%(why)s No money has moved.") % {"why": refusal.purpose.refused}
    if isinstance(refusal, refusals.PapersNeeded):
        return "", _papers_needed(refusal)
    field, words = sentences.of_transfer(refusal)
    return {"to": "payee"}.get(field, field), words


_PLAIN: dict[type[TransferRefused], tuple[str, str]] = {
    refusals.UnknownPayee: (
        "payee",
        gettext_noop("This payee is no longer on your list. No money has moved. Choose another."),
    ),
    refusals.CurrencyNotSent: (
        "currency",
        gettext_noop("We do not send this currency abroad. No money has moved. Choose one from the list."),
    ),
    refusals.NotScreened: (
        "",
        gettext_noop(
            "We cannot compare the payee with the lists we must look at, so nothing leaves now. No money has moved. "
            "Try again later; we are seeing to it."
        ),
    ),
    refusals.FeeTooLarge: (
        "charges",
        gettext_noop(
            "The fee is not less than the amount, so nothing would be left for the payee. No money has moved. Enter "
            "more, or let the fee be yours."
        ),
    ),
    refusals.NoRate: (
        "currency",
        gettext_noop(
            "We know no rate for this currency today, so we quote none. No money has moved. Try again on the next "
            "working day."
        ),
    ),
    refusals.AmountNotQuoted: (
        "amount",
        gettext_noop("This amount cannot be exchanged at a rate. No money has moved. Enter another one."),
    ),
    refusals.QuoteOver: (
        "",
        gettext_noop("The rate no longer holds. No money has moved. Look at the new rate and confirm that."),
    ),
    refusals.GroundChanged: (
        "",
        gettext_noop(
            "What is left of your quota has changed since this page was made. No money has moved. Look at the new "
            "terms and confirm those."
        ),
    ),
    refusals.Undeclared: ("declare", gettext_noop("Tick the declaration if it is true. No money has moved.")),
    AccountClosed: (
        "source",
        gettext_noop("This account cannot be paid from. No money has moved. Choose one of your accounts."),
    ),
    UnknownSource: (
        "source",
        gettext_noop("This account cannot be paid from. No money has moved. Choose one of your accounts."),
    ),
}


def _papers_needed(refusal: refusals.PapersNeeded) -> str:
    facts = {
        "left": money(refusal.left, WORTH),
        "day": formats.day(refusal.whole_on, get_language()),
    }
    if refusal.buys:
        return (
            _(
                "This is more than what is left of your yearly quota, %(left)s. No money has moved. Add the documents "
                "that prove what it is for, send less, or wait until %(day)s, when the quota starts anew."
            )
            % facts
        )
    return (
        _(
            "This is more than what may go abroad in a day without documents; %(left)s is left today. No money has "
            "moved. Add the documents that prove what it is for, send less, or wait until %(day)s."
        )
        % facts
    )


def of_number(refusal: NumberRefused, *, where: str) -> str:
    """This function will say what is wrong with an IBAN for a country, so that a person finds it."""
    facts = {
        "country": country(where),
        "length": refusal.length,
        "has": refusal.has,
        "group": refusal.group,
        "text": refusal.text,
        "code": ibans.WITHIN.get(where, where),
    }
    return _(_NUMBER[refusal.fault]) % facts


_NUMBER: dict[Fault, str] = {
    Fault.EMPTY: gettext_noop("Enter the IBAN"),
    Fault.COUNTRY: gettext_noop(
        "This IBAN begins with %(text)s; one of %(country)s begins with %(code)s. Compare both"
    ),
    Fault.LENGTH: gettext_noop(
        "An IBAN of %(country)s has %(length)d characters, this one has %(has)d. Count the groups of four"
    ),
    Fault.CHARACTERS: gettext_noop(
        "An IBAN has only letters and digits, and two digits after the country: look at “%(text)s”"
    ),
    Fault.KIND: gettext_noop(
        "Group %(group)d, “%(text)s”, has a letter where %(country)s has digits, or the other way round"
    ),
    Fault.SWAPPED: gettext_noop(
        "Two neighbouring characters seem to be swapped in or next to group %(group)d, “%(text)s”"
    ),
    Fault.NATIONAL: gettext_noop(
        "The account's own check digits, as %(country)s makes them, do not fit. Compare the last groups"
    ),
    Fault.CHECK: gettext_noop(
        "The check digits “%(text)s” do not fit the rest: one character is mistyped. Compare group by group"
    ),
    Fault.DOMESTIC: gettext_noop("This account is in this country: pay to it by a transfer to another bank"),
}


def of_bic(refusal: NumberRefused, *, where: str) -> str:
    """This function will say what is wrong with a BIC for a bank in a country."""
    facts = {"country": country(where), "text": refusal.text, "has": refusal.has}
    match refusal.fault:
        case Fault.EMPTY:
            return _("Enter the BIC of the payee's bank")
        case Fault.LENGTH:
            return _("A BIC has 8 or 11 characters, this one has %(has)d") % facts
        case Fault.DOMESTIC:
            return _("This bank is in this country: pay to it by a transfer to another bank")
        case Fault.COUNTRY:
            return _("The fifth and sixth letters name the bank's country: “%(text)s” is not %(country)s") % facts
    return _("A BIC is made of six letters and two or five letters or digits, for example DEUTDEFF")


def of_payee(refusal: refusals.PayeeRefused) -> tuple[str, str]:
    """This function will give (field, sentence) for a payee that was not added."""
    if isinstance(refusal, refusals.TooManyPayees):
        return "", _(
            "Your list holds %(most)d payees and is full. Remove one you no longer pay, then add this one."
        ) % {"most": refusal.most}
    return "number", _("This account is on your list already. Nothing was added.")


def of_paper(refusal: Exception, limits: figures.PaperLimits) -> str:
    """This function will say why a document was not taken."""
    match refusal:
        case TooManyPages():
            return _("This document has more than %(pages)d pages. Send the pages that matter") % {
                "pages": limits.pages
            }
        case refusals.TooManyPapers():
            return _("A payment has at most %(most)d documents. Remove one first") % {"most": refusal.most}
        case refusals.TooManyUploads():
            return _("You have sent many documents today. Go on tomorrow, or bring them to a branch")
        case PhotoRefused():
            return _of_photo(refusal)
    raise refusal


def _of_photo(refusal: PhotoRefused) -> str:
    if refusal.reason is Refusal.NOT_A_PHOTO:
        return _("This is neither a photo (JPEG, PNG, WEBP) nor a PDF. Send one of these")
    if refusal.reason is Refusal.DAMAGED:
        return _("This file cannot be opened: it is damaged, or locked with a password. Send it again without one")
    return refusal_sentence(refusal.reason, figures=identity(timezone.localdate()))
