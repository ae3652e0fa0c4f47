"""The bank's own accounts that payments to other banks pass through."""

from datetime import datetime

from django.conf import settings

from ledger import chart
from ledger.models import Account


def own(name: str, currency: str, *, now: datetime) -> int:
    """This function will give one of the bank's own accounts, opening the chart of a currency when it is new."""
    try:
        return chart.find(name, currency)
    except Account.DoesNotExist:
        return chart.ensure(currency, now=now)[name]


def nostro_number(currency: str) -> str:
    """This function will give the number under which the correspondent keeps our account in a currency."""
    return f"{settings.CLEARING_OWN_CODE}-{currency}"
