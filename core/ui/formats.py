"""Figures and dates as the reader's language writes them. Pure: no request, no Django settings.

Every amount and every date on a page goes through here (the tags in `templatetags/ui.py` are its only callers in
templates), so that one person never sees two ways of writing the same thing.
"""

from datetime import date, datetime
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
SYMBOLS = {"CNY": "¥"}  # other currencies are said by their code: a bare $ or ¥ would be guesswork

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def is_chinese(language: str | None) -> bool:
    """Say whether a language code means Chinese."""
    return bool(language) and str(language).lower().startswith("zh")


def figure(value: Decimal) -> str:
    """Write a number's size with groups of three and all the decimals it carries, without its sign."""
    if not value.is_finite():
        raise ValueError("an amount is a finite number")
    return f"{value.copy_abs():,f}"


def sign(value: Decimal, mode: str = "auto") -> str:
    """Give the sign to write: `auto` only a minus, `always` a plus too, `never` none. Zero has no sign."""
    if mode not in {"auto", "always", "never"}:
        raise ValueError(f"unknown sign mode {mode!r}")
    if mode == "never" or not value:
        return ""
    if value < 0:
        return MINUS
    return "+" if mode == "always" else ""


def amount(value: Decimal, currency: str, *, signed: str = "auto") -> str:
    """Write an amount of money as plain text: `¥1,234.50`, `−USD 12.30`."""
    symbol = SYMBOLS.get(currency)
    unit = symbol if symbol else f"{currency}{NO_BREAK_SPACE}"
    return f"{sign(value, signed)}{unit}{figure(value)}"


def day(value: date, language: str | None) -> str:
    """Write a date: 2026年3月5日, or 5 March 2026."""
    if is_chinese(language):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date, language: str | None) -> str:
    """Write a date for a narrow place: 2026年3月5日, or 5 Mar 2026."""
    if is_chinese(language):
        return day(value, language)
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def month(value: date, language: str | None) -> str:
    """Write a month: 2026年3月, or March 2026."""
    if is_chinese(language):
        return f"{value.year}年{value.month}月"
    return f"{MONTHS[value.month - 1]} {value.year}"


def short_month(value: date, language: str | None) -> str:
    """Write a month under the axis of a chart: 3月, or Mar."""
    return f"{value.month}月" if is_chinese(language) else MONTHS[value.month - 1][:3]


def moment(value: datetime, language: str | None) -> str:
    """Write a date with its time of day (24 hours): 2026年3月5日 14:05, or 5 March 2026, 14:05."""
    clock = f"{value.hour:02d}:{value.minute:02d}"
    joint = " " if is_chinese(language) else ", "
    return f"{day(value, language)}{joint}{clock}"
