"""The step of the business day that belongs to the counter: no till is left open over night."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.runs import Step
from ledger.steps import closing
from payments.counter.models import TillDay


class TillLeftOpen(Exception):
    """A till of this business date is still in somebody's hands. The error on the screen names both."""


def left_open(day: date, after: str, most: int) -> Sequence[str]:
    """This function will list the tills of a business date, or of one before it, that nobody has closed, by name."""
    found = TillDay.objects.filter(state__in=TillDay.LIVE, business_date__lte=day).select_related("till__branch")
    return sorted(name for name in (str(one.till) for one in found) if name > after)[:most]


def see_closed(key: str, day: date, _now: datetime) -> str:
    """This function will see that a till was closed meanwhile. Raises TillLeftOpen, which names it and its teller."""
    branch, _dash, number = key.rpartition("-")
    held = (
        TillDay.objects.filter(
            till__branch__code=branch, till__number=int(number), state__in=TillDay.LIVE, business_date__lte=day
        )
        .select_related("till__branch", "teller")
        .first()
    )
    if held is not None:
        raise TillLeftOpen(f"{held.till} ({held.till.branch.name}): {held.teller}, {held.business_date:%Y-%m-%d}")
    return "closed"


TILLS = Step(
    name="counter.tills",
    label=_("Tills left open"),
    starts=closing,
    do=see_closed,
    items=left_open,
    outcomes={"closed": _("closed later")},
    advice=_(
        "Have the teller it names, or another one with the manager, count the till and close it. Then carry it out "
        "again."
    ),
)
