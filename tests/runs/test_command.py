"""manage.py end_of_day, and the screen that shows how far the day is."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core.audit.models import Row
from core.runs import engine
from core.runs.models import Item, Run
from core.ui import formats
from ledger.calendar import business_date
from portal.management.commands.end_of_day import Command
from tests.factories import identity as people
from tests.factories import schedules as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("announced")]


def end_of_day(*arguments: str) -> dict:
    out = StringIO()
    call_command("end_of_day", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_it_carries_out_what_is_due_and_says_how_far_it_is():
    today = business_date(timezone.now())
    assert end_of_day("--status")["day"] is None
    said = end_of_day()
    assert (said["day"], said["state"], said["parked"]) == (today.isoformat(), "open", 0)
    assert end_of_day("--status")["steps"][0]["name"] == "schedules.dates"
    text = StringIO()
    call_command("end_of_day", "--date", today.isoformat(), stdout=text)
    assert "waits at" in text.getvalue()
    assert "Proof of the books" in text.getvalue()


def test_progress_is_not_written_in_the_colour_of_errors(now):
    class Terminal(StringIO):
        def isatty(self):
            return True

    said = Terminal()
    with time_machine.travel(now, tick=True):  # at night nothing is due yet
        call_command(Command(stderr=said, force_color=True), stdout=StringIO())
    assert "Dated transfers and standing orders" in said.getvalue()
    assert "\x1b[" not in said.getvalue()


def test_a_date_that_has_not_come_is_refused():
    with pytest.raises(CommandError, match="nothing was done"):
        end_of_day("--date", "2999-01-01")
    assert not Run.objects.exists()


def test_a_parked_item_ends_it_with_an_error():
    make.parked_item(now=timezone.now())
    with pytest.raises(CommandError, match="1 items are parked"):
        call_command("end_of_day", "--status", stdout=StringIO())


def test_staff_see_the_day_and_one_who_may_has_a_parked_item_tried_again(client):
    item = make.parked_item(now=timezone.now())
    day, again = (
        reverse("admin:runs_run_change", args=[item.step.run_id]),
        reverse("admin:runs_item_try_again", args=[item.pk]),
    )
    reader = people.enter(client, people.make_staff("auditor@example.com", "auditor"))
    page = reader.get(day).content.decode()
    assert "BooksDrift" in page
    assert "Proof of the books" in page
    began = formats.moment(timezone.localtime(item.step.run.started_at), "en")
    assert f'<div class="readonly">{began}</div>' in page  # the house's dates, not Django's a.m. and p.m.
    assert page.count('data-label="Begins"') == page.count('data-label="Step"') - 1  # on a phone each row is a card
    assert again not in page
    assert reader.post(again).status_code in {403, 404}
    assert Item.objects.get().state == "parked"

    keeper = people.enter(client, people.make_staff("admin@example.com", "administrator"))
    assert again in keeper.get(day).content.decode()
    assert keeper.get(again).status_code == 405
    assert keeper.post(again).status_code == 302
    assert (Item.objects.get().state, Item.objects.get().attempts) == ("failed", 0)
    assert Row.objects.get(act="runs.item.tried_again").before["error"] == "BooksDrift"
    keeper.post(again)  # pressed twice
    assert Row.objects.filter(act="runs.item.tried_again").count() == 1
    assert keeper.get(reverse("admin:runs_run_changelist")).status_code == 200


def test_the_books_are_proven_and_what_drifts_parks_the_proof(monkeypatch):
    from ledger import steps

    today = business_date(timezone.now())
    assert steps.prove("all", today, timezone.now()) == "sound"
    monkeypatch.setattr(steps.checks, "drift", lambda: ["entries: entry 7: 1.00 too much"])
    with pytest.raises(steps.BooksDrift, match="entry 7"):
        steps.prove("all", today, timezone.now())


def test_the_task_of_beat_leaves_a_run_that_is_at_work_alone(monkeypatch):
    from core.runs import tasks

    def busy(**_given):
        raise engine.Busy

    monkeypatch.setattr(tasks.engine, "catch_up", busy)
    tasks.catch_up("end_of_day")
    assert not Run.objects.exists()
