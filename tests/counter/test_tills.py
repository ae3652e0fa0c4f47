"""Tills and vaults: whose they are, what lies in them, and that the books say the same."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.outbox import relay
from core.runs import engine
from ledger import balances, chart
from ledger.models import Account, Entry
from payments.counter import denominations, queries, refusals, steps
from payments.counter.models import Delivery, Operation, Till, TillDay
from payments.counter.services import deliveries, operations, tills
from tests.factories import changes
from tests.factories import counter as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db
FEW = {"10000": 5}  # 500 yuan


def in_books(name: str) -> int:
    return balances.of([chart.find(name, "CNY")])[chart.find(name, "CNY")].booked


def brought(counter: make.Counter, way: str, counted: dict[str, int], now: datetime) -> None:
    asked = tills.ask_delivery(teller=counter.teller, direction=way, counted=counted, now=now)
    deliveries.confirm(keeper=counter.keeper, delivery_id=asked.public_id, now=now)


def cash_everywhere() -> int:
    """All cash of the chart: the bank's own, every vault and every till."""
    families = Account.objects.filter(code__regex="^(cash|vault|till):").exclude(code__startswith="till-difference")
    return -sum(one.booked for one in balances.of(families.values_list("pk", flat=True)).values())


def test_a_till_opens_when_the_keeper_has_confirmed_its_counted_float(now: datetime) -> None:
    house = make.branch(now=now)
    teller, keeper = make.colleague(house, "teller", now=now), make.colleague(house, "branch_supervisor", now=now)
    till = Till.objects.get(number=1)
    day = tills.take(teller=teller, till_id=till.public_id, counted=FEW, now=now)
    assert (day.state, queries.cash_in(till.account_id)) == ("opening", 0)
    waiting = queries.deliveries_for(house)[0]
    for _time in range(2):  # the second press changes nothing
        deliveries.confirm(keeper=keeper, delivery_id=waiting.public_id, now=now)
    day.refresh_from_db()
    assert (day.state, queries.cash_in(till.account_id), queries.cash_in(house.vault_id)) == (
        "open", 500_00, make.VAULT - 500_00,
    )  # fmt: skip
    assert cash_everywhere() == make.VAULT


def test_a_till_is_one_persons_and_a_person_has_one_till(counter: make.Counter, now: datetime) -> None:
    other = make.colleague(counter.branch, "teller", now=now)
    with pytest.raises(refusals.TillTaken):
        tills.take(teller=other, till_id=counter.day.till.public_id, counted=FEW, now=now)
    second = Till.objects.get(number=2)
    with pytest.raises(refusals.HasTill):
        tills.take(teller=counter.teller, till_id=second.public_id, counted=FEW, now=now)
    assert TillDay.objects.count() == 1


def test_tills_of_another_branch_do_not_exist(counter: make.Counter, now: datetime) -> None:
    away = make.branch(code="HZ01", now=now)
    stranger = make.colleague(away, "teller", now=now)
    with pytest.raises(refusals.Unknown):
        tills.take(
            teller=stranger, till_id=Till.objects.get(branch=counter.branch, number=2).public_id, counted={}, now=now
        )
    keeper = make.colleague(away, "branch_supervisor", now=now)
    waiting = tills.ask_delivery(teller=counter.teller, direction="to_till", counted=FEW, now=now)
    with pytest.raises(refusals.Unknown):
        deliveries.confirm(keeper=keeper, delivery_id=waiting.public_id, now=now)


