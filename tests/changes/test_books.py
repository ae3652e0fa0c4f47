"""Bookings and reversals by hand: double entry, balanced early, by two people or three, booked once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from core.changes import errors
from core.changes.kinds import kind_of
from core.changes.models import Change
from ledger import accounts, balances, chart, posting
from ledger.models import Entry
from tests.factories import changes as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(now: datetime) -> dict[str, int]:
    return chart.ensure("CNY", now=now)


@pytest.fixture
def customers(ids: dict[str, int], now: datetime) -> int:
    """A customer's account with 100.00 on it that may not go below zero."""
    account = accounts.open_account(
        code="T-1", name="deposit", kind="liability", currency="CNY", running=True, floor=0, now=now
    )
    posting.post(
        key="paid in", kind="test.in", channel="counter", business_date=now.date(),
        lines=[posting.Line(ids["cash"], -10_000), posting.Line(account.pk, 10_000)],
    )  # fmt: skip
    return account.pk


def correction(now: datetime, amount: str = "12.30", **more: Any) -> dict[str, Any]:
    return {
        **make.entry(("suspense:CNY", "debit", amount), ("T-1", "credit", amount), on=now.date()), **more
    }  # fmt: skip


def test_what_two_people_agreed_on_is_what_is_booked(
    teller: User, approver: User, customers: int, ids: dict[str, int], now: datetime
) -> None:
    change = make.carried_out("books.entry", correction(now), by=teller, approved_by=[approver], now=now)
    entry = Entry.objects.get(key=f"change:{change.public_id}")
    assert change.state == Change.State.APPLIED
    assert change.result["entry"] == entry.pk
    assert (entry.kind, entry.channel, entry.business_date) == ("books.entry", "system", now.date())
    assert [(line.account_id, line.amount, line.narrative) for line in entry.lines.order_by("position")] == [
        (ids["suspense"], -1230, "correction"),
        (customers, 1230, "correction"),
    ]
    assert balances.of([customers])[customers].booked == 11_230


def test_a_large_sum_takes_a_second_person_and_the_band_counts_from_its_first_fen(
    teller: User, approver: User, manager: User, customers: int, now: datetime
) -> None:
    for amount, people in (("49999.99", 1), ("50000.00", 2)):
        change = make.ask("books.entry", correction(now, amount), by=teller, now=now)
        assert make.case_of(change).frozen_rule.approvals == people
    make.decide(change, approver, now=now)
    assert make.settle(change, now=now).waits
    assert not Entry.objects.filter(kind="books.entry").exists()
    make.decide(change, manager, now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([("suspense:CNY", "debit", "10.00"), ("T-1", "credit", "10.01")], "differ by ¥0.01"),
        ([("suspense:CNY", "debit", "10.00")], "at least one debit and one credit"),
        ([("nowhere:CNY", "debit", "10.00"), ("T-1", "credit", "10.00")], "Line 1: the books have no account"),
        ([("suspense:CNY", "debit", "10.005"), ("T-1", "credit", "10.005")], "Line 1: .* is not an amount"),
        ([("suspense:CNY", "debit", "0.00"), ("T-1", "credit", "0.00")], "more than zero"),
        ([("suspense:CNY", "debit", "-5.00"), ("T-1", "credit", "-5.00")], "more than zero"),
        ([("T-1", "debit", "100.01"), ("suspense:CNY", "credit", "100.01")], "T-1 does not cover this: ¥100.00"),
        ([("suspense:CZK", "debit", "5.00"), ("T-1", "credit", "5.00")], "same currency"),
    ],
)
def test_what_cannot_be_booked_is_said_before_anybody_is_asked(
    lines: list[tuple[str, str, str]], words: str, teller: User, customers: int, now: datetime
) -> None:
    chart.ensure("CZK", now=now)
    with pytest.raises(errors.Refused, match=words):
        make.ask("books.entry", make.entry(*lines, on=now.date()), by=teller, now=now)
    assert not Change.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(1, "lies ahead"), (-32, "31 days old")])
def test_the_business_date_is_near(days: int, words: str, teller: User, customers: int, now: datetime) -> None:
    wrong = correction(now, business_date=(now.date() + timedelta(days=days)).isoformat())
    with pytest.raises(errors.Refused, match=words):
        make.ask("books.entry", wrong, by=teller, now=now)


