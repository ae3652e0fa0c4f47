"""Dated transfers and standing orders before the rules: judged on their day as any other payment (row 12, act 41)."""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from accounts.inbox.models import Notice
from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews.subject import subject_of
from core.runs import engine
from core.runs.models import Item, Run
from ledger import balances
from ledger.models import Entry
from payments import watching
from payments.models import Holding, Transfer
from payments.monitoring import backtest, measures
from payments.monitoring.models import Alert, Hit
from payments.monitoring.rules import newest
from payments.schedules import held, personal
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import Unit
from payments.services import holding
from payments.watching import Outcome
from tests.factories import identity as people
from tests.factories import payments as money
from tests.factories import schedules as make
from tests.monitoring.test_door import publish
from tests.schedules.test_batches import one_by_one
from tests.schedules.test_kill import books

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 6, tzinfo=ZoneInfo("Asia/Shanghai"))
LARGE = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}
PACE = {"measure": "sent_10_minutes", "op": ">", "figure": "monitoring.pace.ten_minutes"}


@pytest.fixture
def two(now: datetime) -> money.Pair:
    return money.pair(balance=100_000_00, now=now)


def run(now: datetime = MORNING) -> None:
    Run.objects.get_or_create(
        name="end_of_day",
        day=DAY - timedelta(days=1),
        defaults={"state": "done", "started_at": now, "finished_at": now},
    )
    engine.catch_up(name="end_of_day", clock=lambda: now)


def spendable(two: money.Pair) -> tuple[int, int | None]:
    left = balances.of([two.source.ledger_account_id])[two.source.ledger_account_id]
    return left.booked, left.spendable


@pytest.mark.parametrize("together", [True, False])
def test_what_a_rule_keeps_back_is_held_on_its_day_told_and_the_rest_goes(
    two: money.Pair, now: datetime, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    large = make.agree(two, make.terms(two, amount=12_000_00, unit=Unit.MONTH, count=3), now=now)
    small = make.agree(two, make.terms(two, amount=100_00), now=now)
    other = money.account(two.payer, now=now)
    make.agree(two, make.terms(two, amount=20_000_00, to_account=other.public_id, to_payee=None), now=now)
    if not together:
        one_by_one(monkeypatch)
    run()
    assert sorted(Item.objects.filter(step__name="schedules.payments").values_list("outcome", flat=True)) == [
        "held", "made", "made",
    ]  # fmt: skip
    kept = Transfer.objects.get(state="held")
    assert (kept.amount, kept.entry, kept.occurrence.schedule) == (12_000_00, None, large)
    assert spendable(two) == (79_900_00, 67_900_00)
    assert Transfer.objects.filter(state="confirmed").count() == 2
    one = Holding.objects.get()
    assert (one.waits, one.channel, one.not_judged) == ("review", "system", False)
    assert Alert.objects.get().payment == kept.public_id  # between own accounts nobody looks
    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.paid_count, large.paid_total, small.state) == (1, 12_000_00, "ended")
    relay.drain(now=MORNING)
    assert Notice.objects.filter(user=two.payer.user, event="security.payment_held").count() == 1
    run(MORNING + timedelta(hours=1))
    assert Transfer.objects.count() == 3
    with translation.override("en"):
        shown = subject_of("alert").present(str(Alert.objects.get().public_id), full=True)
        assert "By an order agreed on" in [label for label, _value in shown.sections[0].rows]
    with translation.override("en"):
        assert large.occurrences.get().became == "Held, not sent yet"


def page_of(order: Schedule, client: Client) -> str:
    """How its state is called on its page, which its payer opens."""
    people.enter(client, order.payer.user)
    with translation.override("en"):
        response = client.get(f"/scheduled/{order.public_id}/", headers={"accept-language": "en"})
    assert response.status_code == 200
    return str(response.context["state"])


