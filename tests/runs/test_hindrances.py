"""A clock that has jumped ahead, or a year without a calendar: nothing is carried out until a person has looked."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core.audit.models import Row
from core.runs import engine, queries, services, telling
from core.runs.models import Item, Run, StepProgress
from core.runs.steps import declared
from ledger import steps as book_steps
from ledger.calendar import business_date
from tests.factories import identity as people
from tests.factories import schedules as make
from tests.factories.changes import staff
from tests.runs import steps

pytestmark = pytest.mark.django_db
NAME = "end_of_day"


def at(day: int, hour: int = 7) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def _watched(settings, monkeypatch):
    settings.RUNS = "tests.runs.steps.RUNS"
    steps.reset()
    object.__setattr__(steps.RUNS["test"], "most_behind", "tests.runs.steps.most_behind")
    yield
    object.__setattr__(steps.RUNS["test"], "most_behind", "")


@pytest.mark.usefixtures("_watched")
def test_a_clock_400_days_ahead_carries_out_nothing_until_a_person_says_up_to_when():
    engine.catch_up(name="test", clock=lambda: at(23))
    before, far = list(steps.did), at(23) + timedelta(days=400)
    for _tick in range(2):
        (one,) = engine.catch_up(name="test", clock=lambda: far)
        assert (one.day, one.done) == (date(2026, 11, 23), False)
        assert one.hindered is not None
        assert "400" in str(one.hindered.sentence)
    assert steps.did == before
    assert Run.objects.count() == 1
    assert not engine.advance(name="test", day=date(2026, 11, 23), clock=lambda: far).done
    # Set right, the clock finds everything as it was.
    assert engine.catch_up(name="test", clock=lambda: at(24))[0].done
    assert queries.hindrance("test", now=at(24)) is None

    somebody = staff("administrator")
    for wrong in (date(2026, 11, 22), date(2028, 1, 1)):
        with pytest.raises(services.NotOpen):
            services.let_through(name="test", through=wrong, actor=somebody, reason="moved", now=far)
    services.let_through(name="test", through=date(2026, 11, 26), actor=somebody, reason="the vault moved", now=far)
    reached = engine.catch_up(name="test", clock=lambda: far)
    assert [(one.day.day, one.done) for one in reached] == [(24, True), (25, True), (26, True), (27, False)]
    assert reached[-1].hindered is not None
    assert Row.objects.get(act="runs.run.let_through").reason == "the vault moved"


def test_the_day_asks_beyond_the_figure_and_for_a_year_nobody_has_announced():
    plan = declared(NAME)
    assert plan.most_behind is not None
    assert plan.most_behind(date(2026, 11, 23)) == 14
    assert plan.against is not None
    assert plan.against(date(2026, 12, 31)) == ""
    assert "load_workdays" in str(plan.against(date(2099, 1, 1)))
    assert plan.against(date(1993, 1, 5)) == ""  # history: before the first announcement there is


def test_a_year_without_a_calendar_stops_the_day_with_a_sentence_and_goes_on_once_it_is_known(monkeypatch):
    today = business_date(timezone.now())
    known = book_steps.workdays.calendar()
    without = type(known)(off=known.off, work=known.work, years=frozenset({today.year - 1}))
    with monkeypatch.context() as patch:
        patch.setattr(book_steps.workdays, "calendar", lambda: without)
        with pytest.raises(CommandError, match="holidays of") as said:
            call_command("end_of_day", stdout=StringIO(), stderr=StringIO())
        assert said.value.returncode == 3
        assert not Run.objects.exists()
    announced = type(known)(off=known.off, work=known.work, years=known.years | {today.year})
    monkeypatch.setattr(book_steps.workdays, "calendar", lambda: announced)
    call_command("end_of_day", stdout=StringIO(), stderr=StringIO())
    assert Run.objects.get().day == today


@pytest.mark.usefixtures("announced")
def test_staff_see_what_hinders_the_day_and_one_who_may_says_that_the_clock_is_right(client):
    today = business_date(timezone.now())
    last = today - timedelta(days=40)
    Run.objects.create(name=NAME, day=last, state="done", started_at=timezone.now(), finished_at=timezone.now())
    page, say = reverse("admin:runs_run_changelist"), reverse("admin:runs_run_let_through", args=[NAME])
    reader = people.enter(client, people.make_staff("auditor@example.com", "auditor"))
    shown = reader.get(page).content.decode()
    assert f"{today:%Y-%m-%d}" in shown
    assert say not in shown
    wanted = {"through": (last + timedelta(days=2)).isoformat(), "reason": "the computer room moved"}
    assert reader.post(say, wanted).status_code in {403, 404}
    keeper = people.enter(client, people.make_staff("admin@example.com", "administrator"))
    assert say in keeper.get(page).content.decode()
    for wrong in ({**wanted, "reason": " "}, {**wanted, "through": "2999-01-01"}, {**wanted, "through": "soon"}):
        answer = keeper.post(say, wrong)
        assert answer.status_code == 200
        assert wrong["through"] in answer.content.decode()  # nothing typed is lost
    assert not Row.objects.filter(act="runs.run.let_through").exists()
    assert keeper.post(say, wanted).status_code == 302
    assert keeper.get(say).status_code == 404  # decided: there is nothing to decide any more
    assert Run.objects.get(day=last + timedelta(days=1)).let_through == last + timedelta(days=2)
    with pytest.raises(CommandError, match="--reason"):
        call_command("end_of_day", "--through", today.isoformat())


@pytest.mark.usefixtures("announced")
def test_the_screen_asks_the_same_number_of_questions_however_many_items_there_are(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    item = make.parked_item(now=timezone.now())
    step = item.step
    StepProgress.objects.filter(pk=step.pk).update(state="running", total=1000, finished_at=None)
    Run.objects.filter(pk=step.run_id).update(state="open", finished_at=None)
    reader = people.enter(client, people.make_staff("auditor@example.com", "auditor"))
    live = reverse("admin:runs_run_progress", args=[step.run_id])
    reader.get(live)
    with django_assert_max_num_queries(12) as few:
        assert "1 / 1,000" not in reader.get(live).content.decode()
    Item.objects.bulk_create(
        [Item(step=step, key=f"done {n}", state="done", outcome="sound", at=timezone.now()) for n in range(300)]
        + [Item(step=step, key=f"bad {n}", state="parked", error="why", at=timezone.now()) for n in range(100)]
    )
    with django_assert_num_queries(len(few.captured_queries)):
        shown = reader.get(live).content.decode()
    assert "300 / 1,000" in shown
    assert shown.count("why") == 49  # beside the first: the list is bounded, and says how many there are beside
    assert "50 of 101" in shown
    assert "check_books" in shown  # what to do about it


@pytest.mark.usefixtures("announced")
def test_parked_items_are_named_in_the_terminal_with_what_to_do_and_tried_again_by_command():
    item = make.parked_item(now=timezone.now())
    out = StringIO()
    with pytest.raises(CommandError, match="--retry"):
        call_command("end_of_day", "--status", stdout=out)
    assert "BooksDrift" in out.getvalue()
    assert "check_books" in out.getvalue()
    assert services.try_all_again(name=NAME, actor="manage.py end_of_day, tester", now=timezone.now()) == 1
    item.refresh_from_db()
    assert (item.state, item.attempts) == ("failed", 0)
    assert Row.objects.get(act="runs.item.tried_again").actor_label == "manage.py end_of_day, tester"


def test_progress_is_said_now_and_then_with_pace_and_the_time_that_is_left():
    lines, clock = [], iter([0.0, *(float(second) for second in range(100))])
    teller = telling.Teller(lines.append, every=10, clock=lambda: next(clock))
    day, now = date(2026, 11, 23), timezone.now()
    run = Run.objects.create(name=NAME, day=day, started_at=now)
    row = StepProgress.objects.create(run=run, name="morning", position=0, total=1000, state="running")
    Item.objects.create(step=row, key="before", state="done", at=now)
    teller(steps.MORNING, day, "", "")
    for number in range(30):
        teller(steps.MORNING, day, str(number), "done")
    assert lines == [
        "2026-11-23  Morning: 1 of 1,000 done",
        "2026-11-23  Morning: 11 of 1,000, 1 a second, 16:29 left",
        "2026-11-23  Morning: 21 of 1,000, 1 a second, 16:19 left",
        "2026-11-23  Morning: 31 of 1,000, 1 a second, 16:09 left",
    ]
