"""A day's run: each step in its turn and time, each item once, whatever happens in between."""

from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection

from core.runs import engine, services
from core.runs.models import Item, Run
from tests.factories.changes import staff
from tests.runs import steps

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def at(hour: int, *, day: int = 23, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)


@pytest.fixture(autouse=True)
def _test_run(settings):
    settings.RUNS = "tests.runs.steps.RUNS"
    steps.reset()


def go(now: datetime, **given):
    return engine.catch_up(name="test", clock=lambda: now, **given)


def test_steps_go_in_order_and_each_when_its_time_has_come():
    (before,) = go(at(5))
    assert (before.done, before.waits_at, before.until) == (False, "morning", at(6))
    assert steps.did == []
    (morning,) = go(at(6))
    assert (morning.waits_at, morning.until) == ("night", at(24))
    assert steps.did == ["23 morning 1", "23 morning 2", "23 morning 3"]
    first, _next = go(at(24))
    assert first.done
    assert steps.did[3:] == ["23 night all"]


def test_calling_again_does_nothing_again():
    for _time in range(3):
        go(at(7))
    assert len(steps.did) == 3
    assert Item.objects.count() == 3


def test_days_on_which_nothing_ran_are_made_up_for_each_once_and_in_order():
    go(at(7))
    reached = go(at(7, day=26))
    assert [(one.day.day, one.done) for one in reached] == [(23, True), (24, True), (25, True), (26, False)]
    assert [did[:8] for did in steps.did if "night" in did or did.endswith("1")] == [
        "23 morni", "23 night", "24 morni", "24 night", "25 morni", "25 night", "26 morni",
    ]  # fmt: skip
    assert len(steps.did) == len(set(steps.did)) == 15


def test_a_day_out_of_turn_is_refused_and_a_day_that_is_done_is_done():
    go(at(7))
    with pytest.raises(engine.OutOfOrder) as refused:
        engine.advance(name="test", day=DAY + timedelta(days=1), clock=lambda: at(7, day=24))
    assert refused.value.day == DAY
    assert len(steps.did) == 3
    assert engine.advance(name="test", day=DAY, clock=lambda: at(24)).done
    assert engine.advance(name="test", day=DAY, clock=lambda: at(30)).done
    assert len(steps.did) == 4
    with pytest.raises(engine.OutOfOrder):  # the day has not come
        engine.advance(name="test", day=DAY + timedelta(days=1), clock=lambda: at(23))


def test_an_item_that_fails_delays_no_other_and_is_tried_again_later():
    steps.fails["2"] = 2
    (one,) = go(at(6))
    assert (one.waits_at, one.until) == ("morning", at(6, minute=1))
    assert steps.did == ["23 morning 1", "23 morning 3"]
    failed = Item.objects.get(key="2")
    assert (failed.state, failed.attempts, failed.error) == ("failed", 1, "LookupError: 2 is not ready")
    (one,) = go(at(6, minute=1))
    assert one.until == at(6, minute=3)
    (one,) = go(at(6, minute=3))
    assert one.waits_at == "night"
    assert steps.did[-1] == "23 morning 2"


def test_an_item_that_fails_five_times_is_parked_and_staff_can_have_it_tried_again():
    steps.fails["2"] = 5
    for minutes in (0, 1, 3, 7, 15):
        (one,) = go(at(6, minute=minutes))
    assert one.waits_at == "night"
    parked = Item.objects.get(key="2")
    assert (parked.state, parked.attempts) == ("parked", 5)
    go(at(24))
    assert Run.objects.get(day=DAY).state == "done"

    services.try_again(item_id=parked.pk, actor=staff("administrator"), now=at(25))
    assert Run.objects.get(day=DAY).state == "open"
    with pytest.raises(services.NotParked):
        services.try_again(item_id=parked.pk, actor=staff("administrator"), now=at(25))
    go(at(25))
    assert steps.did.count("23 morning 2") == 1
    assert steps.did.count("23 night all") == 1
    assert Run.objects.get(day=DAY).state == "done"


