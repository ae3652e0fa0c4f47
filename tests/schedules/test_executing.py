"""What is due is made on its date, once, by the written rule (hostile acts 36, 37, 41)."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import translation

from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer
from core.outbox import relay
from core.runs import engine
from core.runs.models import Item, Run
from ledger import balances
from ledger.models import Entry
from payments import queries as payment_queries
from payments.models import Transfer
from payments.schedules import queries, refusals
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import Holiday, Unit
from payments.schedules.services import executing, keeping, proposals
from payments.services import payees
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 6, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), ZONE).replace(hour=hour, minute=minute)


def run(now: datetime) -> None:
    engine.catch_up(name="end_of_day", clock=lambda: now)


def began(day: str) -> None:
    """The bank has run until the day before: every later day is this run's to make up for."""
    before = date.fromisoformat(day) - timedelta(days=1)
    Run.objects.create(name="end_of_day", day=before, state="done", started_at=at(day, 0), finished_at=at(day, 0))


def booked(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


@pytest.fixture
def two(now) -> money.Pair:
    return money.pair(balance=1_000_00, now=now)


def paid_on(schedule: Schedule) -> list[str]:
    return [row.day.isoformat() for row in schedule.occurrences.filter(state="made").order_by("day")]


def test_a_dated_transfer_is_made_in_the_morning_of_its_date_and_never_again(two, now):
    schedule = make.agree(two, make.terms(two, starts_on="2026-11-30"), now=now)
    began("2026-11-29")
    run(at("2026-11-30", 5, 59))
    assert not Transfer.objects.exists()
    for minute in (0, 1, 2):
        run(at("2026-11-30", 6, minute))
    transfer = Transfer.objects.get()
    assert (transfer.amount, transfer.state, transfer.business_date) == (100_00, "confirmed", date(2026, 11, 30))
    assert transfer.step_up == schedule.step_up
    assert Entry.objects.get(kind="payments.transfer").key == f"standing:{schedule.public_id}:2026-11-30"
    assert (booked(two.source), booked(two.destination)) == (900_00, 100_00)
    schedule.refresh_from_db()
    assert (schedule.state, schedule.ended_because, schedule.next_day) == ("ended", "complete", None)
    # Both sides hear of it as of any transfer, and there is a receipt.
    relay.drain(now=at("2026-11-30", 7))
    assert sorted(Notice.objects.values_list("event", flat=True)) == ["payments.received", "payments.sent"]
    assert payment_queries.receipt_for(two.receiver, transfer.public_id) is not None


@pytest.mark.parametrize(
    ("given", "until", "expected"),
    [
        (
            {"unit": Unit.MONTH, "starts_on": "2026-11-30"}, "2027-04-01",
            ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"],
        ),
        ({"unit": Unit.YEAR, "starts_on": "2028-02-29"}, "2030-03-01", ["2028-02-29", "2029-02-28", "2030-02-28"]),
        # The 5th of December is a Saturday.
        (
            {"unit": Unit.MONTH, "starts_on": "2026-12-05", "holiday": Holiday.BEFORE, "count": 2}, "2027-03-01",
            ["2026-12-04", "2027-01-05"],
        ),
        (
            {"unit": Unit.WEEK, "every": 2, "starts_on": "2026-12-05", "holiday": Holiday.AFTER, "total": 250_00},
            "2027-02-01", ["2026-12-07", "2026-12-21", "2027-01-04"],
        ),
    ],
)  # fmt: skip
def test_every_rhythm_is_paid_on_its_days_by_the_written_rule(two, now, given, until, expected):
    moment = now if given["starts_on"] < "2028" else at("2028-02-01")
    schedule = make.agree(two, make.terms(two, amount=100_00, **given), now=moment)
    # Days on which nothing can be due are passed over, so that the test need not walk through years.
    working = [date.fromisoformat(day) for day in expected]
    for day in [*working, date.fromisoformat(until)]:
        Run.objects.all().delete()
        began(day.isoformat())
        run(at(day.isoformat(), 7))
    assert paid_on(schedule) == expected
    days = list(Transfer.objects.order_by("business_date").values_list("business_date", flat=True))
    assert days == working
    if given.get("total"):
        assert booked(two.destination) == 250_00
        schedule.refresh_from_db()
        assert schedule.state == "ended"


def test_three_days_off_are_made_up_for_each_on_its_own_date(two, now):
    daily = make.agree(two, make.terms(two, unit=Unit.DAY, starts_on="2026-11-24"), now=now)
    began("2026-11-24")
    run(at("2026-11-27", 12))
    assert paid_on(daily) == ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]
    assert list(Run.objects.order_by("day").values_list("day", "state"))[1:] == [
        (date(2026, 11, 24), "done"), (date(2026, 11, 25), "done"), (date(2026, 11, 26), "done"),
        (date(2026, 11, 27), "open"),
    ]  # fmt: skip
    # Each counts on its own business date, so no day's limit bears what the bank was late with.
    dates = Entry.objects.filter(kind="payments.transfer").order_by("id").values_list("business_date", flat=True)
    assert [day.day for day in dates] == [24, 25, 26, 27]


