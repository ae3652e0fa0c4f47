"""The step of the business day that belongs to this room; its place stands in portal/wiring.py."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.runs import Step
from ledger.steps import closing
from payments.recalls.models import Recall
from payments.recalls.services import ending
from payments.recalls.states import OPEN


def overdue(day: date, after: str, most: int) -> Sequence[str]:
    """This function will give the recalls that nobody has answered by the end of a date, in the order of their keys."""
    rows = Recall.objects.filter(state__in=OPEN, answer_by__lte=closing(day), reference__gt=after)
    return list(rows.order_by("reference").values_list("reference", flat=True)[:most])


def end(key: str, _day: date, now: datetime) -> str:
    """This function will end one of them."""
    found: uuid.UUID = Recall.objects.values_list("public_id", flat=True).get(reference=key)
    return ending.time_is_over(recall_id=found, now=now)


UNANSWERED = Step(
    name="recalls.unanswered", label=_("Recalls without an answer"), starts=closing, items=overdue, do=end,
    outcomes={ending.ENDED: _("ended"), ending.ANSWERED: _("answered meanwhile")},
)  # fmt: skip
