"""Thousands of entries in one call behave as one after the other, all or none."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import balances, posting
from ledger.models import Account
from ledger.posting import Draft, Line
from tests.factories import ledger as make
from tests.ledger.support import booked, written

pytestmark = pytest.mark.django_db


def draft(key: str, *sides: tuple[Account, int], narrative: str = "") -> Draft:
    lines = [Line(account.pk, amount, narrative) for account, amount in sides]
    return Draft(key=key, kind="test.many", channel="system", business_date=make.DAY, lines=lines)


def test_many_entries_are_booked_in_the_order_given_in_one_round_trip() -> None:
    a, b, cash = make.running(amount=1_000), make.running(), make.internal()
    drafts = [
        draft("1", (a, -100), (b, 100)),
        draft("2", (b, -60), (a, 50), (cash, 10)),
        draft("3", (a, -950), (b, 950)),
    ]
    with CaptureQueriesContext(connection) as captured:
        posted = posting.post_many(drafts)
    assert len(captured) == 1
    assert [p.repeated for p in posted] == [False] * 3
    assert [p.entry_id for p in posted] == sorted(p.entry_id for p in posted)
    assert [(line.number, line.entry_id, line.balance_after) for line in reversed(balances.lines(a.pk))][1:] == [
        (2, posted[0].entry_id, 900),
        (3, posted[1].entry_id, 950),
        (4, posted[2].entry_id, 0),
    ]
    assert (booked(a), booked(b), booked(cash)) == (0, 990, -990)


def test_no_balance_on_the_way_may_be_below_the_floor() -> None:
    a, b = make.running(amount=100), make.running(amount=1_000)
    before = written()
    with pytest.raises(posting.BelowFloor) as refused, transaction.atomic():
        posting.post_many([draft("1", (a, -150), (b, 150)), draft("2", (a, 500), (b, -500))])
    assert refused.value.account_id == a.pk
    assert written() == before
    posting.post_many([draft("2", (a, 500), (b, -500)), draft("1", (a, -150), (b, 150))])
    assert (booked(a), booked(b)) == (450, 650)


def test_one_bad_entry_refuses_them_all() -> None:
    a, b = make.running(amount=100), make.running()
    before = written()
    for bad, error in [
        (draft("bad", (a, -1), (b, 2)), posting.Unbalanced),
        (draft("bad", (a, -1), (Account(pk=b.pk + 10**6), 1)), posting.UnknownAccount),
        (draft("bad"), posting.Malformed),
        (draft("bad", (a, 0), (b, 0)), posting.Malformed),
    ]:
        with pytest.raises(error), transaction.atomic():
            posting.post_many([draft("good", (a, -1), (b, 1)), bad])
        assert written() == before
    assert booked(a) == 100


def test_keys_met_before_are_repeats_one_by_one() -> None:
    a, b = make.running(amount=100), make.running()
    first = posting.post_many([draft("1", (a, -1), (b, 1)), draft("2", (a, -2), (b, 2))])
    second = posting.post_many([draft("2", (a, -2), (b, 2)), draft("3", (a, -3), (b, 3)), draft("3", (a, -3), (b, 3))])
    assert second[0] == posting.Posted(first[1].entry_id, repeated=True)
    assert not second[1].repeated
    assert second[2] == posting.Posted(second[1].entry_id, repeated=True)
    assert booked(b) == 6
    assert all(p.repeated for p in posting.post_many([draft("1", (a, -1), (b, 1)), draft("2", (a, -2), (b, 2))]))
    assert booked(b) == 6


def test_a_key_met_before_with_other_content_refuses_them_all() -> None:
    a, b = make.running(amount=100), make.running()
    posting.post_many([draft("1", (a, -1), (b, 1))])
    before = written()
    for other in ([draft("new", (a, -1), (b, 1)), draft("1", (a, -2), (b, 2))],
                  [draft("twice", (a, -1), (b, 1)), draft("twice", (a, -2), (b, 2))]):  # fmt: skip
        with pytest.raises(posting.KeyReused), transaction.atomic():
            posting.post_many(other)
        assert written() == before


def test_post_and_post_many_know_each_others_keys() -> None:
    a, b = make.running(amount=100), make.running()
    one = posting.post(
        key="k", kind="test.many", channel="system", business_date=make.DAY,
        lines=[Line(a.pk, -1, "x"), Line(b.pk, 1, "x")],
    )  # fmt: skip
    (again,) = posting.post_many([draft("k", (a, -1), (b, 1), narrative="x")])
    assert again == posting.Posted(one.entry_id, repeated=True)


def test_of_nothing_comes_nothing() -> None:
    assert posting.post_many([]) == []


def test_thousands_of_entries_keep_every_promise() -> None:
    accounts = [make.running(amount=1_000_000) for _ in range(20)]
    fees = make.internal("fee-income", kind="income")
    drafts = [
        draft(f"bulk-{i}", (accounts[i % 20], -101), (accounts[(i * 7 + 1) % 20], 100), (fees, 1)) for i in range(3_000)
    ]
    posted = posting.post_many(drafts)
    assert len({p.entry_id for p in posted}) == 3_000
    assert sum(booked(account) for account in accounts) == 20 * 1_000_000 - 3_000
    assert booked(fees) == 3_000  # the rest of the promises is asked after every test: ledger.checks.drift