def test_an_account_that_is_short_is_tried_once_more_in_the_evening(two, now):
    schedule = make.agree(two, make.terms(two, amount=1_500_00, unit=Unit.MONTH), now=now)
    began("2026-11-30")
    run(at("2026-11-30", 6))
    assert Occurrence.objects.get().state == "short"
    assert not Notice.objects.exists()
    run(at("2026-11-30", 12))
    assert booked(two.source) == 1_000_00
    money.pay_in(two.source, 600_00, now=at("2026-11-30", 13))
    run(at("2026-11-30", 18))
    assert Occurrence.objects.get().state == "made"
    assert booked(two.source) == 100_00
    schedule.refresh_from_db()
    assert schedule.next_day == date(2026, 12, 30)


def test_short_in_the_evening_too_it_is_not_made_and_told_once(two, now):
    schedule = make.agree(two, make.terms(two, amount=1_500_00, unit=Unit.MONTH), now=now)
    began("2026-11-30")
    for hour in (6, 18, 19):
        run(at("2026-11-30", hour))
    assert not Transfer.objects.exists()
    assert booked(two.source) == 1_000_00
    missed = Occurrence.objects.get()
    assert (missed.state, missed.reason, missed.transfer_id) == ("missed", "funds", None)
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_day, schedule.paid_count) == ("active", date(2026, 12, 30), 0)
    told = Notice.objects.get(event="payments.schedule_missed")
    assert "1,500.00" in told.texts["en"]["title"]
    assert "30 December 2026" in told.texts["en"]["body"]
    # It is not made up for when money comes.
    money.pay_in(two.source, 5_000_00, now=at("2026-12-01"))
    run(at("2026-12-01", 7))
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("which", ["source", "destination", "payee"])
def test_a_closed_account_or_a_removed_payee_ends_the_order_and_is_told(two, now, which):
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    if which == "payee":
        payees.remove(customer=two.payer, payee_id=two.payee.public_id, now=now)
    else:
        BankAccount.objects.filter(pk=getattr(two, which).pk).update(status="closed")
    began("2026-11-30")
    run(at("2026-11-30", 6))
    schedule.refresh_from_db()
    reason = "payee_removed" if which == "payee" else "account_closed"
    assert (schedule.state, schedule.ended_because) == ("ended", reason)
    assert not Transfer.objects.exists()
    assert "nothing more will be paid" in Notice.objects.get(event="payments.schedule_missed").texts["en"]["body"]


def test_an_identity_document_that_ran_out_keeps_the_money_in_and_the_order_waits_for_the_new_one(two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    Customer.objects.filter(pk=two.payer.pk).update(document_expires_on=date(2025, 1, 1))
    began("2026-11-30")
    run(at("2026-11-30", 6))
    assert (Occurrence.objects.get().state, Occurrence.objects.get().reason) == ("missed", "document_expired")
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_day) == ("active", date(2026, 12, 30))
    assert booked(two.source) == 1_000_00


