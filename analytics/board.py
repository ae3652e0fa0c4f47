"""Puts figures on the managers' page: tiles, charts, and the table behind each. Currencies are never added up."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics import words
from analytics.models import Direction
from analytics.queries import Cell, Cut, Figures
from core.ui import charts, formats
from ledger.models import Entry
from ledger.money import Money

APART = 3  # channels with a line of their own when there are more than a chart can show


@dataclass(frozen=True)
class Row:
    """One month of a table: its figures in the order of the columns."""

    month: date
    figures: Sequence[int | Money]


@dataclass(frozen=True)
class Picture:
    """A chart with its words and the table behind it. `money` says how the figures of the table are drawn."""

    key: str
    title: str
    chart: SafeString
    columns: Sequence[str]
    rows: Sequence[Row]
    totals: Sequence[int | Money]
    money: bool


@dataclass(frozen=True)
class CurrencyPart:
    """What moved in one currency."""

    currency: str
    incoming: Money
    outgoing: Money
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Board:
    """Everything on the page."""

    accounts: int
    customers: int
    movements: int
    by_channel: Picture | None
    currencies: Sequence[CurrencyPart]


def build(cut: Cut, figures: Figures) -> Board:
    """This function will put the figures of a cut in order for the page."""
    months, cells = cut.period.months, figures.cells
    channels = _channels(cells)
    parts = []
    for currency in sorted({cell.currency for cell in cells}):
        parts.append(_currency(currency, months, [cell for cell in cells if cell.currency == currency], channels))
    return Board(
        accounts=figures.holdings.accounts,
        customers=figures.holdings.customers,
        movements=sum(cell.movements for cell in cells),
        by_channel=_counts(months, cells, channels) if cells else None,
        currencies=parts,
    )


Groups = Sequence[tuple[str, frozenset[str]]]  # a channel's name, or that of the rest, and its codes


def _channels(cells: Iterable[Cell]) -> Groups:
    """Busiest first; when there are more than a chart can show, the quiet ones together."""
    busy: dict[str, int] = defaultdict(int)
    for cell in cells:
        busy[cell.channel] += cell.movements
    order = sorted(busy, key=lambda channel: (-busy[channel], channel))
    apart = order if len(order) <= charts.MOST_SERIES else order[:APART]
    groups = [(str(Entry.Channel(channel).label), frozenset({channel})) for channel in apart]
    if rest := frozenset(order[len(apart) :]):
        groups.append((_("Other channels"), rest))
    return groups


def _counts(months: Sequence[date], cells: Sequence[Cell], channels: Groups) -> Picture:
    counts: dict[tuple[date, str], int] = defaultdict(int)
    for cell in cells:
        counts[cell.month, cell.channel] += cell.movements
    table = [[sum(counts[month, code] for code in codes) for _name, codes in channels] for month in months]
    names = [name for name, _codes in channels]
    return _picture("movements", _("Movements by channel"), months, names, table, _lines)


def _currency(currency: str, months: Sequence[date], cells: Sequence[Cell], channels: Groups) -> CurrencyPart:
    flows: dict[tuple[date, str], int] = defaultdict(int)
    turnover: dict[tuple[date, str], int] = defaultdict(int)
    for cell in cells:
        flows[cell.month, cell.direction] += cell.value
        turnover[cell.month, cell.channel] += cell.value
    both = [[flows[month, direction] for direction in Direction.values] for month in months]
    present = [(name, codes) for name, codes in channels if any(cell.channel in codes for cell in cells)]
    through = [[sum(turnover[month, code] for code in codes) for _name, codes in present] for month in months]
    names = {"currency": currency}
    pictures = [
        _picture(
            f"flows-{currency}",
            _("Money in and out, %(currency)s") % names,
            months,
            [str(label) for label in Direction.labels],
            both,
            _bars,
            currency,
        ),
        _picture(
            f"channels-{currency}",
            _("Value by channel, in and out together, %(currency)s") % names,
            months,
            [name for name, _codes in present],
            through,
            _lines,
            currency,
        ),
    ]
    incoming, outgoing = (Money(sum(row[place] for row in both), currency) for place in range(2))
    return CurrencyPart(currency, incoming, outgoing, pictures)


Draw = Callable[..., SafeString]


def _bars(**given: object) -> SafeString:
    return charts.bars(**given)  # type: ignore[arg-type]


def _lines(**given: object) -> SafeString:
    return charts.lines(**given)  # type: ignore[arg-type]


def _picture(
    key: str,
    title: str,
    months: Sequence[date],
    names: Sequence[str],
    table: Sequence[Sequence[int]],
    draw: Draw,
    currency: str = "",
) -> Picture:
    """Draw a table of whole numbers (minor units where there is a currency), one row a month, one column a name."""
    language = get_language() or ""

    def figure(value: int) -> int | Money:
        return Money(value, currency) if currency else value

    def height(value: int) -> Decimal:
        return Money(value, currency).decimal if currency else Decimal(value)

    chart = draw(
        key=key,
        title=title,
        labels=[_label(month, months, language) for month in months],
        series=[
            charts.Series(name, [height(row[place]) for row in table]) for place, name in enumerate(names)
        ],
        write=lambda value: words.short(value, language),
        money=bool(currency),
    )  # fmt: skip
    return Picture(
        key=key,
        title=title,
        chart=chart,
        columns=names,
        rows=[Row(month, [figure(value) for value in row]) for month, row in zip(months, table, strict=True)],
        totals=[figure(sum(row[place] for row in table)) for place in range(len(names))],
        money=bool(currency),
    )


def _label(month: date, months: Sequence[date], language: str) -> str:
    """The month's short name; with its year where the months are not all of one."""
    short = formats.short_month(month, language)
    if months[0].year == months[-1].year:
        return short
    return f"{month.year % 100:02d}年{short}" if language.startswith("zh") else f"{short} {month.year % 100:02d}"
