"""The town of bench/fraud: the same seed makes the same payments, and every case is whole."""

import random
from datetime import datetime

import pytest

from bench.fraud_people import A_DAY, Life, Payment
from bench.fraud_typologies import TYPOLOGIES, case

BEGIN = datetime.fromisoformat("2026-08-01T00:00:00+08:00")


def town(seed: int) -> tuple[Life, random.Random]:
    dice = random.Random(seed)
    return Life(400, BEGIN, dice), dice


def test_the_same_seed_makes_the_same_days_and_another_others() -> None:
    lives = []
    for seed in (7, 7, 8):
        life, dice = town(seed)
        lives.append([*life.day(0), *life.day(9), *case(life, dice, 3, 12)])
    assert lives[0] == lives[1] != lives[2]
    honest = [one for one in lives[0] if isinstance(one, Payment) and not one.fraud]
    assert len(honest) >= 400 * A_DAY
    assert all(one.payer != one.payee and one.amount > 0 for one in honest)
    assert all(one.payee_since and one.payee_since <= one.at for one in honest)


@pytest.mark.parametrize("number", range(len(TYPOLOGIES)), ids=list(TYPOLOGIES))
def test_a_case_of_each_kind_bears_its_name_and_never_pays_itself(number: int) -> None:
    life, dice = town(20261123)
    for turn in range(20):
        events = case(life, dice, number + turn * len(TYPOLOGIES), 30)
        payments = [one for one in events if isinstance(one, Payment)]
        assert payments
        assert {(one.fraud, one.case) for one in payments} == {
            (list(TYPOLOGIES)[number], number + turn * len(TYPOLOGIES) + 1)
        }
        assert all(one.payer != one.payee and one.amount > 0 for one in payments)
        assert all(one.payee_since and one.payee_since <= one.at for one in payments)
