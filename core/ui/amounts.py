"""Reading an amount of money as people really type it. Pure and exact: no float is ever made.

Accepted: spaces of every kind, grouping commas, full-width digits and signs, a currency sign, code or 元 before or
after, a Chinese full stop from an input method that was left on, and a trailing 万 or 亿 (1.5万 is 15,000).
Everything else is refused for a named reason, so that a form can say a sentence that fits.
"""

import re
from decimal import Decimal
from enum import StrEnum

from core.ui import typed

MAX_DIGITS = 15  # before the decimal point; beyond every balance a bank could hold, and far inside BIGINT minor units

_NUMBER = re.compile(r"(?P<whole>\d+)?(?:\.(?P<part>\d*))?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_EXPONENT = re.compile(r"[\d.,]+e[+-]?\d+", re.ASCII | re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]{3}", re.ASCII)
_MULTIPLIER = {"万": 4, "萬": 4, "亿": 8, "億": 8}
_WORDS = {"CNY": ("人民币", "¥", "元", "圆", "块", "CNY", "RMB")}
_SIGNS = {"USD": ("US$", "$"), "EUR": ("€",), "GBP": ("£",), "JPY": ("¥", "円"), "HKD": ("HK$", "$"), "CZK": ("Kč",)}
_MINUSES = "-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{FULLWIDTH HYPHEN-MINUS}\N{SMALL HYPHEN-MINUS}"


class Reason(StrEnum):
    """Why a text is no amount."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"  # NUL, half a surrogate pair
    TEXT = "text"
    NEGATIVE = "negative"
    ZERO = "zero"
    EXPONENT = "exponent"
    GROUPING = "grouping"  # commas that are not thousands: 1,5 or 1.234,56
    DECIMALS = "decimals"
    TOO_LONG = "too_long"
    CURRENCY = "currency"


class AmountError(ValueError):
    """The text is no amount of this currency; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def parse(text: str, *, currency: str, exponent: int, allow_zero: bool = False) -> int:
    """Give the amount a person typed, in minor units of the currency.

    `exponent` is how many decimals the currency has (2 for CNY, 0 for JPY). Raises AmountError.
    """
    if not typed.readable(text):
        raise AmountError(Reason.UNREADABLE)
    plain = typed.without_spaces(typed.half_width(typed.visible(text)))
    if not plain:
        raise AmountError(Reason.EMPTY)
    negative, plain = _sign(plain)
    plain = _without_currency(plain, currency)
    if not negative:
        negative, plain = _sign(plain)  # ¥-5
    minor = _read(plain, exponent)
    if negative:
        raise AmountError(Reason.NEGATIVE)
    if minor == 0 and not allow_zero:
        raise AmountError(Reason.ZERO)
    return minor


def _sign(text: str) -> tuple[bool, str]:
    if text[:1] and text[0] in _MINUSES:
        return True, text[1:]
    return False, text.removeprefix("+")


def _without_currency(text: str, currency: str) -> str:
    words = (*_WORDS.get(currency, ()), *_SIGNS.get(currency, ()), currency)
    upper = text.upper()
    for word in words:
        if upper.startswith(word.upper()):
            text = text[len(word) :]
            break
    upper = text.upper()
    for word in words:
        if upper.endswith(word.upper()) and len(text) > len(word):
            text = text[: -len(word)]
            break
    code = _CODE.match(text) or _CODE.search(text[-3:])
    if (
        code
        and code.group().upper() not in {"NAN", "INF"}
        and re.fullmatch(r"[\d.,万亿]+", text.replace(code.group(), "", 1))
    ):
        raise AmountError(Reason.CURRENCY)
    return text


def _read(text: str, exponent: int) -> int:
    shift = 0
    if text and text[-1] in _MULTIPLIER:
        shift = _MULTIPLIER[text[-1]]
        text = text[:-1]
    text = text.replace("。", ".").replace("、", ",") if text.count("。") <= 1 else text
    if _EXPONENT.fullmatch(text):
        raise AmountError(Reason.EXPONENT)
    if "," in text:
        if not _GROUPED.fullmatch(text):
            raise AmountError(Reason.GROUPING if re.fullmatch(r"[\d.,]+", text, re.ASCII) else Reason.TEXT)
        text = text.replace(",", "")
    match = _NUMBER.fullmatch(text)
    if not match or not (match["whole"] or match["part"]):
        raise AmountError(Reason.GROUPING if re.fullmatch(r"\.*\d[\d.]*", text, re.ASCII) else Reason.TEXT)
    whole, part = (match["whole"] or "0").lstrip("0"), (match["part"] or "")
    if len(whole) + shift > MAX_DIGITS or len(part) > 2 * MAX_DIGITS:
        raise AmountError(Reason.TOO_LONG if len(whole) + shift > MAX_DIGITS else Reason.DECIMALS)
    minor = Decimal(f"{whole or '0'}.{part or '0'}").scaleb(shift + exponent)
    if minor != minor.to_integral_value():
        raise AmountError(Reason.DECIMALS)
    return int(minor)