def test_nobody_confirms_their_own_delivery_whatever_roles_they_hold(now: datetime) -> None:
    house = make.branch(now=now)
    both = make.colleague(house, "teller", "branch_supervisor", now=now)
    day = tills.take(teller=both, till_id=Till.objects.get(number=1).public_id, counted=FEW, now=now)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    with pytest.raises(refusals.OwnDelivery):
        deliveries.confirm(keeper=both, delivery_id=waiting.public_id, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by SQL
        Delivery.objects.filter(pk=waiting.pk).update(state="declined", settled_by=both, settled_at=now)
    assert queries.cash_in(house.vault_id) == make.VAULT


def test_neither_vault_nor_till_gives_what_it_has_not(now: datetime) -> None:
    counter = make.opened(make.branch(vault=1_000_00, now=now), cash=500_00, now=now)
    for way, refusal in (("to_till", refusals.VaultShort), ("to_vault", refusals.TillShort)):
        with pytest.raises(refusal):
            brought(counter, way, {"10000": 6}, now)
        if waiting := queries.delivery_waiting(counter.day):
            deliveries.withdraw(teller=counter.teller, delivery_id=waiting.public_id, now=now)
    assert (counter.cash, counter.vault) == (500_00, 500_00)


def test_a_till_that_agrees_closes_and_its_cash_is_back_in_the_vault(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    make.done(counter, make.visit(counter, account, now=now), make.order("deposit", account, 250_50), now=now)
    day = tills.count(teller=counter.teller, counted=denominations.fewest("CNY", 100_250_50), now=now)
    assert (day.difference, day.state) == (0, "counted")
    tills.hand_over(teller=counter.teller, now=now)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    deliveries.confirm(keeper=counter.keeper, delivery_id=waiting.public_id, now=now)
    day.refresh_from_db()
    assert (day.state, counter.cash, counter.vault) == ("closed", 0, make.VAULT + 250_50)
    with pytest.raises(refusals.Unknown):  # nothing moves with it any more
        tills.ask_delivery(teller=counter.teller, direction="to_till", counted=FEW, now=now)
    make.reopened(counter, now=now)  # a new day of the same till


def test_while_it_is_counted_a_till_moves_nothing(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    made = make.drafted(counter, visit, make.order("deposit", account, 10_00), now=now)
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT), now=now)
    with pytest.raises(refusals.NotDone):
        operations.confirm(teller=counter.teller, operation_id=made.public_id, now=now)
    with pytest.raises(refusals.TillNotOpen):
        make.visit(counter, account, now=now)
    assert Entry.objects.filter(kind="counter.deposit").count() == 0


def test_a_small_difference_is_booked_with_its_reason_and_the_till_closes(counter: make.Counter, now: datetime) -> None:
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT - 20_00), now=now)
    with pytest.raises(refusals.DifferenceOpen):
        tills.hand_over(teller=counter.teller, now=now)
    with pytest.raises(refusals.ReasonMissing):
        tills.settle_difference(teller=counter.teller, reason="?", now=now)
    day = tills.settle_difference(teller=counter.teller, reason="Twenty too much paid out at noon", now=now)
    assert (counter.cash, in_books("till-difference")) == (make.FLOAT - 20_00, -20_00)
    assert day.entry is not None
    tills.hand_over(teller=counter.teller, now=now)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    deliveries.confirm(keeper=counter.keeper, delivery_id=waiting.public_id, now=now)
    assert (counter.cash, counter.vault) == (0, make.VAULT - 20_00)


@pytest.mark.parametrize("found", [make.FLOAT + 100_10, make.FLOAT - 100_10])
def test_above_the_figure_a_second_person_decides_on_a_difference(
    found: int, counter: make.Counter, now: datetime
) -> None:
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", found), now=now)
    day = tills.settle_difference(teller=counter.teller, reason="Nobody knows; searched twice", now=now)
    assert (day.entry_id, counter.cash) == (None, make.FLOAT)
    with pytest.raises(refusals.DifferenceWaits):
        tills.count_again(teller=counter.teller, now=now)
    assert day.change is not None
    changes.decide(day.change, counter.keeper, now=now)
    assert changes.settle(day.change, now=now).state == "applied"
    assert (counter.cash, in_books("till-difference")) == (found, found - make.FLOAT)


def test_the_figure_of_differences_is_read(counter: make.Counter, now: datetime) -> None:
    add_figure("counter.alone_most.difference.cny", "1000.00", type="decimal", now=now)
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT - 900_00), now=now)
    assert tills.settle_difference(teller=counter.teller, reason="A whole bundle is missing", now=now).entry is not None


def test_a_count_that_was_approved_is_the_one_that_is_booked(counter: make.Counter, now: datetime) -> None:
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT - 500_00), now=now)
    day = tills.settle_difference(teller=counter.teller, reason="Nobody knows; searched twice", now=now)
    assert day.change is not None
    changes.decide(day.change, counter.keeper, now=now)
    TillDay.objects.filter(pk=day.pk).update(counted_sum=make.FLOAT - 900_00)  # after the approval
    assert changes.settle(day.change, now=now).state == "failed"
    assert counter.cash == make.FLOAT


def test_a_count_the_keeper_does_not_agree_with_goes_back(counter: make.Counter, now: datetime) -> None:
    day = tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT), now=now)
    tills.hand_over(teller=counter.teller, now=now)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    deliveries.decline(keeper=counter.keeper, delivery_id=waiting.public_id, reason="One note less", now=now)
    day = tills.count_again(teller=counter.teller, now=now)
    assert (day.state, counter.cash) == ("open", make.FLOAT)


