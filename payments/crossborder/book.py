"""The payees abroad, as the one list of payees shows them (payments.book)."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.book import Chapter, Line
from payments.crossborder import ibans, queries, sentences


def chapter(customer: Customer) -> Chapter:
    """This function will list a customer's payees abroad."""
    try:
        pay = reverse("transfer_abroad")
    except NoReverseMatch:  # this bank sends nothing abroad any more
        pay = ""
    lines = [
        Line(
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
        for payee in queries.payees_of(customer)
    ]
    return Chapter(_("Abroad"), lines)
