"""What the bank keeps about a person, by group: what for, on what ground, and for how long.

Every field of the data dictionary (portal/personal_data.csv) belongs to one of these. Years are counted from the end
of the relationship, or from the event where that is later; the figure is `closing.keep_years`.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are kept together: for the same purpose, on the same ground, as long."""

    key: str
    title: Text
    purpose: Text
    basis: Text
    kept: Text
    icon: str = "me"
    shown: bool = True  # False: about staff or about machines; in the dictionary, not on a customer's page


AML: Final = _("Anti-Money Laundering Law, records of identity and transactions")
CONTRACT: Final = _("Needed for the contract between you and us (PIPL art. 13 no. 2)")
TEN_YEARS: Final = _("10 years after the relationship ends, then deleted")

GROUPS: Final = (
    Group(
        "person",
        _("Who you are"),
        _("To know whom we serve, and to open an account only for the person it belongs to."),
        AML,
        TEN_YEARS,
        "idcard",
    ),
    Group(
        "contact",
        _("How we reach you"),
        _("To sign you in, to tell you what happens on your accounts, and to warn you."),
        CONTRACT,
        _("As long as you are a customer; former addresses are told of changes for 30 days"),
        "messages",
    ),
    Group(
        "security",
        _("Signing in and security"),
        _("To let you in and nobody else, and to notice when somebody else tries."),
        _("Our duty to protect your account (PIPL art. 51, Cybersecurity Law art. 21)"),
        _("As long as you use it; the record of what happened at least 6 months"),
        "shield",
    ),
    Group(
        "preferences",
        _("Your preferences"),
        _("To show pages as you like them, and to tell you things the way you chose."),
        CONTRACT,
        _("Until you change them, at most until the relationship ends"),
        "palette",
    ),
    Group(
        "accounts",
        _("Accounts and cards"),
        _("To keep your money and to know who may dispose of it."),
        CONTRACT,
        TEN_YEARS,
        "accounts",
    ),
    Group(
        "movements",
        _("Movements on your accounts"),
        _("To keep the books, to show you your statement, and to prove what was paid."),
        AML,
        TEN_YEARS,
        "statement",
    ),
    Group(
        "payments",
        _("Transfers and payees"),
        _("To carry out what you ask for, to keep to your limits, and to print receipts."),
        CONTRACT,
        TEN_YEARS,
        "transfer",
    ),
    Group("loans", _("Loans"), _("To lend, and to know what is still owed."), CONTRACT, TEN_YEARS, "calendar"),
    Group(
        "messages",
        _("Messages from us"),
        _("So that you can read again what we told you, and when."),
        CONTRACT,
        TEN_YEARS,
        "messages",
    ),
    Group(
        "choices",
        _("Consents, copies and corrections"),
        _("To prove what you allowed, what you took back, and what you asked us for."),
        _("Our duty to prove it (PIPL art. 14 to 16 and 54)"),
        TEN_YEARS,
        "check",
    ),
    Group(
        "watch",
        _("Kept by law, not shown"),
        _("Cases, checks and the audit trail, as the law asks of a bank."),
        AML,
        TEN_YEARS,
        shown=False,
    ),
    Group(
        "staff",
        _("About our staff"),
        _("To know who works here, in which role, and who decided what."),
        _("Labour contract; duty to prove who decided"),
        _("10 years after the decision"),
        shown=False,
    ),
)
BY_KEY: Final = {group.key: group for group in GROUPS}