def test_limits_are_judged_on_the_date_with_what_was_moved_on_it(two, now):
    money.pay_in(two.source, 200_000_00, now=now)
    # Four payments of the most that one may be: the day's limit lets fewer through.
    for _number in range(4):
        make.agree(two, make.terms(two, amount=20_000_00), now=now)
    began("2026-11-30")
    run(at("2026-11-30", 6))
    states = list(Occurrence.objects.order_by("schedule_id").values_list("state", "reason"))
    assert states == [("made", ""), ("made", ""), ("missed", "limit"), ("missed", "limit")]
    assert booked(two.destination) == 40_000_00


def test_an_order_changed_five_minutes_before_is_paid_as_changed(two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    before = at("2026-11-30", 5, 55)
    wanted = replace(proposals.terms_of(schedule), amount=30_00)
    proposal = proposals.propose(
        customer=two.payer, key=uuid.uuid4(), terms=wanted, changes=schedule.public_id, version=1, now=before
    )
    make.approve(two.payer, proposal, now=before)
    began("2026-11-30")
    run(at("2026-11-30", 6))
    assert Transfer.objects.get().amount == 30_00
    assert paid_on(schedule) == ["2026-11-30"]


def test_a_change_that_meets_the_payment_does_not_pay_its_date_again(two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    moment = at("2026-11-30", 5, 59)
    proposal = proposals.propose(
        customer=two.payer, key=uuid.uuid4(), terms=replace(proposals.terms_of(schedule), amount=30_00),
        changes=schedule.public_id, version=1, now=moment,
    )  # fmt: skip
    began("2026-11-30")
    run(at("2026-11-30", 6))
    make.approve(two.payer, proposal, now=at("2026-11-30", 6, 1))
    run(at("2026-11-30", 6, 2))
    assert Transfer.objects.get().amount == 100_00
    schedule.refresh_from_db()
    assert (schedule.amount, schedule.next_day) == (30_00, date(2026, 12, 30))


def test_pause_skip_resume_and_cancel_count_from_the_moment_they_are_given(two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.WEEK, starts_on="2026-11-25"), now=now)
    one = {"customer": two.payer, "schedule_id": schedule.public_id}
    keeping.skip(**one, nominal=date(2026, 11, 25), now=now)
    keeping.skip(**one, nominal=date(2026, 11, 25), now=now)  # the same again is the same
    began("2026-11-25")
    run(at("2026-11-25", 7))
    keeping.pause(**one, now=at("2026-11-30"))
    run(at("2026-12-02", 7))
    assert not Transfer.objects.exists()
    keeping.resume(**one, now=at("2026-12-09", 5))  # not made up for, and today's date is over as well
    run(at("2026-12-09", 7))
    assert not Transfer.objects.exists()
    run(at("2026-12-16", 7))
    assert paid_on(schedule) == ["2026-12-16"]
    with pytest.raises(refusals.MovedOn):
        keeping.cancel(**one, nominal=date(2026, 12, 16), now=at("2026-12-16", 8))
    keeping.cancel(**one, nominal=date(2026, 12, 23), now=at("2026-12-16", 8))
    keeping.cancel(**one, nominal=date(2026, 12, 23), now=at("2026-12-16", 8))
    run(at("2026-12-23", 7))
    assert Transfer.objects.count() == 1
    for act in (keeping.pause, keeping.resume):
        with pytest.raises(refusals.HasEnded):
            act(**one, now=at("2026-12-23"))


def test_what_was_short_and_is_cancelled_before_the_evening_is_left_out(two, now):
    schedule = make.agree(two, make.terms(two, amount=1_500_00), now=now)
    began("2026-11-30")
    run(at("2026-11-30", 6))
    keeping.cancel(
        customer=two.payer, schedule_id=schedule.public_id, nominal=date(2026, 11, 30), now=at("2026-11-30", 7)
    )
    money.pay_in(two.source, 1_000_00, now=now)
    run(at("2026-11-30", 18))
    assert Occurrence.objects.get().state == "skipped"
    assert not Transfer.objects.exists()


def test_the_payer_is_told_before_as_many_days_as_they_asked_for_and_once(two, now):
    make.agree(two, make.terms(two, unit=Unit.MONTH, notice_days=2), now=now)
    make.agree(two, make.terms(two, notice_days=0), now=now)
    began("2026-11-27")
    run(at("2026-11-27", 23))
    assert not Notice.objects.exists()
    run(at("2026-11-28", 6))
    run(at("2026-11-29", 6))
    told = Notice.objects.get(event="payments.schedule_soon")
    assert "30 November 2026" in told.texts["en"]["title"]
    with translation.override("zh-hans"):
        assert "2026年11月30日" in told.texts["zh-hans"]["title"]


def test_a_second_before_midnight_and_midnight_are_two_business_dates(two, now):
    """Whatever the server's own zone: the bank's day ends when it ends in Shanghai."""
    last = at("2026-11-29", 23, 59) + timedelta(seconds=59, milliseconds=900)
    with pytest.raises(refusals.TooEarly):
        proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=make.terms(two, starts_on="2026-11-29"), now=last)
    make.agree(two, make.terms(two, starts_on="2026-11-30"), now=last)
    with pytest.raises(refusals.TooEarly):
        proposals.propose(
            customer=two.payer, key=uuid.uuid4(), terms=make.terms(two, starts_on="2026-11-30"),
            now=last + timedelta(milliseconds=100),
        )  # fmt: skip


