"""A look-up shows enough to recognise somebody and not enough to learn a name."""

import pytest

from payments import names, references


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小明", "*小明"),
        ("李明", "*明"),
        ("欧阳修", "*修"),
        ("欧阳𬎆", "*𬎆"),
        ("欧阳", "*阳"),
        ("王", "*"),
        ("阿卜杜拉·买买提", "阿卜杜拉·*"),
        ("阿卜杜拉•买买提", "阿卜杜拉·*"),
        ("Anna Nováková", "Anna *"),
        ("Mary Jane O'Brien", "Mary Jane *"),
        ("Null", "N*"),
        ("X", "*"),
        ("", "*"),
    ],
)
def test_the_family_name_is_hidden(name: str, shown: str) -> None:
    assert names.masked(name) == shown


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("王小明", " 王 小明 ", True),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提", True),
        ("anna novakova", "Anna Novakova", True),
        ("O’Brien", "O'Brien", True),
        ("王小明", "王小朋", False),
        ("", "", False),
        ("*小明", "王小明", False),
    ],
)
def test_two_ways_of_writing_a_name_are_compared_kindly(first: str, second: str, same: bool) -> None:
    assert names.same(first, second) is same


def test_a_verification_code_has_160_random_bits_and_survives_being_read_aloud() -> None:
    code = references.new_verification_code()
    assert len(code) == 32
    assert code != references.new_verification_code()
    assert references.read_code(references.grouped(code).lower()) == code


@pytest.mark.parametrize("text", ["", "A" * 31, "A" * 33, "0" * 32, "<script>" * 4, "\x00" * 32, "Ａ" * 32])
def test_what_cannot_be_a_verification_code_is_none(text: str) -> None:
    assert references.read_code(text) == ""
