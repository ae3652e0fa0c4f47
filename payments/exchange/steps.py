"""The step of the business day that belongs to currencies: the position is valued at the day's reference rates."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.runs import Step
from ledger.steps import closing
from payments.exchange import position
from payments.exchange.services import revaluing


def _items(day: date, after: str, most: int) -> Sequence[str]:  # noqa: ARG001 - every currency has a position each day
    return [currency for currency in position.currencies() if currency > after][:most]


def _do(key: str, day: date, now: datetime) -> str:
    return revaluing.revalue(currency=key, day=day, now=now)


VALUATION = Step(
    name="exchange.valuation",
    label=_("Valuation of the currency position"),
    starts=closing,
    items=_items,
    do=_do,
    outcomes={
        revaluing.BOOKED: _("gain or loss booked"),
        revaluing.UNCHANGED: _("nothing to book"),
        revaluing.SUPERSEDED: _("valued with a later day"),
    },
    advice=_(
        "No reference rate counts for this currency on this day: take one in (manage.py load_rates), then carry it out "
        "again. The other currencies are valued, and no payment waits for this."
    ),
)
