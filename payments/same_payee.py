"""What a payer has sent to one payee on a business date. Held transfers count: they may go before the day is over."""

from datetime import date

from django.db.models import Q, Sum

from payments.models import Transfer


def gone_to(*, payer_id: int, destination_id: int, currency: str, on: date) -> int:
    """This function will sum a day's transfers of one payer to one account here, in minor units of a currency."""
    counted = Q(state=Transfer.State.CONFIRMED, business_date=on) | Q(state=Transfer.State.HELD)
    found = Transfer.objects.filter(counted, payer=payer_id, destination=destination_id, currency=currency)
    return int(found.aggregate(gone=Sum("amount"))["gone"] or 0)
