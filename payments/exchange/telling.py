"""What this room adds to the receipt of a movement it booked (payments.movements)."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import masks
from accounts.models import Customer
from accounts.numbers import grouped
from core.ui import formats
from payments.exchange import queries, words
from payments.exchange.models import Exchange
from payments.movements import Row, Told


def exchange(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:
    """This function will say what was given and received, at which rate, beside which reference rate."""
    row = Exchange.objects.select_related("source", "destination", "quote").filter(entry_id=entry_id).first()
    if row is None:
        return None
    one = queries.read(row)
    given = formats.amount(one.sell.decimal, one.sell.currency)
    received = formats.amount(one.buy.decimal, one.buy.currency)
    other = one.destination if ledger_account_id == one.source.ledger_account_id else one.source
    day = formats.day(one.quote.rate_day, get_language() or settings.LANGUAGE_CODE)
    rows = (
        Row(_("You gave"), given, given),
        Row(_("You received"), received, received),
        Row(_("Your rate"), words.dealt(one.quote), words.dealt(one.quote)),
        Row(_("Reference rate"), f"{words.reference(one.quote)} · {words.source(one.quote.source)} · {day}"),
        Row(_("Other account"), grouped(other.number), masks.tail(other.number)),
        Row(_("Reference"), one.reference),
    )
    mine = customer is not None and customer.pk == row.customer_id
    return Told(rows=rows, page=reverse("exchange_receipt", args=[one.public_id]) if mine else "")
