"""Bar and line charts drawn on the server as SVG. Pure arithmetic and escaped text; no request, no style attributes.

A chart is drawn twice, for a phone and for a desk, because a scaled drawing has unreadable letters; the style sheet
shows one of them. Colours come from classes, so both modes and print are right. Series differ by dash or hatching as
well as by colour, and each carries its name. Bars always start at zero; lines do unless the caller says why not.

The words beside a chart: `describe` writes its text summary; the table behind it is the caller's, from the same values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Number = int | Decimal
Write = Callable[[Decimal], str]
MOST_SERIES = 4
LEGEND_ROW = 22
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Series:
    """One line or one set of bars. A value of None is a gap: not known, not zero."""

    name: str
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Scale:
    """The vertical axis: from `low` to `high` in equal steps."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * number for number in range(count + 1)]


@dataclass(frozen=True)
class _Frame:
    """Where things stand in one drawing, in its own units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    scale: Scale

    @property
    def inner(self) -> int:
        return self.width - self.left - self.right

    def y(self, value: Number) -> str:
        span = self.scale.high - self.scale.low
        share = (Decimal(value) - self.scale.low) / span
        return _short(Decimal(self.height - self.bottom) - share * (self.height - self.top - self.bottom))


def bars(
    *,
    key: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write | None = None,
    money: bool = False,
) -> SafeString:
    """Draw bars side by side, one group per label.

    `key` makes ids unique on the page; `write` puts a value into short words (1.2 m, 120 万); `money=True` lets the eye
    button cover the figures. Raises ValueError when a series has not one value per label, or there are more than four.
    """
    return _both("bars", key, title, labels, series, write or plain, money, from_zero=True)


def lines(
    *,
    key: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write | None = None,
    money: bool = False,
    from_zero: bool = True,
) -> SafeString:
    """Draw one line per series over the labels; arguments and errors as `bars`.

    `from_zero=False` lets the axis start near the lowest value: only for figures whose small changes are the point.
    """
    return _both("lines", key, title, labels, series, write or plain, money, from_zero=from_zero)


def describe(*, labels: Sequence[str], series: Sequence[Series], write: Write | None = None) -> str:
    """Put a chart into a sentence per series: the latest, the highest and the lowest value."""
    say = write or plain
    sentences = []
    for one in series:
        known = [(Decimal(value), label) for value, label in zip(one.values, labels, strict=True) if value is not None]
        if not known:
            sentences.append(_("%(name)s: no figures yet.") % {"name": one.name})
            continue
        high, low, last = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0]), known[-1]
        sentences.append(
            _("%(name)s: last %(last)s (%(last_at)s), highest %(high)s (%(high_at)s), lowest %(low)s (%(low_at)s).")
            % {
                "name": one.name,
                "last": say(last[0]),
                "last_at": last[1],
                "high": say(high[0]),
                "high_at": high[1],
                "low": say(low[0]),
                "low_at": low[1],
            }
        )
    return " ".join(sentences)


def plain(value: Decimal) -> str:
    """Write a value with groups of three and no needless decimals."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scale_for(values: Sequence[Number], *, from_zero: bool, wanted: int = 4) -> Scale:
    """Work out an axis of round steps that holds every value; a flat or empty series still gets one."""
    low, high = (min(values), max(values)) if values else (0, 1)
    low, high = Decimal(low), Decimal(high)
    if from_zero or low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = low + 1
    raw = (high - low) / wanted
    power = Decimal(1).scaleb(raw.adjusted())
    step = next(step * power for step in STEPS if step * power >= raw)
    return Scale(
        low=(low / step).to_integral_value(ROUND_FLOOR) * step,
        high=(high / step).to_integral_value(ROUND_CEILING) * step,
        step=step,
    )


