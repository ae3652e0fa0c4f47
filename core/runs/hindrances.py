"""What stands against carrying a day out: a clock that has jumped ahead, or something the day cannot do without.

Nothing is carried out then, however often the run is called, until a person has set it right or said that it is right.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.runs.models import Run
from core.runs.steps import Plan


@dataclass(frozen=True)
class Hindrance:
    """Why a day is not carried out, in words for whoever looks. `jump`: a person may say that the clock is right."""

    day: date
    sentence: Any
    jump: bool = False


def against(plan: Plan, day: date, now: datetime) -> Hindrance | None:
    """This function will say what stands against carrying a day out at a moment; None when nothing does."""
    today = plan.day_of(now)
    if plan.most_behind is not None:
        most, open_days = plan.most_behind(day), (today - day).days
        if open_days > most and not _let_through(plan, day):
            return Hindrance(day, _far(today, open_days, most), jump=True)
    sentence = plan.against(day) if plan.against is not None else ""
    return Hindrance(day, sentence) if sentence else None


def _let_through(plan: Plan, day: date) -> bool:
    return Run.objects.filter(name=plan.name, day__lte=day, let_through__gte=day).exists()


def _far(today: date, open_days: int, most: int) -> Any:
    return FAR % {"today": f"{today:%Y-%m-%d}", "days": open_days, "most": most}


FAR = _(
    "The clock says %(today)s, and %(days)s days before it are open: more than the %(most)s that are made up for "
    "without asking. Nothing was carried out. If the clock is wrong, set it right; nothing else is to be done. If it "
    "is right, say up to which day the open ones are made up for."
)
