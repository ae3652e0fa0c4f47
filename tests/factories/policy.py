"""Policy figures for tests."""

from datetime import date, datetime

from core import policy
from core.policy.models import Figure


def add_figure(
    key: str, value: str, *, type: str = "int", since: date = date(2026, 1, 1), unit: str = "", now: datetime
) -> Figure:
    """Add one dated row and have this process read the table anew."""
    figure = Figure.objects.create(
        key=key, effective_from=since, type=type, value=value, unit=unit, source="a test", meaning_en="for a test",
        meaning_zh="测试用", loaded_at=now,
    )  # fmt: skip
    policy.forget()
    return figure
