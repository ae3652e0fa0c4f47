"""Amounts in Chinese capital numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui.numerals import capital


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (1000, "壹拾元整"),
        (1010, "壹拾元零壹角整"),
        (1100, "壹拾壹元整"),
        (10000, "壹佰元整"),
        (10100, "壹佰零壹元整"),
        (11000, "壹佰壹拾元整"),
        (32504, "叁佰贰拾伍元零肆分"),
        (100000, "壹仟元整"),
        (100100, "壹仟零壹元整"),
        (101000, "壹仟零壹拾元整"),
        (168032, "壹仟陆佰捌拾元零叁角贰分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (10_000_000, "壹拾万元整"),
        (100_000_000, "壹佰万元整"),
        (100_500_000, "壹佰万伍仟元整"),
        (100_050_000, "壹佰万零伍佰元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (12_345_678_901, "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
        (100_000_000_000_000, "壹万亿元整"),
        (100_010_000_000_000, "壹万零壹亿元整"),
        (100_000_001_000_000, "壹万亿零壹万元整"),
        (-100, "负壹元整"),
    ],
)
def test_renminbi_follows_the_rules_for_vouchers(minor, words):
    assert capital(minor, 2, "CNY") == f"人民币{words}"


@pytest.mark.parametrize(
    ("minor", "exponent", "currency", "words"),
    [
        (10_000, 0, "JPY", "日元壹万元整"),
        (12_345, 3, "KWD", "KWD壹拾贰元叁角肆分伍厘"),
        (50, 2, "CZK", "捷克克朗伍角整"),
        (123_45, 2, "USD", "美元壹佰贰拾叁元肆角伍分"),
    ],
)
def test_other_currencies_say_their_name_or_code(minor, exponent, currency, words):
    assert capital(minor, exponent, currency) == words


def test_more_than_can_be_written_is_refused():
    with pytest.raises(ValueError, match="too large"):
        capital(10**18, 2, "CNY")


DIGIT = {char: number for number, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read_back(words: str) -> int:
    """Read capital numerals by place, independently of how they are written."""
    words = words.removeprefix("人民币").removesuffix("整")
    whole, _, rest = words.rpartition("元") if "元" in words else ("", "", words)
    total, section, digit = 0, 0, 0
    for char in whole:
        if char in DIGIT:
            digit = DIGIT[char]
        elif char in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[char]
            digit = 0
        elif char == "万":
            total += (section + digit) * 10_000
            section = digit = 0
        elif char == "亿":
            total = (total + section + digit) * 100_000_000
            section = digit = 0
    minor = (total + section + digit) * 100
    digit = 0
    for char in rest:
        if char in DIGIT:
            digit = DIGIT[char]
        else:
            minor += digit * {"角": 10, "分": 1}[char]
    return minor


@given(st.integers(0, 10**18 - 1) | st.integers(0, 10**7) | st.sampled_from([10**n for n in range(18)]))
def test_every_amount_reads_back_as_itself(minor):
    words = capital(minor, 2, "CNY")
    assert read_back(words) == minor
    assert "零零" not in words
    assert not words.endswith("零")
