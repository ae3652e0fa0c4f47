"""Quota, fees and states as arithmetic."""

from decimal import Decimal

import pytest

from payments.crossborder import fees, states
from payments.crossborder.fees import Charges, Tariff
from payments.crossborder.quota import Basis, Quota, basis
from payments.crossborder.states import IllegalStep, State

TARIFF = Tariff(rate=Decimal("0.001"), least=50_00, most=260_00, message=80_00, others=200_00)


@pytest.mark.parametrize(
    ("value", "charges", "ours", "total"),
    [
        (1_00, Charges.SHA, 50_00, 130_00),  # the least
        (50_000_00, Charges.SHA, 50_00, 130_00),
        (50_004_99, Charges.SHA, 50_00, 130_00),
        (50_005_00, Charges.SHA, 50_01, 130_01),  # half up
        (100_000_00, Charges.BEN, 100_00, 180_00),
        (260_000_00, Charges.OUR, 260_00, 540_00),  # the banks on the way are paid, too
        (10**12, Charges.SHA, 260_00, 340_00),  # the most
    ],
)
def test_a_fee_is_a_share_between_a_least_and_a_most(value: int, charges: Charges, ours: int, total: int) -> None:
    found = fees.fee(value=value, charges=charges, tariff=TARIFF)
    assert (found.ours, found.total) == (ours, total)


@pytest.mark.parametrize(
    ("buys", "value", "used", "ground"),
    [
        (True, 50_000_00, 0, Basis.QUOTA),
        (True, 50_000_01, 0, Basis.PAPERS),
        (True, 1, 50_000_00, Basis.PAPERS),
        (True, 1, 49_999_99, Basis.QUOTA),
        (False, 50_000_00, 0, Basis.OWN),
        (False, 50_000_01, 0, Basis.PAPERS),
    ],
)
def test_what_is_left_decides_on_what_ground_a_payment_goes(buys: bool, value: int, used: int, ground: Basis) -> None:
    one, other = Quota(50_000_00, used), Quota(50_000_00, 0)
    assert basis(buys=buys, value=value, year=one if buys else other, day=other if buys else one) is ground


@pytest.mark.parametrize(
    ("used", "share", "left"),
    [(0, 0, 50_000_00), (1, 1, 49_999_99), (49_999_99, 99, 1), (50_000_00, 100, 0), (60_000_00, 100, 0)],
)
def test_a_bar_is_never_full_or_empty_when_the_quota_is_not(used: int, share: int, left: int) -> None:
    assert (Quota(50_000_00, used).share, Quota(50_000_00, used).left) == (share, left)


def test_nothing_follows_what_has_ended_and_what_was_sent_never_comes_back_by_itself() -> None:
    for end in (State.REJECTED, State.RETURNED, State.REFUSED, State.REVOKED, State.VOID):
        for other in State:
            with pytest.raises(IllegalStep):
                states.check(end, other)
    for left in states.LEFT:
        for other in set(State) - states.LEFT:
            with pytest.raises(IllegalStep):
                states.check(left, other)
    assert states.COUNTS.isdisjoint(states.BACK)
    assert states.IN_TRANSIT < states.COUNTS
