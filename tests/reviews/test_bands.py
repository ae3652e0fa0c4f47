"""Four eyes by amount: which approvals an amount takes, and that a case keeps the rule it was opened with."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from accounts.models import User
from core import policy
from core.reviews.bands import WrongBands, band_of, parse, rule
from tests.factories import identity as make
from tests.factories.policy import add_figure
from tests.factories.reviews import World, open_matter

TEXT = "reviewer|approver; 50000.00: approver, approver; 1000000.00: approver, approver, manager"


@pytest.mark.parametrize(
    ("amount", "steps"),
    [
        ("0", (("reviewer", "approver"),)),
        ("49999.99", (("reviewer", "approver"),)),
        ("50000.00", (("approver",), ("approver",))),
        ("-50000.00", (("approver",), ("approver",))),
        ("999999.99", (("approver",), ("approver",))),
        ("1000000.00", (("approver",), ("approver",), ("manager",))),
        ("1e18", (("approver",), ("approver",), ("manager",))),
    ],
)
def test_an_amount_falls_into_its_band(amount: str, steps: tuple[tuple[str, ...], ...]) -> None:
    assert band_of(parse(TEXT), Decimal(amount)).steps == steps


@pytest.mark.parametrize(
    "text",
    [
        "", "50000: approver", "approver; approver", "approver; x: approver", "approver; 5: ", "approver; 0: approver",
        "approver; 10: a, b; 5: a, b, c", "a, b; 10: a", "approver; NaN: approver, approver", "a; 1:: b", "a b",
        "a; Infinity: b, c",
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(WrongBands):
        parse(text)


@pytest.mark.django_db
def test_the_banks_own_table_can_be_read(now: datetime) -> None:
    found = rule(name="books.cny", amount=Decimal("1000000"), on=now.date(), hours=8, claim_minutes=30)
    assert found.approvals == 2
    assert found.band == "50000.00"


@pytest.mark.django_db
def test_no_table_no_rule(now: datetime) -> None:
    with pytest.raises(policy.UnknownPolicy):
        rule(name="no_such.thing", amount=Decimal(1), on=now.date(), hours=8, claim_minutes=30)


@pytest.mark.django_db
def test_a_case_keeps_the_band_and_version_it_was_opened_with(matters: World, reviewer: User, now: datetime) -> None:
    add_figure("review.bands.matters", TEXT, now=now, type="text")
    frozen = rule(name="matters", amount=Decimal("10"), on=now.date(), hours=8, claim_minutes=30)
    case = open_matter(now=now, steps=frozen.steps, version=frozen.version, band=frozen.band)
    add_figure("review.bands.matters", "approver, approver", now=now, since=date(2026, 2, 1), type="text")
    case.refresh_from_db()
    assert (case.frozen_rule.version, case.frozen_rule.band) == (f"review.bands.matters: {TEXT}", "0")
    assert make.decide_now(case, reviewer, now=now).case.state == "approved"
