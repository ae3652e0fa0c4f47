"""What the monitor knows of a payment: on real rows, to the edge of each window, of this payer, up to this moment."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access.models import KnownDevice, StepUp
from accounts.models import BankAccount, Customer
from ledger import posting
from ledger.calendar import business_date
from payments.exchange.refusals import NoRate
from payments.models import Transfer
from payments.monitoring import measures
from payments.monitoring.conditions import Value
from payments.monitoring.measures import Subject
from payments.services import holding
from tests.factories import payments as money

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def sent(payer: Customer, source: BankAccount, to: BankAccount, amount: int, at: datetime, **given: Any) -> Transfer:
    """A transfer as it stands after it was confirmed at a moment."""
    on, public_id = business_date(at), uuid.uuid4()
    entry = posting.post(
        key=f"transfer:{public_id}",
        kind="payments.transfer",
        channel="online",
        business_date=on,
        lines=[posting.Line(source.ledger_account_id, -amount), posting.Line(to.ledger_account_id, amount)],
    )
    return Transfer.objects.create(
        public_id=public_id, reference=uuid.uuid4().hex[:20], payer=payer, source=source, destination=to,
        kind="customer", amount=amount, currency=source.currency, shown_name="*明", payer_name="a", payee_name="b",
        state="confirmed",
        key=uuid.uuid4(), entry_id=entry.entry_id, verification_code=uuid.uuid4().hex, business_date=on, created_at=at,
        expires_at=at + HOUR, confirmed_at=at, **given,
    )  # fmt: skip


def measured(two: money.Pair, now: datetime, amount: int = 100_00, **given: Any) -> dict[str, Value]:
    subject: dict[str, Any] = {
        "public_id": uuid.uuid4(),
        "payer_id": two.payer.pk,
        "source_id": two.source.pk,
        "destination_id": two.destination.pk,
        "payee": two.destination.number,
        "payee_since": now - 30 * DAY,
        "amount": amount,
        "currency": "CNY",
        "at": now,
    }
    return dict(measures.read(Subject(**subject | given)).values)


@pytest.fixture
def two(now: datetime) -> money.Pair:
    return money.pair(balance=1_000_000_00, now=now)


def test_of_somebody_new_nothing_is_known_but_the_payment(two: money.Pair, now: datetime) -> None:
    found = measured(two, now)
    assert {name: value for name, value in found.items() if value} == {
        "amount": 100_00, "payee_hours": 720, "sent_10_minutes": 1, "sent_24_hours": 1, "sum_24_hours": 100_00,
        "hour": 10, "new_payees": 1,
    }  # fmt: skip
    unknown = {name for name, value in found.items() if value is None}
    assert unknown >= {"device_hours", "sum_of_usual", "amount_of_usual", "quiet_days", "probe_minutes", "came_hour"}


def test_windows_end_to_the_moment_and_what_comes_later_or_is_the_payment_itself_does_not_count(
    two: money.Pair, now: datetime
) -> None:
    def send(at: datetime, amount: int = 1_000_00) -> Transfer:
        return sent(two.payer, two.source, two.destination, amount, at)

    send(now - 10 * MINUTE)  # just out of the ten minutes
    send(now - 10 * MINUTE + timedelta(milliseconds=1))
    send(now - 24 * HOUR)  # just out of the day
    send(now - 24 * HOUR + timedelta(milliseconds=1))
    send(now)  # at this very moment is not before it
    send(now + MINUTE)
    own = send(now - MINUTE)
    found = measured(two, now, amount=1_000_00, public_id=own.public_id)
    assert (found["sent_10_minutes"], found["sent_24_hours"], found["sum_24_hours"]) == (2, 4, 4_000_00)
    assert found["round_hour"] == 3  # this one and two within the hour
    assert found["quiet_days"] == 0


def test_others_payments_and_those_between_own_accounts_are_nobodys_habit(two: money.Pair, now: datetime) -> None:
    other = money.pair(balance=1_000_00, now=now)
    sent(other.payer, other.source, other.destination, 100_00, now - MINUTE)
    own = money.account(two.payer, now=now)
    Transfer.objects.filter(pk=sent(two.payer, two.source, own, 100_00, now - MINUTE).pk).update(kind="own")
    found = measured(two, now)
    assert (found["sent_24_hours"], found["sum_24_hours"], found["quiet_days"]) == (1, 100_00, None)


def test_what_is_held_counts_as_sent_until_it_is_given_back(two: money.Pair, now: datetime) -> None:
    made = money.held(two, 5_00, now=now - MINUTE)
    assert measured(two, now)["sent_10_minutes"] == 2
    assert measured(two, now, public_id=made.payment)["sent_10_minutes"] == 1
    holding.give_back(payment_id=made.payment, now=now)
    assert measured(two, now + MINUTE)["sent_10_minutes"] == 1
    assert measured(two, now)["sent_10_minutes"] == 2  # as it was then


def test_what_is_usual_takes_ten_payments_in_ninety_days(two: money.Pair, now: datetime) -> None:
    for number in range(9):
        sent(two.payer, two.source, two.destination, 200_00, now - (2 + number) * DAY)
    sent(two.payer, two.source, two.destination, 9_999_00, now - 90 * DAY)
    assert measured(two, now)["amount_of_usual"] is None
    sent(two.payer, two.source, two.destination, 200_00, now - 90 * DAY + MINUTE)
    found = measured(two, now, amount=800_00)
    assert (found["amount_of_usual"], found["sum_of_usual"]) == (400, 400)


def test_money_that_leaves_as_it_came_is_seen_with_what_is_left(now: datetime) -> None:
    giver, mule = money.pair(balance=50_000_00, now=now), money.pair(balance=100_00, now=now)
    sent(giver.payer, giver.source, mule.source, 20_000_00, now - 59 * MINUTE)
    sent(giver.payer, giver.source, mule.source, 7_00, now - 61 * MINUTE)
    sent(mule.payer, mule.source, mule.destination, 4_000_00, now - 5 * MINUTE)
    found = measured(mule, now, amount=15_000_00)
    assert found["came_hour"] == 20_000_00
    assert found["left_of_came"] == 95
    assert int(found["rest_of_came"] or 0) == 5  # 100 + 20,000 + 7 − 4,000 − 15,000 is 1,107
    assert found["payers_in"] == 1
    # Replayed once it is booked, it is the same, whatever was booked behind it.
    booked = sent(mule.payer, mule.source, mule.destination, 15_000_00, now)
    sent(giver.payer, giver.source, mule.source, 9_000_00, now + MINUTE)
    assert measured(mule, now, amount=15_000_00, public_id=booked.public_id) == found


def test_a_small_payment_a_new_device_and_wrong_codes_before_it_are_known(two: money.Pair, now: datetime) -> None:
    user = two.payer.user
    assert user is not None
    sent(two.payer, two.source, two.destination, 10_00, now - 20 * MINUTE)
    for days in (400, 2):
        KnownDevice.objects.create(user=user, digest=uuid.uuid4().hex, first_seen_at=now - days * DAY, last_seen_at=now)
    for age, tries, right in ((29, 3, False), (10, 2, True), (31, 5, False)):
        asked = now - age * MINUTE
        StepUp.objects.create(
            user=user, operation="x", nonce=b"1", digest=b"2", created_at=asked, expires_at=asked + 5 * MINUTE,
            tries=tries, verified_at=asked if right else None,
        )  # fmt: skip
    found = measured(two, now, payee_since=None)
    assert (found["probe_minutes"], found["device_hours"], found["wrong_codes"], found["payee_hours"]) == (20, 48, 4, 0)


def test_an_account_many_pay_and_a_payer_of_many_are_counted_by_people(two: money.Pair, now: datetime) -> None:
    for number in range(3):
        other = money.pair(balance=1_000_00, now=now)
        sent(other.payer, other.source, two.destination, 5_00, now - HOUR)
        sent(other.payer, other.source, two.destination, 6_00, now - HOUR)  # the same person again
        sent(two.payer, two.source, other.destination, 5_00, now - (30 if number else 2) * HOUR)
        sent(two.payer, two.source, other.destination, 5_00, now - HOUR)
    found = measured(two, now)
    assert (found["payers_of_payee"], found["new_payees"]) == (3, 2)  # this one, and the one first paid two hours ago


def test_all_is_read_in_one_question_and_foreign_sums_are_compared_at_the_days_rate(
    two: money.Pair, now: datetime, unhurried: None
) -> None:
    measured(two, now)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        measured(two, now)
    assert len(asked) == 1
    with pytest.raises(NoRate):
        measured(two, now, currency="USD")


@pytest.mark.parametrize(
    ("at", "hour"),
    [("2026-11-23T15:59:59+00:00", 23), ("2026-11-23T16:00:00+00:00", 0), ("2028-02-29T05:30:00+08:00", 5)],
)
def test_the_hour_is_shanghais(two: money.Pair, at: str, hour: int) -> None:
    assert measured(two, datetime.fromisoformat(at))["hour"] == hour


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        ("2028-02-28T12:00:00+08:00", "2028-03-01T12:00:00+08:00", 2),  # over 29 February
        ("2026-11-30T23:59:59+08:00", "2026-12-01T00:00:01+08:00", 1),  # two seconds over the end of a month
        ("2027-02-28T12:00:00+08:00", "2027-03-01T12:00:00+08:00", 1),
    ],
)
def test_quiet_days_are_business_dates(two: money.Pair, before: str, after: str, days: int) -> None:
    sent(two.payer, two.source, two.destination, 5_00, datetime.fromisoformat(before))
    assert measured(two, datetime.fromisoformat(after))["quiet_days"] == days


@pytest.mark.parametrize(
    ("earlier", "amount", "adds_up_to"),
    [
        ((), 250_000_00, 250_000_00),
        ((300_000_00,), 250_000_00, 550_000_00),
        ((300_000_00,), 249_999_99, 0),  # this one is no part of the figure
        ((300_000_00,), 500_000_00, 0),  # nor is one that is reported by itself
        ((249_999_99, 500_000_00, 499_999_99), 250_000_00, 749_999_99),
    ],
)
def test_parts_of_the_reporting_figure_add_up_within_a_day(
    now: datetime, earlier: tuple[int, ...], amount: int, adds_up_to: int
) -> None:
    two = money.pair(balance=5_000_000_00, now=now)
    sent(two.payer, two.source, two.destination, 300_000_00, now - DAY)  # just out of the day
    for number, each in enumerate(earlier):
        sent(two.payer, two.source, two.destination, each, now - DAY + (number + 1) * MINUTE)
    assert measured(two, now, amount=amount)["parts_24_hours"] == adds_up_to