def test_a_clock_that_jumps_back_pays_nothing_twice(two, now):
    make.agree(two, make.terms(two, unit=Unit.DAY, starts_on="2026-11-24"), now=now)
    began("2026-11-24")
    for moment in (at("2026-11-24", 7), at("2026-11-23", 7), at("2026-11-25", 7), at("2026-11-24", 5)):
        run(moment)
    assert sorted(Transfer.objects.values_list("business_date", flat=True)) == [date(2026, 11, 24), date(2026, 11, 25)]


def test_the_same_date_handed_in_twice_pays_once_even_without_the_run(two, now):
    """Below the run stand the order's own next date, the row of the date, and the key of the books."""
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    given = {
        "schedule_id": schedule.pk, "nominal": date(2026, 11, 30), "day": date(2026, 11, 30), "last_try": False,
        "now": at("2026-11-30"),
    }  # fmt: skip
    outcomes = []
    for _time in range(2):
        with transaction.atomic():
            outcomes.append(executing.carry_out(**given))
    assert outcomes == ["made", "gone"]
    assert Transfer.objects.count() == 1


def test_several_due_at_once_go_in_the_order_in_which_they_were_agreed(two, now):
    first = make.agree(two, make.terms(two, amount=700_00), now=now)
    second = make.agree(two, make.terms(two, amount=400_00), now=now)
    third = make.agree(two, make.terms(two, amount=300_00), now=now)
    began("2026-11-30")
    run(at("2026-11-30", 6))
    assert [one.occurrences.get().state for one in (first, second, third)] == ["made", "short", "made"]


def test_the_run_says_what_became_of_each(two, now):
    make.agree(two, make.terms(two), now=now)
    make.agree(two, make.terms(two, amount=5_000_00), now=now)
    began("2026-11-30")
    run(at("2026-11-30", 18))
    found = Item.objects.filter(step__name__startswith="schedules.payments", step__run__day=date(2026, 11, 30))
    assert sorted(found.values_list("step__name", "outcome")) == [
        ("schedules.payments", "made"), ("schedules.payments", "short"), ("schedules.payments_again", "missed"),
    ]  # fmt: skip


def test_a_holiday_that_was_announced_since_moves_the_date_that_was_set_before(two, now, monkeypatch):
    schedule = make.agree(two, make.terms(two, starts_on="2027-01-04", holiday=Holiday.AFTER), now=now)
    early = make.agree(two, make.terms(two, starts_on="2027-01-04", holiday=Holiday.BEFORE), now=now)
    assert (schedule.next_day, early.next_day) == (date(2027, 1, 4), date(2027, 1, 4))
    known = queries.workdays.calendar()
    newer = replace(known, off=known.off | {date(2027, 1, 1), date(2027, 1, 4)})
    monkeypatch.setattr(queries.workdays, "calendar", lambda: newer)
    began("2026-12-30")
    run(at("2026-12-30", 7))
    schedule.refresh_from_db()
    early.refresh_from_db()
    assert (schedule.next_day, early.next_day) == (date(2027, 1, 5), date(2026, 12, 31))
    run(at("2027-01-05", 7))
    assert [paid_on(schedule), paid_on(early)] == [["2027-01-05"], ["2026-12-31"]]