def _both(
    kind: str,
    key: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write,
    money: bool,
    *,
    from_zero: bool,
) -> SafeString:
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError("a chart shows one to four series; more cannot be told apart")
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"series {one.name!r} has {len(one.values)} values for {len(labels)} labels")
    values = [value for one in series for value in one.values if value is not None]
    scale = scale_for(values, from_zero=from_zero)
    draw = _bars if kind == "bars" else _lines
    summary = describe(labels=labels, series=series, write=write)
    drawings = []
    for size, width, height in (("wide", 760, 340), ("narrow", 360, 300)):
        widest = max(len(write(tick)) for tick in scale.ticks)
        frame = _Frame(
            width=width,
            height=height,
            left=16 + 8 * widest,
            right=12,
            top=44 + LEGEND_ROW * _legend_places(series, kind, width)[-1][1] if len(series) > 1 else 28,
            bottom=34,
            scale=scale,
        )
        body = (
            _axes(frame, labels, write, money)
            + _legend(frame, series, kind)
            + draw(frame, f"{key}-{size}", series, write, money)
        )
        ids = f"{escape(key)}-{size}"
        drawings.append(
            f'<svg class="chart-{size}" viewBox="0 0 {width} {height}" role="img"'
            f' aria-labelledby="{ids}-t {ids}-d" focusable="false">'
            f'<title id="{ids}-t">{escape(title)}</title><desc id="{ids}-d">{escape(summary)}</desc>{body}</svg>'
        )
    return mark_safe("".join(drawings))


