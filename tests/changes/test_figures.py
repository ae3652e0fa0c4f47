"""Every figure the portal goes by can be changed by two people, and the portal then goes by the new one."""

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.access import limits, stepup
from accounts.identity.figures import figures
from accounts.models import User
from core import policy
from core.changes import errors, pages, services
from core.changes.kinds import kind_of
from core.changes.models import Change
from core.changes.readers import readers_of
from core.policy.models import Figure
from core.policy.units import UNITS
from core.reviews.models import Case
from tests.factories import access
from tests.factories import changes as make

pytestmark = pytest.mark.django_db(transaction=True)


def agreed(key: str, value: str, people: dict[str, User], now: datetime, *, since: date | None = None) -> Change:
    """Put a figure in force through two, or three, people."""
    change = make.ask("policy.figure", make.figure(key, value, since=since or now.date()), by=people["risk"], now=now)
    for name in ("approver", "manager"):
        if not make.case_of(change).is_closed:
            make.decide(change, people[name], now=now)
    return make.settle(change, now=now)


@pytest.fixture
def people(risk: User, approver: User, manager: User) -> dict[str, User]:
    return {"risk": risk, "approver": approver, "manager": manager}


def _stepup_minutes(now: datetime) -> int:
    user = User.objects.filter(email="z@example.com").first() or access.person("z@example.com")
    challenge = stepup.start(user=user, operation="test.act", payload={"a": "1"}, now=now)
    return int((challenge.expires_at - now).total_seconds() // 60)


def _days_until_a_change_lapses(now: datetime) -> int:
    change = make.ask(
        "policy.figure", make.figure("payee.most", "50", since=now.date()), by=make.staff("risk_officer"), now=now
    )
    services.withdraw(public_id=change.public_id, user=change.asked_by, now=now)
    return (change.expires_at - now).days


def _hours_to_decide(now: datetime) -> int:
    change = make.ask(
        "policy.figure", make.figure("payee.most", "50", since=now.date()), by=make.staff("risk_officer"), now=now
    )
    hours: int = Case.objects.get(subject_id=str(change.public_id)).frozen_rule.hours
    services.withdraw(public_id=change.public_id, user=change.asked_by, now=now)
    return hours


BEHAVIOUR: list[tuple[str, str, Callable[[datetime], Any], Any]] = [
    ("session.customer.idle_minutes", "3", lambda now: limits.idle("customer", now), timedelta(minutes=3)),
    ("session.staff.absolute_hours", "9", lambda now: limits.absolute("staff", now), timedelta(hours=9)),
    ("identity.minimum_age_years", "18", lambda now: figures(now.date()).least_age, 18),
    ("identity.upload_max_bytes", "4096", lambda now: figures(now.date()).photo.most_bytes, 4096),
    ("stepup.life_minutes", "2", _stepup_minutes, 2),
    ("changes.expires_days", "2", _days_until_a_change_lapses, 2),
    ("changes.due_hours", "5", _hours_to_decide, 5),
]


@pytest.mark.parametrize(("key", "value", "behaviour", "expected"), BEHAVIOUR, ids=[row[0] for row in BEHAVIOUR])
def test_the_portal_goes_by_the_new_figure_and_until_then_by_the_old(
    key: str, value: str, behaviour: Callable[[datetime], Any], expected: Any, people: dict[str, User], now: datetime
) -> None:
    before = behaviour(now)
    assert before != expected
    assert agreed(key, value, people, now).state == Change.State.APPLIED
    assert behaviour(now) == expected


def test_a_figure_for_a_later_day_takes_over_on_that_day_and_leaves_the_past(
    people: dict[str, User], now: datetime
) -> None:
    day = now.date() + timedelta(days=10)
    agreed("transfer.daily_count", "5", people, now, since=day)
    assert policy.value("transfer.daily_count", on=day - timedelta(days=1)) == 20
    assert policy.value("transfer.daily_count", on=day) == 5
    assert policy.value("transfer.daily_count", on=date(2021, 1, 1)) == 20
    assert Figure.objects.get(key="transfer.daily_count", effective_from=date(2020, 1, 1)).value == "20"


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        ({"effective_from": "2026-11-22"}, "effective_from", "past"),
        ({"effective_from": "2040-01-01"}, "effective_from", "years ahead"),
        ({"key": "transfer.never"}, "key", "no figure of this key"),
        ({"value": "many"}, "value", "whole number"),
        ({"value": "7.5"}, "value", "whole number"),
        ({"value": "-1"}, "value", "below zero"),
        ({"value": "20"}, "value", "this value on that day already"),
        ({"source": " "}, "source", "Name the rule"),
        ({"key": "transfer.daily_limit.cny", "value": "1e5"}, "value", "decimals"),
        ({"key": "transfer.own.step_up", "value": "yes"}, "value", "true or false"),
        ({"key": "session.staff.idle_minutes", "value": "0"}, "value", "lock everybody out"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_at_its_field(
    payload: dict[str, str], field: str, words: str, risk: User, now: datetime
) -> None:
    with pytest.raises(errors.Refused, match=words) as refused:
        make.ask("policy.figure", {**make.figure(since=now.date()), **payload}, by=risk, now=now)
    assert refused.value.field == field
    assert set(refused.value.in_every_language()) == {"zh-hans", "en"}
    assert not Change.objects.exists()


def test_the_day_is_the_banks_day_not_the_servers(people: dict[str, User], now: datetime) -> None:
    """At 00:30 in Shanghai it is still yesterday in UTC: yesterday is past all the same."""
    early = now.replace(hour=0, minute=30)
    with pytest.raises(errors.Refused, match="past"):
        make.ask("policy.figure", make.figure(since=early.date() - timedelta(days=1)), by=people["risk"], now=early)


def test_the_preview_shows_old_beside_new_and_who_depends_on_it(risk: User, now: datetime) -> None:
    preview = kind_of("policy.figure").present(make.figure(since=now.date()), now=now)
    value = next(line for line in preview.lines if str(line.label) == "Value")
    assert (value.old, value.new) == ("20 transfers", "7 transfers")
    assert any("every customer who sends money online" in str(effect) for effect in preview.effects)


def test_a_later_row_that_ends_the_new_one_is_said(people: dict[str, User], now: datetime) -> None:
    agreed("transfer.daily_count", "5", people, now, since=now.date() + timedelta(days=30))
    preview = kind_of("policy.figure").present(make.figure(since=now.date() + timedelta(days=3)), now=now)
    assert any("from then on 5 transfers counts" in str(effect) for effect in preview.effects)


def test_somebody_is_named_who_depends_on_each_figure() -> None:
    with settings.POLICY_FILE.open(encoding="utf-8") as file:
        keys = {row["key"] for row in csv.DictReader(file)}
    assert sorted(key for key in keys if not readers_of(key)) == []


def test_the_releases_file_still_loads_beside_what_people_changed(people: dict[str, User], now: datetime) -> None:
    from core.policy import loader

    agreed("transfer.daily_count", "5", people, now)
    assert loader.load(settings.POLICY_FILE, now=now).added == 0
    assert policy.value("transfer.daily_count", on=now.date()) == 5


def test_a_settled_figure_is_read_in_words_and_not_as_fields(people: dict[str, User], now: datetime) -> None:
    change = agreed("dispute.due_hours", "72", people, now)
    shown = pages.screen(change, None, user=people["risk"], now=now)
    assert change.state == "applied"
    assert {str(name): value for name, value in shown["content"]}["Value"].startswith("72")
    assert not {str(name) for name, _value in [*shown["content"], *shown["result"]]} & {*change.payload, *change.result}


def test_a_refusal_is_not_counted_among_the_approvals(people: dict[str, User], now: datetime) -> None:
    change = make.ask(
        "policy.figure", make.figure("dispute.due_hours", "72", since=now.date()), by=people["risk"], now=now
    )
    make.decide(change, people["approver"], "decline", now=now)
    shown = pages.screen(change, make.case_of(change), user=people["risk"], now=now)
    assert (shown["given"], len(shown["decisions"])) == (0, 1)


def test_every_unit_of_the_table_has_words_in_both_languages() -> None:
    """A currency is shown as it stands."""
    with (settings.BASE_DIR / "portal/policy/figures.csv").open() as table:
        units = {row["unit"] for row in csv.DictReader(table)}
    assert {unit for unit in units if unit and not (unit.isupper() and len(unit) == 3)} <= set(UNITS)
