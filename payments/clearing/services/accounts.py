"""The bank's own accounts that payments to other banks pass through."""

from django.conf import settings

from ledger import chart

own = chart.own


def nostro_number(currency: str) -> str:
    """This function will give the number under which the correspondent keeps our account in a currency."""
    return f"{settings.CLEARING_OWN_CODE}-{currency}"
