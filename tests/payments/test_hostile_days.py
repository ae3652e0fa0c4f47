"""Midnight, zones, clocks that jump, and sums at the edge of what can be counted."""

import os
import time
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.template import Context, Template

from accounts.models import Customer
from core.ui import formats
from core.ui.forms import DateField
from ledger import balances, checks
from ledger.models import Entry
from ledger.posting import LedgerError
from payments.models import MOST_MINOR, Transfer
from payments.services import transfers
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["America/New_York", "Pacific/Kiritimati", "UTC"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine's own clock stands in another zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_two_tenths_of_a_second_around_midnight_are_two_days_wherever_the_machine_stands(elsewhere: str) -> None:
    """Checked in the old day, confirmed in the new: the new day's date and the new day's limit."""
    last = datetime(2026, 11, 23, 23, 59, 59, 900_000, tzinfo=SHANGHAI)
    first = last + timedelta(milliseconds=100)
    two = make.pair(balance=200_000_00, now=last)
    for at in (last, last, first):
        made = drafted(two, 20_000_00, at)
        transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=approved(two.payer, made, at), now=at)
    late = drafted(two, 10_000_00, last)
    question = approved(two.payer, late, last)
    transfers.confirm(customer=two.payer, transfer_id=late, challenge_id=question, now=first)
    dates = list(Transfer.objects.order_by("id").values_list("business_date", "entry__business_date"))
    assert dates == [(date(2026, 11, 23),) * 2] * 2 + [(date(2026, 11, 24),) * 2] * 2
    with pytest.raises(transfers.LimitReached):
        drafted(two, 20_000_01, first)
    with pytest.raises(transfers.LimitReached):
        drafted(two, 10_000_01, last)
    assert elsewhere


def test_a_clock_that_jumps_back_gives_no_second_limit_and_revives_no_draft(now: datetime) -> None:
    """An hour back, a day back: what was used stays used on its date, and what was confirmed stays confirmed."""
    two = make.pair(balance=200_000_00, now=now)
    for _ in range(2):
        made = drafted(two, 20_000_00, now)
        question = approved(two.payer, made, now)
        transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=question, now=now)
    earlier = now - timedelta(hours=1)
    with pytest.raises(transfers.LimitReached):
        drafted(two, 20_000_00, earlier)
    again = transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=question, now=earlier)
    assert again.repeated
    old = drafted(two, 1_00, now)
    question = approved(two.payer, old, now)
    with pytest.raises(transfers.DraftVoid):
        transfers.confirm(customer=two.payer, transfer_id=old, challenge_id=question, now=now + timedelta(days=400))
    assert Entry.objects.filter(kind=transfers.KIND).count() == 2


def test_a_birth_date_in_old_summer_time_is_the_date_that_was_typed(elsewhere: str, now: datetime) -> None:
    """There was no 00:30 on 4 May 1986 in Shanghai; a date is no moment, so nothing moves it."""
    person = make.customer("王小明", now=now)
    for typed, kept, shown in (
        ("1986-05-04", date(1986, 5, 4), "4 May 1986"),
        ("1991年9月15日", date(1991, 9, 15), "15 September 1991"),
        ("19400603", date(1940, 6, 3), "3 June 1940"),
        ("2000-02-29", date(2000, 2, 29), "29 February 2000"),
    ):
        Customer.objects.filter(pk=person.pk).update(born_on=DateField().clean(typed))
        person.refresh_from_db()
        assert person.born_on == kept, elsewhere
        assert formats.day(person.born_on, "en") == shown
        assert (
            Template("{% load ui %}{% when born %}")
            .render(Context({"born": person.born_on}))
            .startswith(f'<time datetime="{kept.isoformat()}"')
        )


def test_sums_at_the_edge_are_refused_and_never_turn_round(now: datetime) -> None:
    """More than can be counted, piled up by the largest lines there are: a refusal, and sound books."""
    two = make.pair(now=now)
    refused = None
    for _ in range(95):
        try:
            with transaction.atomic():
                make.pay_in(two.destination, MOST_MINOR, now=now)
        except LedgerError as error:
            refused = error
            break
    assert refused is not None
    held = balances.of([two.destination.ledger_account_id])[two.destination.ledger_account_id].booked
    assert held > 0
    with pytest.raises(LedgerError), transaction.atomic():
        make.pay_in(two.destination, MOST_MINOR + 1, now=now)
    assert checks.drift() == []
    for amount in (0, -1):
        with pytest.raises(ValueError, match="minor unit"):
            transfers.draft(customer=two.payer, key=uuid.uuid4(), order=make.order(two, amount), now=now)
