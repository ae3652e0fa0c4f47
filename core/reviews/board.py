"""Puts the desk's figures on a page: tables, one chart, words for both."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.reviews import wording
from core.reviews.figures import Figures
from core.reviews.pages import duration
from core.reviews.subject import subject_of
from core.reviews.worktime import Desk
from core.ui import charts, formats

MOST_DAYS = 14  # with more, the chart shows weeks


def context(found: Figures, *, now: datetime, desk: Desk) -> dict[str, Any]:
    """This function will give everything the statistics page shows, in one question to the database: the names."""
    names = get_user_model()._default_manager.in_bulk([pk for pk, *_rest in found.people])
    return {
        "waiting": sum(line.waiting for line in found.standing),
        "asked": sum(line.asked for line in found.standing),
        "overdue": sum(line.overdue for line in found.standing),
        "decided": sum(line.decided for line in found.turnround),
        "standing": [
            {
                "kind": subject_of(line.subject).label,
                "line": line,
                "age": duration(desk.between(line.oldest, now)) if line.oldest else "",
            }
            for line in found.standing
        ],
        "turnround": [
            {
                "kind": subject_of(line.subject).label,
                "line": line,
                "median": _time(line.median),
                "slowest": _time(line.slowest_tenth),
                "in_time": _share(line.in_time, line.decided),
            }
            for line in found.turnround
        ],
        "reasons": [
            {"kind": subject_of(kind).label, "reason": _reason(kind, code), "number": number}
            for kind, code, number in found.reasons
        ],
        "people": [
            {"name": str(names[pk]), "approved": approved, "declined": declined, "all": approved + declined}
            for pk, approved, declined in found.people
        ],
        **_chart(found.days),
    }


def _chart(days: list[tuple[date, int, int]]) -> dict[str, Any]:
    language = get_language() or ""
    weeks: dict[date, tuple[int, int]] = {}
    for day, approved, declined in days:
        start = day if len(days) <= MOST_DAYS else day - timedelta(days=day.weekday())
        before = weeks.get(start, (0, 0))
        weeks[start] = (before[0] + approved, before[1] + declined)
    labels = [formats.day(day, language) if len(weeks) == 1 else f"{day.month}/{day.day}" for day in weeks]
    series = [
        charts.Series(_("Approved"), [approved for approved, _declined in weeks.values()]),
        charts.Series(_("Declined"), [declined for _approved, declined in weeks.values()]),
    ]
    return {
        "chart": charts.bars(key="decided", title=_("Decided cases"), labels=labels, series=series),
        "chart_words": charts.describe(labels=labels, series=series),
        "chart_rows": [(formats.day(day, language), *numbers) for day, numbers in weeks.items()],
        "by_week": len(days) > MOST_DAYS,
    }


def _reason(kind: str, code: str) -> str:
    newest = wording.everything().get((kind, code))
    return str(wording.as_reason(newest[0]).label) if newest else code


def _time(seconds: Decimal | None) -> str:
    return "" if seconds is None else duration(timedelta(seconds=int(seconds)))


def _share(part: int, whole: int) -> str:
    return f"{Decimal(part * 100) / whole:.0f} %" if whole else ""
