"""The payees at other banks, as the one list of payees shows them (payments.book)."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from payments.book import Chapter, Line
from payments.clearing import queries
from payments.clearing.models import OtherPayee
from payments.clearing.notices import bank_name


def line(payee: OtherPayee) -> Line:
    """This function will show one payee as the list does."""
    try:
        pay = reverse("bank_transfer")
    except NoReverseMatch:  # this bank reaches no other bank any more
        pay = ""
    return Line(
        alias=payee.alias or payee.name,
        holder=payee.name,
        number=grouped(payee.number),
        where=bank_name(payee.bank_code),
        group=payee.group,
        note=payee.note,
        favourite=payee.favourite,
        pay_url=f"{pay}?to={payee.public_id}" if pay else "",
        edit_url=reverse("other_payee", args=[payee.public_id]),
    )


def chapter(customer: Customer) -> Chapter:
    """This function will list a customer's payees at other banks."""
    return Chapter(_("At other banks"), [line(payee) for payee in queries.payees_of(customer)])
