"""Large figures in few characters, as each language counts: 1.2 万 and 3.4 亿, or 12k, 3.4m and 1.2bn. Pure."""

from decimal import ROUND_HALF_EVEN, Decimal

CHINESE = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
ENGLISH = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))


def short(value: Decimal | int, language: str) -> str:
    """This function will write a figure with at most four significant digits, half to even; small ones are whole."""
    value = Decimal(value)
    for size, name in CHINESE if language.startswith("zh") else ENGLISH:
        if abs(value) >= size:
            return f"{_rounded(value / size)}{name}"
    return _plain(value.quantize(Decimal(1), ROUND_HALF_EVEN))


def _rounded(value: Decimal) -> str:
    places = max(0, 2 - value.adjusted())
    return _plain(round(value, places))


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
