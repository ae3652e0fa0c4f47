"""A sum of money in words, in the reader's language. Pure.

Chinese readers get the capital numerals of cheques (core.ui.numerals); English ones get words, with the small units as
figures after them: "three hundred thousand and five yuan and 20/100".
"""

from core.ui import numerals

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_THOUSANDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_UNITS = {
    "CNY": ("yuan", "yuan"),
    "CZK": ("Czech crown", "Czech crowns"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars"),
    "JPY": ("yen", "yen"),
    "USD": ("US dollar", "US dollars"),
}


def in_words(minor: int, *, exponent: int, currency: str, language: str) -> str:
    """This function will write an amount of minor units, zero or more, in words. Raises ValueError beyond 10^15."""
    if language.startswith("zh"):
        return numerals.capital(minor, exponent, currency)
    whole, rest = divmod(minor, 10**exponent)
    one, many = _UNITS.get(currency, (currency, currency))
    text = f"{cardinal(whole)} {one if whole == 1 else many}"
    return f"{text} and {rest:0{exponent}d}/{10**exponent}" if rest else text


def cardinal(number: int) -> str:
    """This function will write a whole number, zero or more, in English words."""
    if not 0 <= number < 10**15:
        raise ValueError("too large to be written in words")
    parts: list[str] = []
    rest = number
    for size, name in _THOUSANDS:
        if rest >= size:
            parts.append(f"{_hundreds(rest // size)} {name}")
            rest %= size
    if rest or not parts:
        joined = parts and rest < 100
        parts.append(f"and {_hundreds(rest)}" if joined else _hundreds(rest))
    return " ".join(parts)


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        parts.append(_below_hundred(rest))
    return " and ".join(parts)


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]