def test_a_till_with_something_waiting_is_not_counted(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    waits = make.done(
        counter, make.visit(counter, account, now=now), make.order("withdrawal", account, 60_000_00), now=now
    )
    with pytest.raises(refusals.OperationsWait):
        tills.count(teller=counter.teller, counted=FEW, now=now)
    operations.drop(teller=counter.teller, operation_id=waits.public_id, now=now)
    tills.ask_delivery(teller=counter.teller, direction="to_till", counted=FEW, now=now)
    with pytest.raises(refusals.DeliveryWaits):
        tills.count(teller=counter.teller, counted=FEW, now=now)


def test_the_end_of_day_names_the_tills_that_nobody_closed(counter: make.Counter, now: datetime) -> None:
    today, later = counter.day.business_date, now + timedelta(hours=20)
    assert steps.left_open(today, "", 10) == ["SH01-1"]
    with pytest.raises(steps.TillLeftOpen, match=r"SH01-1 .*Teller"):
        steps.see_closed("SH01-1", today, later)
    tills.count(teller=counter.teller, counted=denominations.fewest("CNY", make.FLOAT), now=later)
    day = tills.hand_over(teller=counter.teller, now=later)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    deliveries.confirm(keeper=counter.keeper, delivery_id=waiting.public_id, now=later)
    assert steps.see_closed("SH01-1", today, later) == "closed"
    assert steps.TILLS in engine.declared("end_of_day").steps


# ── races: real threads, real commits ──


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each in its own connection; answer what each gave or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            answers[number] = act()
        except Exception as error:  # noqa: BLE001 - what a thread raises is what the test looks at
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_races_at_the_counter_end_as_one_after_the_other(now: datetime) -> None:
    """Two tills, one account; one key twice; two withdrawals, one drawer; closing while paying in; two approvals."""
    counter = make.opened(now=now)
    _someone, account = make.customer(balance=100_000_00, now=now)
    visit = make.visit(counter, account, now=now)

    def confirm(operation: Operation, by: make.Counter = counter) -> Callable[[], Any]:
        return lambda: operations.confirm(teller=by.teller, operation_id=operation.public_id, now=now)

    # one operation confirmed by two windows
    once = make.drafted(counter, visit, make.order("withdrawal", account, 40_000_00), now=now)
    answers = together(confirm(once), confirm(once))
    assert sorted(answer.repeated for answer in answers) == [False, True]
    assert counter.cash == 60_000_00

    # two withdrawals of one till that holds enough for one
    many = [make.drafted(counter, visit, make.order("withdrawal", account, 30_000_00), now=now) for _one in range(2)]
    for one in many:
        assert one.state == "draft"
    make.done(counter, visit, make.order("withdrawal", account, 20_000_00), now=now)  # 40,000 are left on either side
    answers = together(*(confirm(one) for one in many))
    assert sorted(type(answer).__name__ for answer in answers) in (["Made", "TillShort"], ["InsufficientFunds", "Made"])
    assert counter.cash == 10_000_00

    # two tills and one account with 10,000 on it
    other = make.opened(counter.branch, till=2, now=now)
    visits = {counter.day.pk: visit, other.day.pk: make.visit(other, account, now=now)}
    both = [
        (one, make.drafted(one, visits[one.day.pk], make.order("withdrawal", account, 8_000_00), now=now))
        for one in (counter, other)
    ]
    answers = together(*(confirm(operation, one) for one, operation in both))
    assert sorted(type(answer).__name__ for answer in answers) == ["InsufficientFunds", "Made"]

    # two people approve one operation, then the worker runs twice
    large = make.done(other, visits[other.day.pk], make.order("deposit", account, 300_000_00), now=now)
    second = make.colleague(counter.branch, "branch_supervisor", now=now)
    assert large.change is not None
    change = large.change
    together(lambda: changes.decide(change, counter.keeper, now=now), lambda: changes.decide(change, second, now=now))
    together(lambda: relay.drain(now=now), lambda: relay.drain(now=now))
    relay.drain(now=now + timedelta(minutes=5))
    assert Entry.objects.filter(kind="counter.deposit").count() == 1

    # counting while paying in: whichever came first, the count stands beside what the books say
    paid = make.drafted(counter, visit, make.order("deposit", account, 100_00), now=now)
    before = counter.cash
    answers = together(
        confirm(paid),
        lambda: tills.count(teller=counter.teller, counted=denominations.fewest("CNY", before), now=now),
    )
    day = TillDay.objects.get(pk=counter.day.pk)
    came = isinstance(answers[0], operations.Made)
    assert day.state == "counted"
    assert (day.expected_sum, counter.cash) == ((before + 100_00,) * 2 if came else (before,) * 2)

    # two keepers confirm the last delivery
    if day.difference:
        tills.settle_difference(teller=counter.teller, reason="counted while paying in", now=now)
    tills.hand_over(teller=counter.teller, now=now)
    waiting = queries.delivery_waiting(day)
    assert waiting is not None
    together(*(
        lambda keeper=keeper: deliveries.confirm(keeper=keeper, delivery_id=waiting.public_id, now=now)
        for keeper in (counter.keeper, second)
    ))  # fmt: skip
    assert counter.cash == 0
    done = {
        kind: sum(Operation.objects.filter(kind=kind, state="done").values_list("amount", flat=True))
        for kind in ("deposit", "withdrawal")
    }
    paid_in_before = 100_000_00  # by the factory, into the bank's own cash
    assert cash_everywhere() == (
        make.VAULT + paid_in_before + done["deposit"] - done["withdrawal"] + in_books("till-difference")
    )
