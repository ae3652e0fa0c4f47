"""What the end of a day does here: on the last day of a month all statements that are missing are issued."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.statements import blocks, issuing
from core.runs import Step
from ledger.steps import closing


def _items(day: date, after: str, most: int) -> Sequence[str]:
    if (day + timedelta(days=1)).day != 1:
        return []
    return [f"{bucket:012d}" for bucket in issuing.buckets(after=int(after or -1), most=most)]


def _do(key: str, day: date, now: datetime) -> str:
    return "issued" if issuing.issue(bucket=int(key), through=day, now=now) else "nothing"


SEARCH = Step(
    name="statements.search",
    label=_("Search in long histories"),
    starts=closing,
    items=blocks.due,
    do=blocks.make,
    own_transactions=True,
    outcomes={"made": _("indexed")},
)
STATEMENTS = Step(
    name="statements.monthly",
    label=_("Monthly statements"),
    starts=closing,
    items=_items,
    do=_do,
    outcomes={"issued": _("issued"), "nothing": _("nothing to issue")},
)
