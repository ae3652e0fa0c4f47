"""Telling both sides of a transfer. Handlers of facts: called at least once, so each message has its key."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox, masks
from accounts.models import Customer, Disposition
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui.formats import amount
from payments import queries

EVENTS = (
    Event("payments.received", gettext_lazy("Money received"), MONEY),
    Event("payments.sent", gettext_lazy("Money sent"), MONEY),
)


def transfer_confirmed(fact: Fact) -> None:
    """This handler will tell the payer that the money has left, and every holder of the other account that it came."""
    transfer = queries.transfer_by_id(fact.payload["transfer"])
    if transfer is None:
        raise LookupError(f"no confirmed transfer {fact.payload['transfer']}")
    figures = {
        "amount": amount(transfer.money.decimal, transfer.currency),
        "payee": transfer.shown_name,
        "payer": transfer.payer_name,
        "source": _ending(transfer.source_number),
        "destination": _ending(transfer.destination_number),
        "reference": transfer.reference,
    }
    link = reverse("receipt", args=[transfer.public_id])
    payer = Customer.objects.select_related("user").get(pk=transfer.payer_id)
    if payer.user is not None:
        inbox.send(
            user=payer.user,
            event="payments.sent",
            key=f"transfer:{transfer.public_id}:sent",
            text=lambda: (
                _("%(amount)s sent") % figures,
                _("To %(payee)s, account ending in %(destination)s, from your account ending in %(source)s. "
                  "Reference %(reference)s.") % figures,
            ),
            link=link,
            now=fact.created_at,
        )  # fmt: skip
    reached = (
        Disposition.objects.filter(bank_account_id=transfer.destination_id, customer__user__isnull=False)
        .exclude(customer_id=transfer.payer_id)
        .select_related("customer__user")
    )
    for holder in reached:
        inbox.send(
            user=holder.customer.user,  # type: ignore[arg-type]  # the filter above says there is one
            event="payments.received",
            key=f"transfer:{transfer.public_id}:received",
            text=lambda: (
                _("%(amount)s received") % figures,
                _("From %(payer)s, on your account ending in %(destination)s. Reference %(reference)s.") % figures,
            ),
            link=link,
            now=fact.created_at,
        )


def _ending(number: str) -> str:
    return masks.tail(number)
