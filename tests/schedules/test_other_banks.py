"""Orders that pay somebody at another bank: agreed like any other, made on their date, followed to the other bank."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.inbox.models import Notice
from core.outbox import relay
from core.runs import engine
from core.runs.models import Item, Run
from ledger import balances
from payments.clearing import queries as clearing_queries
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode
from payments.clearing.refusals import UnknownBank
from payments.clearing.services import agreed_payments
from payments.clearing.services import payments as clearing_payments
from payments.models import Holding, Transfer
from payments.refusals import UnknownDestination
from payments.schedules import personal, queries
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import Unit
from payments.schedules.services import proposals
from payments.services import holding
from payments.watching import Outcome
from tests.factories import clearing
from tests.factories import payments as money
from tests.factories import schedules as make
from tests.monitoring.test_door import publish

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 6, tzinfo=ZONE)
LARGE = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}
EVENING = MORNING.replace(hour=18)


@pytest.fixture
def two(now: datetime) -> money.Pair:
    return money.pair(balance=300_000_00, now=now)


@pytest.fixture
def landlord(two: money.Pair, now: datetime) -> OtherPayee:
    """Somebody at another bank whom the payer has paid a week before."""
    clearing.accepted(clearing.Payer(two.payer, two.source), 1_00, now=now)
    return clearing.kept_payee(two, now)


@pytest.fixture
def other(two: money.Pair, now: datetime, tmp_path: Path) -> Iterator[clearing.OtherSide]:
    """The other side; whatever the test did, the clearing account ends as the sum of what is in flight."""
    clearing.fund_nostro(now)
    yield clearing.OtherSide(tmp_path)
    assert clearing_queries.in_clearing("CNY") == clearing_queries.in_flight("CNY")


def terms(two: money.Pair, payee: OtherPayee, **given: Any) -> Any:
    return make.terms(two, to_payee=None, to_bank=payee.public_id, **given)


def run(now: datetime = MORNING) -> None:
    Run.objects.get_or_create(
        name="end_of_day", day=DAY - timedelta(days=1),
        defaults={"state": "done", "started_at": now, "finished_at": now},
    )  # fmt: skip
    engine.catch_up(name="end_of_day", clock=lambda: now)


def booked(two: money.Pair) -> int:
    return balances.of([two.source.ledger_account_id])[two.source.ledger_account_id].booked


def outcomes() -> list[str]:
    rows = Item.objects.filter(step__name__startswith="schedules.payments").order_by("step__position", "key")
    return list(rows.values_list("outcome", flat=True))


def made_of(schedule: Schedule) -> Payment:
    found = Occurrence.objects.get(schedule=schedule, state="made").payment
    assert found is not None
    return found


def test_it_is_made_on_its_date_as_an_ordinary_payment_that_can_be_taken_back_for_two_hours(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide
) -> None:
    now = MORNING - timedelta(days=3)
    schedule = make.agree(two, terms(two, landlord, amount=5_000_00, unit=Unit.MONTH), now=now)
    before = booked(two)
    for _again in range(2):
        run()
    payment = made_of(schedule)
    assert (payment.amount, payment.state, payment.mode, payment.business_date) == (
        5_000_00, "accepted", Mode.ORDINARY, DAY,
    )  # fmt: skip
    assert (payment.payee_bank, payment.payee_number, payment.payee_name, payment.memo) == (
        landlord.bank_code, landlord.number, landlord.name, "rent",
    )  # fmt: skip
    assert payment.step_up == schedule.step_up
    assert payment.execute_at == MORNING + timedelta(hours=2)
    assert booked(two) == before - 5_000_00
    assert outcomes() == ["made"]
    schedule.refresh_from_db()
    assert (schedule.paid_count, schedule.paid_total, schedule.next_day) == (1, 5_000_00, date(2026, 12, 30))
    relay.drain(now=MORNING)
    assert Notice.objects.filter(user=two.payer.user, link=reverse("bank_payment", args=[payment.public_id])).exists()
    assert clearing_payments.take_back(customer=two.payer, payment_id=payment.public_id, now=MORNING) is True
    assert booked(two) == before


def test_it_reaches_the_other_bank_and_its_page_says_so(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide
) -> None:
    schedule = make.agree(two, terms(two, landlord), now=MORNING - timedelta(days=3))
    run()
    later = MORNING + timedelta(hours=2)
    other.round(later)
    payment = made_of(schedule)
    assert payment.state == "sent"
    other.put(other.status(payment, now=later))
    other.round(later)
    date_made = queries.occurrences_of(schedule, most=1)[0]
    assert str(date_made.became) == "Arrived"
    schedule.refresh_from_db()
    assert (schedule.state, schedule.ended_because) == ("ended", "complete")


def test_a_large_sum_on_a_day_off_leaves_when_the_large_value_system_is_open_and_none_fails_for_the_hour(
    landlord: OtherPayee,
) -> None:
    sunday = datetime(2026, 11, 29, 6, tzinfo=ZONE)
    small, large = (
        agreed_payments.offer(landlord.bank_code, amount, "CNY", now=sunday) for amount in (100_00, 1_200_000_00)
    )
    assert (small[0], small[1].execute_at) == (Mode.ORDINARY, sunday + timedelta(hours=2))
    assert large[0] is Mode.NEXT_DAY
    assert large[1].execute_at.astimezone(ZONE).date() == date(2026, 11, 30)


def test_a_short_account_is_tried_again_in_the_evening_and_then_the_date_is_missed_and_told(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide, now: datetime
) -> None:
    poor = money.account(two.payer, balance=50_00, now=now)
    wanted = terms(two, landlord, amount=100_00, source=poor.public_id, unit=Unit.MONTH)
    schedule = make.agree(two, wanted, now=MORNING - timedelta(days=3))
    run()
    assert list(schedule.occurrences.values_list("state", flat=True)) == ["short"]
    run(EVENING)
    missed = schedule.occurrences.get()
    assert (missed.state, missed.reason, missed.payment) == ("missed", "funds", None)
    assert not Payment.objects.filter(source=poor).exists()
    assert Notice.objects.filter(user=two.payer.user, event="payments.schedule_missed").count() == 1


def test_a_payee_taken_off_the_list_ends_the_order_without_a_payment(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide, now: datetime
) -> None:
    schedule = make.agree(two, terms(two, landlord, unit=Unit.MONTH), now=MORNING - timedelta(days=3))
    clearing_payments.remove_payee(customer=two.payer, payee_id=landlord.public_id, now=now)
    run()
    schedule.refresh_from_db()
    assert (schedule.state, schedule.ended_because) == ("ended", "payee_removed")
    assert outcomes() == ["missed"]


def test_what_a_rule_keeps_back_is_held_and_goes_or_comes_back_with_its_date(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide, now: datetime
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    schedule = make.agree(two, terms(two, landlord, amount=12_000_00, unit=Unit.MONTH), now=MORNING - timedelta(days=3))
    before = booked(two)
    run()
    payment = made_of(schedule)
    assert (outcomes(), payment.state, booked(two)) == (["held"], "held", before)
    assert Holding.objects.get(payment=payment.public_id).channel == "system"
    assert queries.own(two.payer, schedule.public_id).held == 1  # type: ignore[union-attr]  # counted by the query
    assert str(queries.occurrences_of(schedule, most=1)[0].became) == "Held, not sent yet"
    holding.give_back(payment_id=payment.public_id, now=MORNING)
    relay.drain(now=MORNING)
    schedule.refresh_from_db()
    assert (schedule.paid_count, schedule.occurrences.get().state) == (0, "missed")
    assert booked(two) == before


def test_without_a_verdict_a_small_sum_to_a_known_payee_goes_and_a_larger_one_waits(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed_on = MORNING - timedelta(days=3)
    small = make.agree(two, terms(two, landlord, amount=900_00), now=agreed_on)
    larger = make.agree(two, terms(two, landlord, amount=1_100_00), now=agreed_on)

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("payments.monitoring.door.judge", broken)
    run()
    assert (made_of(small).state, made_of(larger).state) == ("accepted", "held")


def test_orders_here_and_to_other_banks_are_made_on_one_morning_each_once(
    two: money.Pair, landlord: OtherPayee, other: clearing.OtherSide
) -> None:
    agreed_on = MORNING - timedelta(days=3)
    for _number in range(2):
        make.agree(two, make.terms(two), now=agreed_on)
        make.agree(two, terms(two, landlord), now=agreed_on)
    before = booked(two)
    run()
    assert outcomes() == ["made"] * 4
    assert booked(two) == before - 400_00
    assert Transfer.objects.filter(state="confirmed").count() == 2
    assert Payment.objects.filter(mode=Mode.ORDINARY).count() == 2


def test_a_bank_that_is_not_reached_and_a_strange_payee_are_refused_before_anything_is_agreed(
    two: money.Pair, landlord: OtherPayee, now: datetime
) -> None:
    unknown = OtherPayee.objects.create(
        customer=two.payer, bank_code="999999999999", number="1", name="Nobody", created_at=now
    )
    theirs = OtherPayee.objects.create(
        customer=two.receiver, bank_code=clearing.CMB, number="6225880112345678", name="李明", created_at=now
    )
    for payee, refused in ((unknown, UnknownBank), (theirs, UnknownDestination)):
        with pytest.raises(refused):
            proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=terms(two, payee), now=now)
    assert not Schedule.objects.exists()


def test_the_table_takes_no_order_without_the_end_of_its_kind(
    two: money.Pair, landlord: OtherPayee, now: datetime
) -> None:
    schedule = make.agree(two, terms(two, landlord), now=now)
    for changes in ({"kind": "own"}, {"kind": "customer"}, {"other_payee": None}, {"destination": two.destination}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Schedule.objects.filter(pk=schedule.pk).update(**changes)


def test_its_pages_say_which_bank_and_cost_the_same_at_one_and_at_three(
    two: money.Pair, landlord: OtherPayee, now: datetime
) -> None:
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(two.payer.user)  # type: ignore[arg-type]
        form = client.get(reverse("schedule_new")).content.decode()
        assert "Payees at other banks" in form
        assert f"bank:{landlord.public_id}" in form
        typed = {
            "key": str(uuid.uuid4()), "source": str(two.source.public_id), "to": f"bank:{landlord.public_id}",
            "amount": "100", "memo": "rent", "rhythm": "monthly", "starts_on": "2026-11-30", "holiday": "same",
            "ends": "open", "notice": "1",
        }  # fmt: skip
        led = client.post(reverse("schedule_new"), typed)
        assert led.status_code == 302, led.content.decode()
        check = client.get(led["Location"]).content.decode()
        assert "China Merchants Bank" in check
        assert "take it back" in check
        again = client.get(f"{reverse('schedule_new')}?draft={led['Location'].rstrip('/').split('/')[-1]}")
        assert f'value="bank:{landlord.public_id}" selected' in again.content.decode()
        schedule = make.agree(two, terms(two, landlord, unit=Unit.MONTH), now=now)
        page = client.get(reverse("schedule", args=[schedule.public_id])).content.decode()
        assert "China Merchants Bank" in page

        def cost() -> int:
            client.get(reverse("schedules"))
            with CaptureQueriesContext(connection) as counted:
                assert client.get(reverse("schedules")).status_code == 200
            return len(counted)

        one = cost()
        for _more in range(2):
            make.agree(two, terms(two, landlord, unit=Unit.MONTH), now=now)
        assert cost() == one
        rows = [list(row) for section in personal.personal_data(customer=two.payer, language="en")[:1]
                for row in section.rows()]  # fmt: skip
        assert any(landlord.number in row for row in rows)