def test_an_account_that_was_emptied_after_asking_fails_the_change_with_a_sentence(
    teller: User, approver: User, customers: int, ids: dict[str, int], now: datetime
) -> None:
    payload = make.entry(("T-1", "debit", "80.00"), ("suspense:CNY", "credit", "80.00"), on=now.date())
    change = make.ask("books.entry", payload, by=teller, now=now)
    make.decide(change, approver, now=now)
    posting.post(
        key="spent", kind="test.out", channel="online", business_date=now.date(),
        lines=[posting.Line(customers, -9_000), posting.Line(ids["cash"], 9_000)],
    )  # fmt: skip
    change = make.settle(change, now=now)
    assert change.state == Change.State.FAILED
    assert "T-1 does not cover this" in change.outcome["en"]
    assert balances.of([customers])[customers].booked == 1_000


def test_an_account_that_is_closed_after_asking_fails_the_change(
    teller: User, approver: User, customers: int, ids: dict[str, int], now: datetime
) -> None:
    change = make.ask("books.entry", correction(now), by=teller, now=now)
    make.decide(change, approver, now=now)
    posting.post(
        key="spent", kind="test.out", channel="online", business_date=now.date(),
        lines=[posting.Line(customers, -10_000), posting.Line(ids["cash"], 10_000)],
    )  # fmt: skip
    accounts.close_account(account_id=customers)
    assert make.settle(change, now=now).state == Change.State.FAILED
    assert not Entry.objects.filter(kind="books.entry").exists()


def test_the_same_booking_typed_twice_waits_once(teller: User, customers: int, now: datetime) -> None:
    make.ask("books.entry", correction(now), by=teller, now=now)
    other = make.staff("teller")
    swapped = make.entry(("T-1", "credit", "12.30"), ("suspense:CNY", "debit", "12.30"), on=now.date())
    with pytest.raises(errors.AlreadyAsked):
        make.ask("books.entry", swapped, by=other, now=now)


def test_a_reversal_mirrors_the_entry_once(
    teller: User, approver: User, customers: int, ids: dict[str, int], now: datetime
) -> None:
    booked = make.carried_out("books.entry", correction(now), by=teller, approved_by=[approver], now=now)
    payload = {"entry": booked.result["entry"], "business_date": now.date().isoformat(), "narrative": "typed wrongly"}
    change = make.carried_out("books.reversal", payload, by=teller, approved_by=[approver], now=now)
    assert change.state == Change.State.APPLIED
    assert balances.of([customers])[customers].booked == 10_000
    with pytest.raises(errors.Refused, match="has been reversed before"):
        make.ask("books.reversal", payload, by=teller, now=now)
    mirror = {**payload, "entry": change.result["entry"]}
    with pytest.raises(errors.Refused, match="itself a reversal"):
        make.ask("books.reversal", mirror, by=teller, now=now)
    assert Entry.objects.count() == 3


def test_an_entry_reversed_in_the_meantime_fails_the_change(
    teller: User, approver: User, customers: int, now: datetime
) -> None:
    booked = make.carried_out("books.entry", correction(now), by=teller, approved_by=[approver], now=now)
    payload = {"entry": booked.result["entry"], "business_date": now.date().isoformat(), "narrative": "typed wrongly"}
    change = make.ask("books.reversal", payload, by=teller, now=now)
    make.decide(change, approver, now=now)
    posting.reverse(
        entry_id=booked.result["entry"], key="elsewhere", kind="test.undo", channel="system", business_date=now.date()
    )
    change = make.settle(change, now=now)
    assert change.state == Change.State.FAILED
    assert "reversed" in change.outcome["en"]


def test_the_preview_shows_both_sides_and_the_balances_afterwards(customers: int, now: datetime) -> None:
    preview = kind_of("books.entry").present(correction(now), now=now)
    assert [str(line.label) for line in preview.lines[2:]] == [
        "Debit suspense:CNY (Amounts not yet attributed)",
        "Credit T-1 (deposit)",
    ]
    assert "T-1: balance ¥100.00, afterwards ¥112.30" in [str(effect) for effect in preview.effects]
