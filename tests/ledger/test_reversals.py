"""What is booked is never edited; it is reversed, once."""

import pytest
from django.db import transaction

from ledger import posting
from ledger.models import Entry
from tests.factories import ledger as make
from tests.ledger.support import booked, written

pytestmark = pytest.mark.django_db


def undo(entry_id: int, key: str = "undo") -> posting.Posted:
    return posting.reverse(
        entry_id=entry_id, key=key, kind="test.reversal", channel="system", business_date=make.DAY
    )  # fmt: skip


def test_a_reversal_mirrors_every_line_and_names_what_it_undoes() -> None:
    payer, payee, fees = make.running(amount=1_000), make.running(), make.internal("fee-income", kind="income")
    entry = make.book((payer, -110), (payee, 100), (fees, 10), narrative="Rent")
    reversal = undo(entry.entry_id)
    assert (booked(payer), booked(payee), booked(fees)) == (1_000, 0, 0)
    stored = Entry.objects.get(pk=reversal.entry_id)
    assert stored.reverses_id == entry.entry_id
    assert list(stored.lines.order_by("position").values_list("account_id", "amount", "narrative")) == [
        (payer.pk, 110, "Rent"), (payee.pk, -100, "Rent"), (fees.pk, -10, "Rent"),
    ]  # fmt: skip


def test_an_entry_is_reversed_once() -> None:
    payer, payee = make.running(amount=1_000), make.running(amount=500)
    entry = make.book((payer, -100), (payee, 100))
    first = undo(entry.entry_id)
    assert undo(entry.entry_id) == posting.Posted(first.entry_id, repeated=True)
    before = written()
    with pytest.raises(posting.AlreadyReversed), transaction.atomic():
        undo(entry.entry_id, key="other")
    with pytest.raises(posting.AlreadyReversed), transaction.atomic():
        make.book((payer, 100), (payee, -100), reverses=entry.entry_id)
    assert written() == before


def test_a_reversal_is_not_reversed() -> None:
    payer, payee = make.running(amount=1_000), make.running()
    entry = make.book((payer, -100), (payee, 100))
    reversal = undo(entry.entry_id)
    with pytest.raises(posting.CannotReverse), transaction.atomic():
        undo(reversal.entry_id, key="redo")


def test_lines_that_do_not_mirror_are_no_reversal() -> None:
    payer, payee, other = make.running(amount=1_000), make.running(amount=9), make.running(amount=999)
    entry = make.book((payer, -100), (payee, 100))
    for sides in ([(payer, 99), (payee, -99)], [(payer, 100), (other, -100)], [(payer, -100), (payee, 100)]):
        before = written()
        with pytest.raises(posting.CannotReverse), transaction.atomic():
            make.book(*sides, reverses=entry.entry_id)
        assert written() == before
    make.book((payer, 100), (payee, -100), reverses=entry.entry_id)


def test_floors_hold_for_reversals_too() -> None:
    payer, payee = make.running(amount=1_000), make.running()
    entry = make.book((payer, -100), (payee, 100))
    make.book((payee, -1), (payer, 1))
    with pytest.raises(posting.BelowFloor) as refused, transaction.atomic():
        undo(entry.entry_id)
    assert refused.value.account_id == payee.pk
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_an_unknown_entry_is_not_reversed() -> None:
    with pytest.raises(posting.UnknownEntry), transaction.atomic():
        undo(10**9)