def test_sent_later_it_is_a_payment_of_its_order_by_the_banks_own_run(
    two: money.Pair, now: datetime, client: Client
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    order = make.agree(two, make.terms(two, amount=12_000_00), now=now)
    run()
    assert page_of(order, client) == "Held, not sent yet"
    payment = Transfer.objects.get().public_id
    assert holding.release(payment_id=payment, now=MORNING + timedelta(hours=2)).sent
    entry = Entry.objects.get(kind="payments.transfer")
    assert (entry.channel, entry.business_date) == ("system", DAY)
    assert spendable(two) == (88_000_00, 88_000_00)
    date_of = Occurrence.objects.get(schedule=order)
    assert (date_of.state, date_of.held) == ("made", False)
    relay.drain(now=MORNING + timedelta(hours=3))
    order.refresh_from_db()
    assert (order.paid_count, order.state) == (1, "ended")
    assert page_of(order, client) == "Paid as agreed"


def test_a_dated_transfer_that_was_given_back_does_not_say_that_it_was_paid(
    two: money.Pair, now: datetime, client: Client
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    order = make.agree(two, make.terms(two, amount=12_000_00), now=now)
    run()
    holding.give_back(payment_id=Transfer.objects.get().public_id, now=MORNING + timedelta(hours=2))
    relay.drain(now=MORNING + timedelta(hours=3))
    order.refresh_from_db()
    assert (order.paid_count, order.state, order.ended_because) == (0, "ended", "held")
    assert page_of(order, client) == "Ended"


def test_given_back_it_was_not_paid_and_an_order_by_number_has_it_before_it_again(
    two: money.Pair, now: datetime
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    order = make.agree(two, make.terms(two, amount=12_000_00, unit=Unit.MONTH, count=3), now=now)
    run()
    payment = Transfer.objects.get().public_id
    holding.stop(customer=two.payer, payment_id=payment, now=MORNING + timedelta(hours=2))
    relay.drain(now=MORNING + timedelta(hours=3))
    held.returning.not_paid(payment=payment, now=MORNING + timedelta(hours=4))  # told twice
    order.refresh_from_db()
    assert (order.state, order.paid_count, order.paid_total) == ("active", 0, 0)
    assert spendable(two) == (100_000_00, 100_000_00)
    row = Occurrence.objects.get(schedule=order)
    assert (row.state, row.reason, row.transfer.state) == ("missed", "held", "stopped")
    assert not Entry.objects.filter(kind="payments.transfer").exists()
    with translation.override("en"):
        dates = personal.personal_data(customer=two.payer, language="en")[1]
        assert "It was held and not sent" in str(next(iter(dates.rows()))[2])


def test_a_rule_about_the_pace_counts_what_goes_together_as_if_it_went_one_after_the_other(
    two: money.Pair, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("F04", now, outcome=Outcome.REVIEW, condition=PACE)
    for _number in range(7):  # the sixth and the seventh are more than five
        make.agree(two, make.terms(two, amount=10_00), now=now)
    alone = money.pair(balance=1_000_00, now=now)
    make.agree(alone, make.terms(alone, amount=10_00), now=now)
    run()
    states = Schedule.objects.order_by("pk").values_list("occurrences__transfer__state", flat=True)
    assert list(states) == ["confirmed"] * 5 + ["held"] * 2 + ["confirmed"]
    measured = Hit.objects.filter(rule=newest("F04")).order_by("alert_id").values_list("measured", flat=True)
    assert [one["sent_10_minutes"] for one in measured] == [6, 7]
    # Replayed, the same two are found, with the same figures.
    version = newest("F04")
    assert version is not None
    report = backtest.run(version.condition, since=DAY, until=DAY)
    assert (report.judged, report.hits) == (8, 2)
    assert [measures.as_json(one.measured)["sent_10_minutes"] for one in report.examples] == [6, 7]


def test_a_rule_that_asks_for_a_code_is_content_with_the_one_the_order_was_agreed_to_with(
    two: money.Pair, now: datetime
) -> None:
    publish("F01", now, outcome=Outcome.STEP_UP, condition=LARGE)
    make.agree(two, make.terms(two, amount=12_000_00), now=now)
    brought = make.agree(two, make.terms(two, amount=13_000_00), now=now)
    Schedule.objects.filter(pk=brought.pk).update(step_up=None)  # nobody ever gave one for it
    run()
    assert dict(Transfer.objects.values_list("amount", "state")) == {12_000_00: "confirmed", 13_000_00: "held"}
    assert Holding.objects.get().waits == Holding.Waits.CONFIRM


@pytest.mark.parametrize("together", [True, False])
def test_where_the_rules_are_silent_small_sums_to_known_payees_go_and_the_rest_waits_for_them(
    two: money.Pair, now: datetime, settings, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    make.agree(two, make.terms(two, amount=999_00), now=now)
    make.agree(two, make.terms(two, amount=1_001_00), now=now)
    settings.MONITOR = settings.MONITOR_MANY = f"{__name__}.silent"
    if not together:
        one_by_one(monkeypatch)
    run()
    assert dict(Transfer.objects.values_list("amount", "state")) == {999_00: "confirmed", 1_001_00: "held"}
    assert Holding.objects.get().not_judged
    assert {fact.payload["held"] for fact in FactRecord.objects.filter(kind="payments.not_judged")} == {True, False}
    assert Row.objects.get(act="payments.transfer_confirmed").after["not_judged"] is True
    settings.MONITOR = "payments.monitoring.door.judge"
    assert holding.work(now=MORNING + timedelta(minutes=1)) == 1  # shown to them again by itself
    assert not Transfer.objects.filter(state="held").exists()


def silent(_asked: object, *, now: datetime) -> None:
    raise RuntimeError("the monitor is out of order")


def test_rules_that_hang_hold_the_run_up_once_and_not_for_each(
    two: money.Pair, now: datetime, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(12):
        make.agree(two, make.terms(two, amount=1_001_00), now=now)
    make.agree(two, make.terms(two, amount=5_00), now=now)
    settings.MONITOR_MANY = f"{__name__}.hangs"
    monkeypatch.setattr(watching, "milliseconds_for", lambda _now: 20)
    began = time.monotonic()
    run()
    assert time.monotonic() - began < 10  # thirteen times twenty seconds, were each waited for
    assert sorted(Transfer.objects.values_list("amount", "state")) == [(5_00, "confirmed")] + [(1_001_00, "held")] * 12
    assert not Holding.objects.filter(not_judged=False).exists()
    assert FactRecord.objects.filter(kind="payments.not_judged").count() == 13


def hangs(_asked: object, *, now: datetime) -> list[watching.Verdict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    return []


def test_of_many_the_monitor_answers_each_or_has_said_nothing(two: money.Pair, now: datetime, settings) -> None:
    moving = watching.Moving(
        kind="customer", public_id=two.payer.public_id, payer_id=two.payer.pk, source_id=two.source.pk,
        destination_id=two.destination.pk, payee="1", payee_since=now, amount=1, currency="CNY", by_code=True,
    )  # fmt: skip
    settings.MONITOR_MANY = f"{__name__}.answers_one"
    with transaction.atomic(), pytest.raises(watching.MonitorFailed):
        watching.judge_many([moving, moving], now=now)
    assert watching.judge_many([moving], now=now)[0].outcome is Outcome.ALLOW
    assert watching.judge_many([], now=now) == []


def answers_one(_asked: object, *, now: datetime) -> list[watching.Verdict]:
    return [watching.Verdict(Outcome.ALLOW)]


def test_together_and_one_by_one_come_to_the_same_books_with_rules_that_hold(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("F01", now, outcome=Outcome.DELAY, condition=LARGE)
    for amount in (12_000_00, 50_00, 11_000_00):
        one = money.pair(balance=12_500_00, now=now)
        make.agree(one, make.terms(one, amount=amount), now=now)
        make.agree(one, make.terms(one, amount=2_000_00), now=now)  # short where the first one's money is held
    with transaction.atomic():
        with monkeypatch.context() as patch:
            one_by_one(patch)
            run()
        expected = books(), sorted(Holding.objects.values_list("amount", "waits"))
        transaction.set_rollback(True)
    run()
    assert (books(), sorted(Holding.objects.values_list("amount", "waits"))) == expected
