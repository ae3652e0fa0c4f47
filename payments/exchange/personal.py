"""What is kept of a customer's exchanges (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from payments.exchange import queries, words
from payments.exchange.models import Exchange


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list what a customer exchanged, and what waits to be confirmed."""
    of, price = "exchange.Exchange.", "exchange.Quote."
    return [
        Section(
            key="exchanges",
            group="payments",
            title=_("Your currency exchanges"),
            columns=[
                Column("reference", _("Reference"), f"{of}reference"),
                Column("state", _("State"), f"{of}state"),
                Column("from", _("From account")),
                Column("to", _("To account")),
                Column("given", _("You gave"), f"{price}sell"),
                Column("received", _("You received"), f"{price}buy"),
                Column("rate", _("Rate"), f"{price}rate"),
                Column("rate_day", _("Day of the reference rate"), f"{price}rate_day"),
                Column("memo", _("Memo"), f"{of}memo"),
                Column("at", _("Time"), f"{of}confirmed_at"),
            ],
            rows=lambda: _exchanges(customer),
        )
    ]


def _exchanges(customer: Customer) -> Iterator[Sequence[Value]]:
    found = Exchange.objects.filter(customer=customer).select_related("source", "destination", "quote").order_by("-id")
    for row in found.iterator(chunk_size=500):
        one = queries.read(row)
        yield (
            one.reference,
            Coded(row.state, row.get_state_display()),
            one.source.number,
            one.destination.number,
            one.sell,
            one.buy,
            words.dealt(one.quote),
            one.quote.rate_day,
            one.memo,
            one.confirmed_at,
        )
