"""Telling the customer of an exchange. Handlers of facts: called at least once, so each message has its key."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox, masks
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui.formats import amount
from payments.exchange import queries
from payments.exchange.models import Exchange

EVENTS = (Event("exchange.done", gettext_lazy("Money exchanged"), MONEY),)


def tell(fact: Fact) -> None:
    """This handler will tell a customer that one of their currencies became another."""
    row = Exchange.objects.select_related("customer__user", "source", "destination", "quote").get(
        public_id=fact.payload["exchange"]
    )
    if row.customer.user is None:
        return
    one = queries.read(row)
    figures = {
        "sell": amount(one.sell.decimal, one.sell.currency),
        "buy": amount(one.buy.decimal, one.buy.currency),
        "source": masks.tail(one.source.number),
        "destination": masks.tail(one.destination.number),
        "reference": one.reference,
    }
    inbox.send(
        user=row.customer.user,
        event="exchange.done",
        key=f"exchange:{one.public_id}",
        text=lambda: (
            _("%(sell)s exchanged for %(buy)s") % figures,
            _(
                "From your account ending in %(source)s to your account ending in %(destination)s. "
                "Reference %(reference)s."
            )
            % figures,
        ),
        link=reverse("exchange_receipt", args=[one.public_id]),
        now=fact.created_at,
    )
