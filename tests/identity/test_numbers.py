"""Identity numbers as people type them, and the real data file's."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from accounts.identity import demo, numbers
from accounts.identity.numbers import NumberError, Reason

VALID = "11010519491231002X"


@pytest.mark.parametrize(
    "typed",
    [
        VALID,
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "110105\u300019491231\u200b002X",
    ],
)
def test_what_people_type_is_read_as_one_spelling(typed: str) -> None:
    number = numbers.parse(typed)
    assert (number.text, number.born_on, number.is_male) == (VALID, date(1949, 12, 31), False)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("   ", Reason.EMPTY),
        ("110105491231002", Reason.OLD),
        ("11010519491231002", Reason.LENGTH),
        ("11010519491231002XX", Reason.LENGTH),
        ("1" * 10_000, Reason.LENGTH),
        ("T10105194912310029", Reason.CHARACTERS),
        ("11010519491231002Y", Reason.CHARACTERS),
        ("X10105194912310020", Reason.CHARACTERS),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", Reason.CHARACTERS),  # digits of another script
        ("11010519491331002X", Reason.BIRTH_DATE),
        ("110105194900310021", Reason.BIRTH_DATE),
        ("110105190102290027", Reason.BIRTH_DATE),  # 1901 was no leap year
        ("110105194912310029", Reason.CHECK_CHARACTER),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_for_its_reason(typed: str, reason: Reason) -> None:
    with pytest.raises(NumberError) as refused:
        numbers.parse(typed)
    assert refused.value.reason is reason


def test_a_province_alone_is_no_region() -> None:
    with pytest.raises(NumberError) as refused:
        numbers.parse(demo.sample_number(region="440000", born_on=date(2000, 1, 1), sequence=1))
    assert refused.value.reason is Reason.REGION


@pytest.mark.parametrize(
    ("region", "born_in", "known"),
    [
        ("330106", 1994, True),
        ("330106", 1950, True),  # the district is younger than its people: they were numbered later
        ("110103", 1990, True),
        ("110103", 2010, True),
        ("110103", 2015, False),  # went out of use in 2010
    ],
)
def test_a_region_code_that_was_gone_before_the_birth_is_noticed(region: str, born_in: int, known: bool) -> None:
    number = demo.sample_number(region=region, born_on=date(born_in, 1, 1), sequence=1)
    assert numbers.parse(number).region_known_then is known


def test_two_hundred_generated_numbers_hold_and_each_with_one_digit_changed_does_not() -> None:
    for step in range(200):
        born_on = date(1940, 2, 28) + timedelta(days=step * 149)  # passes several leap days
        number = demo.sample_number(region="110105", born_on=born_on, sequence=step % 999 + 1)
        assert numbers.parse(number).born_on == born_on
        wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
        with pytest.raises(NumberError):
            numbers.parse(wrong)


def test_the_leap_day_is_a_birthday() -> None:
    number = demo.sample_number(region="110105", born_on=date(2000, 2, 29), sequence=7)
    assert numbers.parse(number).born_on == date(2000, 2, 29)
    assert numbers.age_on(date(2000, 2, 29), date(2016, 2, 28)) == 15
    assert numbers.age_on(date(2000, 2, 29), date(2016, 2, 29)) == 16
    assert numbers.age_on(date(2000, 2, 29), date(2018, 2, 28)) == 17
    assert numbers.age_on(date(2000, 2, 29), date(2018, 3, 1)) == 18


def test_masks_hide_the_birth_date() -> None:
    assert numbers.short_mask(VALID) == "1…X"
    assert numbers.long_mask(VALID) == "110…002X"


def test_the_real_numbers_are_told_apart(real_data: Path) -> None:
    given = json.loads((real_data / "iban_id" / "cn_ids_luhn.json").read_text())["resident_id_gb11643"]
    for row in given["valid"]:
        number = numbers.parse(row["id"])
        assert number.born_on.isoformat() == row.get("birth", number.born_on.isoformat())
        assert numbers.parse(row["id"].lower()) == number
    for row in given["invalid"]:
        with pytest.raises(NumberError):
            numbers.parse(row["id"])
