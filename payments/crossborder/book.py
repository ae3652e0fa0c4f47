"""The payees abroad, as the one list of payees shows them (payments.book)."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.book import Chapter, Line
from payments.crossborder import ibans, queries, sentences
from payments.crossborder.models import PayeeAbroad


def line(payee: PayeeAbroad) -> Line:
    """This function will show one payee as the list does."""
    try:
        pay = reverse("transfer_abroad")
    except NoReverseMatch:  # this bank sends nothing abroad any more
        pay = ""
    return Line(
        alias=payee.alias or payee.name,
        holder=payee.name,
        number=ibans.shown(payee.number, is_iban=payee.is_iban),
        where=" · ".join(filter(None, (payee.bank_name, sentences.country(payee.bank_country)))),
        group=payee.group,
        note=payee.note,
        favourite=payee.favourite,
        pay_url=f"{pay}?to={payee.public_id}" if pay else "",
        edit_url=reverse("payee_abroad", args=[payee.public_id]),
    )


def chapter(customer: Customer) -> Chapter:
    """This function will list a customer's payees abroad."""
    return Chapter(_("Abroad"), [line(payee) for payee in queries.payees_of(customer)])
