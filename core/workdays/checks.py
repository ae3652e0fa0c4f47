"""The one thing about the calendar that somebody must see to once a year."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.utils import timezone

from core import policy
from core.workdays import days


def missing_year(today: date) -> int | None:
    """This function will name the year whose holidays should be known by a day and are not. Raises UnknownPolicy."""
    soon = today + timedelta(days=int(policy.value("workdays.notice_days", on=today)))
    return next((year for year in range(today.year, soon.year + 1) if not days.covers(year)), None)


@checks.register(checks.Tags.database)
def the_coming_year_is_known(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[checks.CheckMessage]:
    """This check will warn, from December on, while the coming year's holidays are not loaded."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        year = missing_year(timezone.localdate())
    except (DatabaseError, policy.UnknownPolicy):
        return []  # before the first migrate there is nothing to ask
    if year is None:
        return []
    return [
        checks.Warning(
            f"The public holidays of {year} are not known: due dates in it count every Monday to Friday.",
            hint="Load the State Council's notice: manage.py load_workdays FILE --source NOTICE",
            id="workdays.W001",
        )
    ]