def _axes(frame: _Frame, labels: Sequence[str], write: Write, money: bool) -> str:
    shown = ' class="money"' if money else ""
    parts = []
    for tick in frame.scale.ticks:
        y = frame.y(tick)
        line = "axis" if tick == 0 else "grid-line"
        parts.append(f'<line class="{line}" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text{shown} x="{frame.left - 8}" y="{y}" dy="4" text-anchor="end">{escape(write(tick))}</text>')
    longest = max((_wide(label) for label in labels), default=1)
    room = max(1, frame.inner // (8 * longest + 14))
    every = -(-len(labels) // room) if labels else 1
    slot = Decimal(frame.inner) / max(1, len(labels))
    for number, label in enumerate(labels):
        if (len(labels) - 1 - number) % every:
            continue  # too many to be read; the last one is always said
        x = _short(frame.left + slot * number + slot / 2)
        parts.append(f'<text x="{x}" y="{frame.height - 10}" text-anchor="middle">{escape(label)}</text>')
    return "".join(parts)


def _legend(frame: _Frame, series: Sequence[Series], kind: str) -> str:
    if len(series) == 1:
        return ""
    parts = []
    for number, (one, (x, row)) in enumerate(
        zip(series, _legend_places(series, kind, frame.width), strict=True), start=1
    ):
        y = row * LEGEND_ROW
        if kind == "bars":
            parts.append(
                f'<g class="mark-{number}"><rect class="bar-mark" x="{x}" y="{y + 6}" width="14" height="14" rx="2"/>'
            )
            parts.append(f"{_hatching(x, y + 6, 14, 14, number)}</g>")
        else:
            parts.append(
                f'<g class="mark-{number}"><line class="line-mark dash-{number}"'
                f' x1="{x}" x2="{x + 22}" y1="{y + 13}" y2="{y + 13}"/></g>'
            )
        start = x + (20 if kind == "bars" else 28)
        parts.append(f'<text class="direct" x="{start}" y="{y + 18}">{escape(one.name)}</text>')
    return "".join(parts)


def _legend_places(series: Sequence[Series], kind: str, width: int) -> list[tuple[int, int]]:
    """Put the names one after another, on a further row where the drawing ends: (x, row) for each."""
    places, x, row = [], 16, 0
    for one in series:
        taken = (20 if kind == "bars" else 28) + 8 * _wide(one.name)
        if x > 16 and x + taken > width:
            x, row = 16, row + 1
        places.append((x, row))
        x += taken + 22
    return places


def _bars(frame: _Frame, key: str, series: Sequence[Series], write: Write, money: bool) -> str:  # noqa: ARG001
    count = max(1, len(series[0].values))
    slot = Decimal(frame.inner) / count
    thick = min(Decimal(56), slot * Decimal("0.72")) / len(series)
    said = _worth_saying(series, room=slot / len(series))
    zero = Decimal(frame.y(0))
    parts = []
    for number, one in enumerate(series, start=1):
        parts.append(f'<g class="mark-{number}">')
        for place, value in enumerate(one.values):
            if value is None:
                continue
            middle = frame.left + slot * place + slot / 2
            x = middle - thick * len(series) / 2 + thick * (number - 1)
            y = Decimal(frame.y(value))
            top, tall = min(y, zero), abs(zero - y)
            parts.append(
                f'<rect class="bar-mark" x="{_short(x)}" y="{_short(top)}"'
                f' width="{_short(thick - 2)}" height="{_short(tall)}" rx="2"/>'
            )
            parts.append(_hatching(x, top, thick - 2, tall, number))
            if (number, place) in said:
                parts.append(_direct(x + thick / 2 - 1, top - 6, write(Decimal(value)), money))
        parts.append("</g>")
    return "".join(parts)


def _hatching(x: Any, y: Any, width: Any, height: Any, number: int) -> str:
    """Draw thin lines over the bars of the second series and after, so that colour is not all that tells them apart."""
    gap = {2: 6, 3: 10, 4: 4}.get(number)
    if gap is None:
        return ""
    x, y, width, height = (Decimal(value) for value in (x, y, width, height))
    stripes = []
    level = y + height - gap
    while level > y + 1:
        stripes.append(f"M{_short(x)} {_short(level)}h{_short(width)}")
        level -= gap
    return f'<path class="hatch" d="{"".join(stripes)}"/>' if stripes else ""


def _lines(frame: _Frame, key: str, series: Sequence[Series], write: Write, money: bool) -> str:  # noqa: ARG001
    count = max(1, len(series[0].values))
    slot = Decimal(frame.inner) / count
    parts = []
    said: list[
        Decimal
    ] = []  # heights of the figures written so far: one that would lie on another is left to the table
    for number, one in enumerate(series, start=1):
        path, pen_down, last = [], False, None
        for place, value in enumerate(one.values):
            if value is None:
                pen_down = False
                continue
            x = frame.left + slot * place + slot / 2
            path.append(f"{'L' if pen_down else 'M'}{_short(x)} {frame.y(value)}")
            pen_down, last = True, (x, value)
        parts.append(f'<g class="mark-{number}"><path class="line-mark dash-{number}" d="{"".join(path)}"/>')
        if last:
            x, value = last
            y = Decimal(frame.y(value))
            parts.append(f'<circle class="dot-mark" cx="{_short(x)}" cy="{_short(y)}" r="5"/>')
            if all(abs(y - other) >= 15 for other in said):
                said.append(y)
                parts.append(
                    _direct(
                        min(x, Decimal(frame.width - frame.right - 4)), y - 11, write(Decimal(value)), money, end=True
                    )
                )
        parts.append("</g>")
    return "".join(parts)


def _direct(x: Decimal, y: Decimal, text: str, money: bool, *, end: bool = False) -> str:
    classes = "direct money" if money else "direct"
    anchor = "end" if end else "middle"
    return f'<text class="{classes}" x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _worth_saying(series: Sequence[Series], *, room: Decimal) -> set[tuple[int, int]]:
    """Choose which bars carry their figure: all when there is room, else the highest and last of a single series."""
    if room >= 54:
        return {(number, place) for number, one in enumerate(series, start=1) for place in range(len(one.values))}
    if len(series) > 1:
        return set()
    known = [(value, place) for place, value in enumerate(series[0].values) if value is not None]
    if not known:
        return set()
    highest, last = max(known)[1], known[-1][1]
    return {(1, highest), (1, last)} if abs(highest - last) * room >= 60 else {(1, highest)}


def _wide(text: str) -> int:
    """Count a text's width in half characters: a Han character is two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _short(value: Any) -> str:
    """Write a coordinate with at most one decimal."""
    text = f"{Decimal(value):.1f}"
    return text.removesuffix(".0")
