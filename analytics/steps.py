"""The step of the business day that brings the facts up to the books; its place stands in portal/wiring.py."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from analytics import rollup
from core.runs import Step
from ledger.steps import closing


def roll_up(_key: str, _day: date, now: datetime) -> str:
    """This function will roll up what was booked. The roll-up commits step by step and goes on after a kill."""
    rollup.roll_up(now=now)
    return "rolled up"


ROLL_UP = Step(
    name="analytics.roll_up", label=_("Figures for the managers"), starts=closing, do=roll_up, own_transactions=True,
    outcomes={"rolled up": _("rolled up")},
)  # fmt: skip
