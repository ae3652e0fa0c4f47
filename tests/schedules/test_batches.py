"""Dates that are made together: the same books as one after the other, and nobody is waited for."""

from datetime import date, datetime, timedelta
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from accounts.models import BankAccount, Customer
from core import outbox
from core.audit.models import Row
from core.outbox.models import Delivery, FactRecord
from core.runs import engine
from core.runs.models import Item, Run
from ledger import posting
from ledger.models import Entry
from payments.limits import Which
from payments.models import Transfer
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import Unit
from payments.schedules.services import executing
from payments.services import own_limits
from tests.factories import payments as money
from tests.factories import schedules as make
from tests.schedules.test_kill import books

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 6, tzinfo=ZoneInfo("Asia/Shanghai"))


def lay(now: datetime) -> None:
    """Orders that hang on one another: by money that comes in before, by one limit, by one account, by one total."""
    Run.objects.create(
        name="end_of_day", day=DAY - timedelta(days=1), state="done", started_at=now, finished_at=now
    )  # fmt: skip
    rich = money.pair(balance=200_000_00, now=now)
    for _number in range(3):  # the day's limit lets two through
        make.agree(rich, make.terms(rich, amount=20_000_00), now=now)
    late = money.pair(balance=0, now=now)
    back = money.payee(rich.receiver, late.source, alias="Late", now=now)
    on = money.Pair(rich.receiver, rich.destination, back, late.payer, late.source)
    make.agree(late, make.terms(late, amount=5_00), now=now)  # short: what it waits for comes behind it
    make.agree(on, make.terms(on, amount=20_000_00), now=now)  # only what came in just before covers it
    make.agree(late, make.terms(late, amount=7_00), now=now)  # and covers this
    many = money.pair(balance=1_000_00, now=now)
    make.agree(many, make.terms(many, amount=700_00, unit=Unit.MONTH), now=now)
    make.agree(many, make.terms(many, amount=400_00, unit=Unit.DAY), now=now)  # short
    make.agree(many, make.terms(many, amount=300_00, unit=Unit.DAY, count=1), now=now)  # complete with it
    other = money.account(many.payer, now=now)
    own = make.terms(many, to_account=other.public_id, to_payee=None, amount=1)
    make.agree(many, own, now=now)
    gone = money.pair(now=now)
    make.agree(gone, make.terms(gone), now=now)
    BankAccount.objects.filter(pk=gone.destination.pk).update(status="closed")  # ended for good
    fresh = money.pair(balance=90_000_00, now=now)
    young = money.payee(fresh.payer, rich.destination, alias="New", days=0, now=MORNING - timedelta(hours=1))
    new = money.Pair(fresh.payer, fresh.source, young, rich.receiver, rich.destination)
    for _number in range(2):  # little goes to a new payee while it is new
        make.agree(new, make.terms(new, amount=15_000_00), now=now)
    make.agree(fresh, make.terms(fresh), now=now)
    capped = money.pair(now=now)  # one payee gets no more in a day than they set
    own_limits.lower(customer=capped.payer, which=Which.PAYEE_DAY, currency="CNY", value=150_00, now=now)
    for _number in range(2):
        make.agree(capped, make.terms(capped), now=now)
    for one in (fresh, many, rich):  # to be told of the day after
        make.agree(one, make.terms(one, starts_on="2026-12-01", notice_days=1, amount=1_00), now=now)


def one_by_one(monkeypatch) -> None:
    monkeypatch.setattr(engine._Session, "_together", lambda _self, _keys: 0)


def test_together_comes_to_what_one_after_the_other_comes_to(now, monkeypatch):
    lay(now)
    began = so_far()
    with transaction.atomic():
        with monkeypatch.context() as patch:
            one_by_one(patch)
            engine.catch_up(name="end_of_day", clock=lambda: MORNING)
        expected, told = books(), trail()
        transaction.set_rollback(True)
    assert so_far() == began
    called = []
    known = executing.carry_out_many
    monkeypatch.setattr(executing, "carry_out_many", lambda **given: called.append(given["keys"]) or known(**given))
    engine.catch_up(name="end_of_day", clock=lambda: MORNING)
    assert len(called[0]) == Schedule.objects.filter(starts_on=DAY).count()
    assert books() == expected
    assert trail() == told
    outcomes = sorted(Occurrence.objects.values_list("state", "reason").distinct())
    assert outcomes == [
        ("made", ""), ("missed", "account_closed"), ("missed", "limit"), ("missed", "new_payee"), ("short", "funds"),
    ]  # fmt: skip
    assert Item.objects.filter(step__name="schedules.payments").count() == Occurrence.objects.count()
    assert Schedule.objects.filter(told_for=date(2026, 12, 1)).count() == 3
    facts = FactRecord.objects.filter(kind="payments.transfer_confirmed")
    assert facts.count() == Transfer.objects.count()
    assert {row["transfer"] for row in facts.values_list("payload", flat=True)} == {
        str(found) for found in Transfer.objects.values_list("public_id", flat=True)
    }


def so_far() -> tuple[int, int]:
    return Entry.objects.count(), Occurrence.objects.count()


def trail() -> list[tuple[str, str, str]]:
    """Each act about a payment with its reason, and how many deliveries each fact has."""
    acts = Row.objects.filter(act__startswith="payments.").values_list("act", "actor_label", "reason")
    return sorted(acts) + sorted(Delivery.objects.values_list("fact__kind", "handler", "state"))


def test_what_the_books_refuse_undoes_the_batch_and_each_is_made_by_itself(now, monkeypatch):
    for _number in range(3):
        one = money.pair(now=now)
        make.agree(one, make.terms(one), now=now)
    Run.objects.create(name="end_of_day", day=DAY - timedelta(days=1), state="done", started_at=now, finished_at=now)
    known, asked = posting.post_many, []

    def post_many(entries):
        """One account was emptied between the look and the booking."""
        asked.append(len(entries))
        known(entries)
        raise posting.BelowFloor("below its floor", "1")

    monkeypatch.setattr(posting, "post_many", post_many)
    engine.catch_up(name="end_of_day", clock=lambda: MORNING)
    assert asked == [3, 2]  # the first by itself, the others once more, then each
    assert list(Occurrence.objects.order_by("schedule_id").values_list("state", flat=True)) == ["made"] * 3
    assert Transfer.objects.count() == 3


def test_many_facts_are_refused_outside_a_transaction_and_of_an_unknown_kind(now):
    with pytest.raises(outbox.UnknownKind):
        outbox.record_many(kind="nobody.knows", facts=[], now=now)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_payer_who_is_busy_is_not_waited_for_while_others_are_locked(now):
    first, busy, last = (money.pair(now=now) for _number in range(3))
    keys = [(make.agree(one, make.terms(one), now=now).pk, DAY) for one in (first, busy, last)]
    locked, go_on = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Customer.objects.select_for_update().get(pk=busy.payer.pk)
                locked.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(20)
        with transaction.atomic():
            outcomes = executing.carry_out_many(keys=keys, day=DAY, last_try=False, now=MORNING)
    finally:
        go_on.set()
        thread.join()
    assert outcomes == ["made"]  # what comes behind the busy one keeps its turn
    assert Transfer.objects.get().payer == first.payer
