"""What lies in a till moves at the counter alone: a booking by hand would make its count wrong."""

from datetime import datetime

import pytest
from django.utils import translation

from core.changes import errors
from core.changes.kinds import kind_of
from core.changes.models import Change
from ledger.models import Entry
from tests.factories import changes
from tests.factories import counter as make

pytestmark = pytest.mark.django_db


def test_no_booking_by_hand_touches_a_till_and_the_sentence_names_the_line(now: datetime) -> None:
    counter = make.opened(now=now)
    till, vault = counter.day.till.account.code, counter.branch.vault.code
    for lines, number in (
        ([(vault, "debit", "10.00"), (till, "credit", "10.00")], 2),
        ([(till, "debit", "10.00"), ("suspense:CNY", "credit", "10.00")], 1),
    ):
        with pytest.raises(errors.Refused) as refused, translation.override("en"):
            changes.ask("books.entry", changes.entry(*lines, on=now.date()), by=counter.teller, now=now)
        assert f"Line {number}: what lies in a till" in str(refused.value)
    assert not Change.objects.exists()


def test_what_the_counter_booked_is_not_reversed_by_hand_and_the_vault_can_be_corrected(now: datetime) -> None:
    counter = make.opened(now=now)
    _someone, account = make.customer(now=now)
    paid = make.done(counter, make.visit(counter, account, now=now), make.order("deposit", account, 500_00), now=now)
    assert paid.entry_id is not None
    payload = {"entry": paid.entry_id, "business_date": now.date().isoformat(), "narrative": "wrong amount"}
    with pytest.raises(errors.Refused) as refused, translation.override("en"):
        kind_of("books.reversal").validate(payload, now=now)
    assert "undone at the counter" in str(refused.value)
    assert not Entry.objects.filter(reverses=paid.entry_id).exists()
    lines = [(counter.branch.vault.code, "debit", "1.00"), ("suspense:CNY", "credit", "1.00")]
    assert changes.ask("books.entry", changes.entry(*lines, on=now.date()), by=counter.teller, now=now).pk
