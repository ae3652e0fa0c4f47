"""The Czech bank's standing orders are paid by our end of day as that bank paid them."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from bench.standing_orders_replay import Replay, payments_of_orders
from payments.schedules.models import Occurrence, Schedule
from portal.bank_import import berka

ACCOUNTS = frozenset({"2378", "485"})  # two of those that paid first
UNTIL = date(1993, 4, 8)


@pytest.fixture(scope="module")
def source(real_data: Path) -> Path:
    if not (real_data / "berka").is_dir():
        pytest.skip("the Czech bank's files are not beside this checkout")
    return real_data / "berka"


def test_every_payment_to_another_bank_has_its_order_and_each_order_one_day_and_one_amount(source: Path) -> None:
    """What the replay takes from a first payment holds for all 6,343: the findings in docs/migration.md stand on it."""
    ways = payments_of_orders(berka.movements(source))
    orders = {(row["account_id"], row["bank_to"], row["account_to"]): row for row in berka.rows(source, "order")}
    assert (len(ways), sum(map(len, ways.values()))) == (1_150, 6_343)
    assert set(ways) <= set(orders)
    assert Counter(len({m.on.day for m in made}) for made in ways.values()) == {1: 1_150}
    assert all(-m.amount == Decimal(orders[way]["amount"]) for way, made in ways.items() for m in made)
    months = Counter(
        (later.on.year - one.on.year) * 12 + later.on.month - one.on.month
        for made in ways.values()
        for one, later in pairwise(made)
    )
    assert months == {1: 5_193}


@pytest.mark.django_db(transaction=True)
def test_our_end_of_day_pays_on_the_same_days_and_the_same_amounts(source: Path) -> None:
    """A part: two accounts, sixty days, each through the run that closes every business date."""
    found = Replay(source, accounts=ACCOUNTS, until=UNTIL).carry_out()
    assert (found.begun, found.payments, found.without_order) == (4, 9, 0)
    assert (found.expected, found.agreed, found.share) == (5, 5, Decimal(100))
    assert (found.missed, found.other, found.ours_alone, found.balances_off) == (Counter(), [], [], 0)
    made = Occurrence.objects.filter(state="made", transfer__isnull=False)
    assert made.count() == 5
    assert Schedule.objects.filter(brought__isnull=False).count() == 4
    assert found.weekend > 0  # paid on the day itself, as the source did
