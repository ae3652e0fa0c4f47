"""Payments that wait, for the statement of the account on which their money is held (accounts.statements.held)."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.statements.held import HeldSum
from core.ui import formats
from payments import queries_held
from payments.models import Holding

PAGES = {"bank": "bank_payment"}  # where a payment stands; of every other kind: its receipt


def on_account(*, ledger_account_id: int, customer: Customer, now: datetime) -> list[HeldSum]:
    """This function will tell which payments hold money on an account, newest first, in one query.

    Who may dispose of the account but has not made the payment reads that it waits, and not to whom it goes.
    """
    return [
        _of_its_payer(one, now) if one.payer_id == customer.pk else _of_somebody_else(one)
        for one in queries_held.held_on(ledger_account_id)
    ]


def _of_its_payer(one: queries_held.HeldOn, now: datetime) -> HeldSum:
    payment = one.payment
    what = _("Payment to %(payee)s") if payment.kind == "bank" else _("Transfer to %(payee)s")
    return HeldSum(
        what=what % {"payee": payment.shown_name},
        money=payment.money,
        sentence=_how_it_ends(one, now),
        page=reverse(PAGES.get(payment.kind, "receipt"), args=[payment.public_id]),
    )


def _how_it_ends(one: queries_held.HeldOn, now: datetime) -> str:
    if one.payment.until <= now:
        return _("Its time is over. In a moment you see what became of it.")
    words = {
        Holding.Waits.CONFIRM.value: _(
            "It waits for your word: send it or stop it by %(until)s. After that it is not sent, and the money can be "
            "spent again."
        ),
        Holding.Waits.DELAY.value: _("It goes by itself at %(until)s. Until then you can stop it."),
        Holding.Waits.REVIEW.value: _(
            "A colleague looks at it: we send it or give it back by %(until)s at the latest."
        ),
    }
    return words[one.waits] % {"until": _moment(one)}


def _of_somebody_else(one: queries_held.HeldOn) -> HeldSum:
    return HeldSum(
        what=_("A payment by somebody else who may dispose of this account"),
        money=one.payment.money,
        sentence=_("It waits until %(until)s at the latest. Whoever made it sees more.") % {"until": _moment(one)},
    )


def _moment(one: queries_held.HeldOn) -> str:
    return formats.moment(timezone.localtime(one.payment.until), get_language())
