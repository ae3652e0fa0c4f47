"""Bank numbers carry a check digit, and the directory holds nothing that has a wrong one."""

from pathlib import Path

import pytest
from django.conf import settings

from payments.clearing import banks, cnaps


def test_published_numbers_of_head_offices_have_the_right_check_digit() -> None:
    published = [
        "102100099996",
        "103100000026",
        "104100000004",
        "105100000017",
        "301290000007",
        "302100011000",
        "303100000006",
        "304100040000",
        "305100000013",
        "306581000003",
        "307584007998",
        "308584000013",
        "309391000011",
        "310290000013",
        "313100000013",
        "403100000004",
    ]
    assert [code for code in published if not cnaps.is_valid(code)] == []
    assert all(cnaps.with_check_digit(code[:11]) == code for code in published)


def test_every_single_wrong_digit_and_every_swap_of_neighbours_is_noticed() -> None:
    code = "308584000013"
    wrong = {code[:at] + str(digit) + code[at + 1 :] for at in range(12) for digit in range(10)} - {code}
    assert not any(map(cnaps.is_valid, wrong))
    swapped = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(11)} - {code}
    assert not any(map(cnaps.is_valid, swapped))


@pytest.mark.parametrize(
    "text", ["", "30858400001", "3085840000133", "３０８５８４００００１３", "30858400001x", "308584000014"]
)
def test_what_is_no_bank_number_is_refused(text: str) -> None:
    assert not cnaps.is_valid(text)


def test_a_directory_with_a_wrong_number_or_one_twice_is_not_read(tmp_path: Path) -> None:
    head = "code,name_zh,name_en,systems\n"
    for number, rows in enumerate(("308584000014,a,b,beps\n", "308584000013,a,b,beps\n" * 2)):
        path = tmp_path / f"{number}.csv"
        path.write_text(head + rows)
        with pytest.raises(banks.BrokenDirectory):
            banks._read(path)


def test_the_demo_directory_says_that_it_is_one_and_holds_no_own_number() -> None:
    assert settings.CLEARING_BANKS.read_text().startswith("# Demonstration data")
    assert cnaps.is_valid(settings.CLEARING_OWN_CODE)
    assert banks.find(settings.CLEARING_OWN_CODE) is None
    assert len(banks.directory()) >= 10
