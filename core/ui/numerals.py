"""Amounts in Chinese capital numerals, as cheques and receipts carry them: 人民币壹万元整. Pure.

Follows the rule sheet for settlement vouchers (正确填写票据和结算凭证的基本规定): 整 after 元 and 角, none after 分;
one 零 for any run of zeros between figures; 零 before 角 or 分 where the place above it is empty.
"""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
SECTIONS = ("", "万", "亿", "万亿")
PARTS = ("角", "分", "厘")
NAMES = {
    "CNY": "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港币",
    "CZK": "捷克克朗",
}
LARGEST = 10**16 - 1  # whole units: four sections of four places


def capital(minor: int, exponent: int, currency: str) -> str:
    """Write an amount of minor units in capital numerals, with the currency's Chinese name (or its code) before it.

    `exponent` is how many decimals the currency has, 0 to 3. Raises ValueError beyond 9,999 万亿.
    """
    if not 0 <= exponent <= len(PARTS):
        raise ValueError("a currency has none to three decimals")
    whole, rest = divmod(abs(minor), 10**exponent)
    if whole > LARGEST:
        raise ValueError("too large to be written in words")
    parts = [int(digit) for digit in f"{rest:0{exponent}d}"] if exponent else []
    words = _whole(whole)
    tail = _parts(parts, after_whole=whole > 0, whole_ends_in_zero=whole % 10 == 0)
    body = tail if not whole and tail else f"{words or DIGITS[0]}元{tail}"
    if not parts or parts[-1] == 0 or exponent == 1:
        body += "整"
    return f"{NAMES.get(currency, currency)}{'负' if minor < 0 else ''}{body}"


def _whole(number: int) -> str:
    """Write whole units section by section of four places, from the highest."""
    sections: list[int] = []
    while number:
        number, section = divmod(number, 10_000)
        sections.append(section)
    text = ""
    gap = False  # zeros have been passed since the last figure
    for place in range(len(sections) - 1, -1, -1):
        section = sections[place]
        if not section:
            gap = bool(text)
            continue
        if text and (gap or section < 1_000):
            text += DIGITS[0]
        unit = SECTIONS[place]
        if place == 3:
            unit = "万" if sections[2] else "万亿"
        text += _section(section) + unit
        gap = False
    return text


def _section(number: int) -> str:
    """Write one to four figures: 1,005 is 壹仟零伍."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return text


def _parts(parts: list[int], *, after_whole: bool, whole_ends_in_zero: bool) -> str:
    """Write the decimals: 角, 分, 厘. A gap above the first figure is marked by 零 when something stands above it."""
    text = ""
    gap = after_whole and whole_ends_in_zero
    for place, digit in enumerate(parts):
        if not digit:
            gap = after_whole or bool(text)
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[digit] + PARTS[place]
        gap = False
    return text
