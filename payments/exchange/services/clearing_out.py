"""Deleting what came to nothing: prices nobody took, exchanges nobody confirmed."""

from datetime import datetime, timedelta

from payments.exchange.models import Exchange, Quote

KEPT = timedelta(days=1)  # so that somebody who comes back finds what they had filled in


def clear(*, now: datetime) -> int:
    """This function will delete what ran out more than a day ago and was never booked, and answer how many rows."""
    gone, _each = Exchange.objects.filter(state=Exchange.State.DRAFT, expires_at__lte=now - KEPT).delete()
    prices, _each = Quote.objects.filter(
        taken_at__isnull=True, exchange__isnull=True, expires_at__lte=now - KEPT
    ).delete()
    return gone + prices
