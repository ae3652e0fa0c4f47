"""Reading the facts. Nothing here reads the books, and no query grows with the number of movements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import District


@dataclass(frozen=True)
class Period:
    """Whole months, both ends included, each named by its first day."""

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            month = next_month(month)
        return found


@dataclass(frozen=True)
class Span:
    """What there is to ask about: the months with facts, oldest first, and when they were brought up to the books."""

    months: list[date]
    rolled_at: datetime | None


@dataclass(frozen=True)
class Cell:
    """The movements of one month, channel, direction and currency. `value` in minor units, never negative."""

    month: date
    channel: str
    direction: str
    currency: str
    movements: int
    value: int


@dataclass(frozen=True)
class Holdings:
    """How many accounts are open and how many customers are verified, of those who came up to the period's end."""

    accounts: int
    customers: int


@dataclass(frozen=True)
class Cut:
    """What of the facts somebody asks for; no district or channel means all of them."""

    period: Period
    district: int | None = None
    channel: str = ""


@dataclass
class Figures:
    """The answer to a cut."""

    cells: list[Cell] = field(default_factory=list)
    holdings: Holdings = Holdings(0, 0)


def next_month(month: date) -> date:
    """This function will answer the first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def span() -> Span:
    """This function will answer which months have facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ARRAY(SELECT DISTINCT month FROM analytics_monthly ORDER BY month),
                   (SELECT rolled_at FROM analytics_progress WHERE id = 1)
            """
        )
        months, rolled_at = cursor.fetchone()
    return Span(months, rolled_at)


def figures(cut: Cut) -> Figures:
    """This function will answer what moved, and who was there at the end."""
    return Figures(_cells(cut), _holdings(cut))


def by_district(cut: Cut) -> list[tuple[int, Cell]]:
    """This function will answer the same cells for every district apart, for a spreadsheet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT district, month, channel, direction, currency, movements, value FROM analytics_monthly
             WHERE month BETWEEN %(first)s AND %(last)s
               AND (%(district)s::bigint IS NULL OR district = %(district)s) AND %(channel)s IN ('', channel)
             ORDER BY month, channel, direction, currency, district
            """,
            _values(cut),
        )
        return [(district, _cell(rest)) for district, *rest in cursor.fetchall()]


def _cells(cut: Cut) -> list[Cell]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT month, channel, direction, currency, sum(movements)::bigint, sum(value) FROM analytics_monthly
             WHERE month BETWEEN %(first)s AND %(last)s
               AND (%(district)s::bigint IS NULL OR district = %(district)s) AND %(channel)s IN ('', channel)
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """,
            _values(cut),
        )
        return [_cell(row) for row in cursor.fetchall()]


def _holdings(cut: Cut) -> Holdings:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(accounts), 0)::bigint, coalesce(sum(customers), 0)::bigint FROM analytics_holding
             WHERE day < %(end)s AND (%(district)s::bigint IS NULL OR district = %(district)s)
            """,
            {"end": next_month(cut.period.last), "district": cut.district},
        )
        return Holdings(*cursor.fetchone())


def _cell(row: Sequence[Any]) -> Cell:
    month, channel, direction, currency, movements, value = row
    return Cell(month, channel, direction, currency, movements, int(value))


def _values(cut: Cut) -> dict[str, Any]:
    return {
        "first": cut.period.first,
        "last": cut.period.last,
        "district": cut.district,
        "channel": cut.channel,
    }


def districts() -> dict[int, str]:
    """This function will answer every district's name by its number, in the order of names."""
    return dict(District.objects.order_by("name").values_list("id", "name"))