def test_a_step_that_may_not_go_on_yet_counts_nothing_against_anybody():
    go(at(7))
    steps.held.add("night")
    for _time in range(7):
        (one,) = go(at(24))
        assert (one.done, one.waits_at) == (False, "night")
    assert not Item.objects.filter(step__name="night").exists()
    steps.held.clear()
    assert go(at(24))[0].done


def test_a_run_that_is_stopped_goes_on_where_it_was():
    left = iter([False, False, True])
    go(at(7), stop=lambda: next(left))
    assert steps.did == ["23 morning 1", "23 morning 2"]
    go(at(7))
    assert steps.did == ["23 morning 1", "23 morning 2", "23 morning 3"]


class PowerCut(BaseException):
    """What no code of the engine may catch."""


def test_after_a_death_in_the_middle_each_try_is_counted_before_it_begins():
    def dying(key, day, now):
        if key == "2":
            raise PowerCut
        return do(key, day, now)

    do = steps.MORNING.do
    object.__setattr__(steps.MORNING, "do", dying)
    try:
        for minute in (0, 0, 0, 0, 0, 0, 0, 14):  # many deaths in a moment say nothing about the item
            with pytest.raises(PowerCut):
                go(at(6, minute=minute))
        (one,) = go(at(6, minute=16))
    finally:
        object.__setattr__(steps.MORNING, "do", do)
    assert one.waits_at == "night"
    assert steps.did == ["23 morning 1", "23 morning 3"]
    assert Item.objects.get(key="2").state == "parked"


def many(now: datetime) -> list[str]:
    engine.catch_up(name="many", clock=lambda: now)
    assert sorted(Item.objects.filter(state="done").values_list("key", flat=True)) == sorted(
        {did.split()[-1] for did in steps.did}
    )
    return [did[3:] for did in steps.did]


def test_a_step_that_can_does_many_together_and_what_must_go_by_itself_in_its_turn():
    steps.KEYS[:] = ["0", "1", "2", "3", "4", "5"]
    assert many(at(6)) == ["many 0", "many 1", "one 2", "many 3", "many 4", "many 5"]
    assert many(at(6)) == many(at(6))
    assert len(steps.together) <= 3


def test_what_fails_among_many_is_found_and_delays_no_other():
    steps.KEYS[:] = ["1", "3", "4", "5", "6", "7"]
    steps.fails["5"] = 99
    assert {did.split()[-1] for did in many(at(6))} == {"1", "3", "4", "6", "7"}
    failed = Item.objects.exclude(state="done").get()
    assert (failed.key, failed.state, failed.attempts) == ("5", "failed", 1)


def test_after_a_death_the_next_items_go_one_by_one_and_the_rest_together_again():
    steps.KEYS[:] = ["1", "3", "4", "5", "6"]
    object.__setattr__(steps.MANY, "page", 2)
    do_many = steps.MANY.do_many

    def dying(*_given):
        raise PowerCut

    try:
        object.__setattr__(steps.MANY, "do_many", dying)
        with pytest.raises(PowerCut):
            many(at(6))
        object.__setattr__(steps.MANY, "do_many", do_many)
        assert many(at(6)) == ["one 1", "one 3", "many 4", "many 5", "one 6"]
    finally:
        object.__setattr__(steps.MANY, "do_many", do_many)
        object.__setattr__(steps.MANY, "page", 500)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_is_told_that_the_other_is_at_work():
    inside, go_on, refused = Event(), Event(), []

    def tell(_step, _day, key, _outcome):
        if key == "1":
            inside.set()
            go_on.wait(20)

    def first():
        try:
            go(at(7), tell=tell)
        finally:
            connection.close()

    thread = Thread(target=first)
    thread.start()
    try:
        assert inside.wait(20)
        with pytest.raises(engine.Busy):
            go(at(7))
        refused.append(True)
    finally:
        go_on.set()
        thread.join()
    assert refused == [True]
    assert len(steps.did) == 3
    go(at(7))  # the lock went with the first
