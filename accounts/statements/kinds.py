"""What kinds of movements are called. The books know codes; each room says what its own are called in people's words.

`settings.MOVEMENT_KINDS` (portal/movements.py) names, as dotted paths, dictionaries of code -> lazy text. A code that
nobody names is shown as "Movement", so a new room can book before it has found its words.
"""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ledger.models import Entry

# Movements that came with another bank's history (accounts/statements/bank_import.py).
HISTORY = {
    "history.cash_deposit": _("Cash paid in"),
    "history.cash_withdrawal": _("Cash withdrawn"),
    "history.card_withdrawal": _("Cash withdrawn by card"),
    "history.transfer_in": _("Transfer received"),
    "history.transfer_out": _("Transfer sent"),
    "history.pension": _("Pension received"),
    "history.household": _("Household bills"),
    "history.insurance": _("Insurance"),
    "history.loan_payment": _("Loan payment"),
    "history.leasing": _("Leasing"),
    "history.interest": _("Interest received"),
    "history.penalty_interest": _("Overdraft interest"),
    "history.fee": pgettext_lazy("movement", "Fee"),
    "history.opening_balance": _("Balance brought forward"),
}

# One entry may take a payment and its fee by two lines of the same account; the later one is the fee.
FEE = ".fee"


@cache
def of_line() -> str:
    """This function will write, in SQL, the kind that a `line` of an `entry` has for the customer who reads it.

    It is the entry's, but for the second line of an entry that takes a fee (`settings.FEE_LINES`): that one is its code
    with ".fee" behind it. The codes are the code's own words.
    """
    with_fee = ", ".join(f"'{code}'" for code in import_string(settings.FEE_LINES))
    return f"CASE WHEN line.position > 1 AND entry.kind IN ({with_fee}) THEN entry.kind || '{FEE}' ELSE entry.kind END"


@cache
def _all() -> Mapping[str, object]:
    found: dict[str, object] = {}
    for path in import_string(settings.MOVEMENT_KINDS):
        found.update(import_string(path))
    return found


def label(code: str) -> str:
    """This function will say what a kind of movement is called, in the reader's language."""
    known = _all().get(code)
    return gettext("Movement") if known is None else str(known)


def codes() -> tuple[str, ...]:
    """This function will list every kind that some room has named."""
    return tuple(_all())


def called(words: str) -> list[str]:
    """This function will find the codes whose names contain some words, in the reader's language."""
    wanted = words.casefold()
    return [code for code, text in _all().items() if wanted in str(text).casefold()]


@cache
def _channels() -> Mapping[str, object]:
    return dict(Entry.Channel.choices)


def channel(code: str) -> str:
    """This function will say what a channel is called, in the reader's language."""
    return str(_channels().get(code, code))
