"""Account numbers catch slips of the hand and are never given out twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.numbers import (
    NoSuchProduct,
    OutOfNumbers,
    account_number,
    grouped,
    is_account_number,
    normalise,
)

serials = st.integers(min_value=1, max_value=10**10 - 1)


def test_a_known_number_stays_what_it_is() -> None:
    """Numbers are printed on contracts: a change of the map would be a change of everybody's number."""
    assert account_number(product="demand", serial=1) == "8810889862171518"
    assert account_number(product="demand", serial=2) == "8810507896160211"


@given(serials)
def test_every_number_given_out_is_recognised(serial: int) -> None:
    number = account_number(product="demand", serial=serial)
    assert len(number) == 16
    assert is_account_number(number)


@given(serials, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(serial: int, place: int, shift: int) -> None:
    number = account_number(product="demand", serial=serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_account_number(wrong)


@given(serials, st.integers(0, 14))
def test_two_swapped_neighbours_are_noticed(serial: int, place: int) -> None:
    number = account_number(product="demand", serial=serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not is_account_number(swapped)


@given(serials, serials)
def test_two_serials_never_share_a_number(one: int, other: int) -> None:
    assert (one == other) == (
        account_number(product="demand", serial=one) == account_number(product="demand", serial=other)
    )


@pytest.mark.parametrize("serial", [0, -1, 10**10])
def test_a_serial_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(OutOfNumbers):
        account_number(product="demand", serial=serial)


def test_a_product_without_a_prefix_is_refused() -> None:
    with pytest.raises(NoSuchProduct):
        account_number(product="gold", serial=1)


@pytest.mark.parametrize(
    "text", ["", "8810", "８８１０８８９８６２１７１５１８", "881088986217151x", "9910889862171506"]
)
def test_what_is_not_a_number_of_this_bank_is_not_recognised(text: str) -> None:
    assert not is_account_number(text)


@pytest.mark.parametrize(
    "typed", ["8810 8898 6217 1518", " 8810-8898-6217-1518", "８８１０　８８９８　６２１７　１５１８"]
)
def test_what_people_type_between_digits_does_not_matter(typed: str) -> None:
    assert normalise(typed) == "8810889862171518"


def test_a_number_is_read_in_groups_of_four() -> None:
    assert grouped("8810889862171518") == "8810 8898 6217 1518"
