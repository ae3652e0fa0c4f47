"""Roles are given and taken by two people, duties that exclude one another never meet, and who held what is noted."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.inbox.models import Notice
from accounts.models import User
from accounts.roles import LABELS, Role, has_role
from accounts.staff import duties, grants, queries, report
from accounts.staff.models import RoleGrant
from core.audit.models import Row
from core.changes import errors
from core.changes.models import Change
from portal import rights
from tests.factories import changes as make
from tests.factories import identity as desk_make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(db: None) -> User:
    return make.staff("reviewer", email="target@bank.example")


def test_a_role_counts_when_another_person_has_agreed_and_is_noted(
    administrator: User, approver: User, target: User, now: datetime
) -> None:
    change = make.ask("staff.role", make.role(target, "service_agent"), by=administrator, now=now)
    assert not has_role(target, Role.SERVICE_AGENT)
    make.decide(change, approver, now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED
    assert has_role(target, Role.SERVICE_AGENT)
    grant = RoleGrant.objects.get(user=target)
    assert (grant.role, grant.since, grant.given_by) == ("service_agent", now, f"change:{change.public_id}")
    row = Row.objects.get(act="staff.role_given")
    assert (row.before, row.after) == (
        {"roles": ["reviewer"]},
        {"roles": ["reviewer", "service_agent"], "by": grant.given_by},
    )


def test_a_role_that_decides_takes_two_other_people(
    administrator: User, approver: User, risk: User, target: User, now: datetime
) -> None:
    change = make.ask("staff.role", make.role(target, "approver"), by=administrator, now=now)
    make.decide(change, approver, now=now)
    assert make.settle(change, now=now).waits
    make.decide(change, risk, now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED


def test_taking_a_role_closes_its_pages_with_the_next_request(
    administrator: User, approver: User, target: User, client: Client, now: datetime
) -> None:
    make.carried_out("staff.role", make.role(target, "marketer"), by=administrator, approved_by=[approver], now=now)
    desk_make.enter(client, target)
    assert client.get(reverse("admin:reviews_case_changelist")).status_code == 200
    later = now + timedelta(minutes=1)
    make.carried_out(
        "staff.role", make.role(target, "reviewer", "take"), by=administrator, approved_by=[approver], now=later
    )
    assert client.get(reverse("admin:reviews_case_changelist")).status_code == 404
    assert [line.role for line in queries.history(target) if line.ended_at is None] == ["marketer"]


@pytest.mark.parametrize(
    ("role", "act", "words"),
    [
        ("reviewer", "give", "holds this role already"),
        ("teller", "take", "does not hold this role"),
        ("emperor", "give", "no such role"),
        ("auditor", "give", "exclude one another"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    role: str, act: str, words: str, administrator: User, target: User, now: datetime
) -> None:
    with pytest.raises(errors.Refused, match=words):
        make.ask("staff.role", make.role(target, role, act), by=administrator, now=now)
    assert not Change.objects.exists()


@pytest.mark.parametrize("pair", duties.CONFLICTS, ids=lambda pair: f"{pair.one}-{pair.other}")
def test_no_pair_of_the_matrix_can_be_held_together(pair: duties.Conflict, administrator: User, now: datetime) -> None:
    one, other = make.staff(pair.one), make.staff(pair.other)
    for user, role in ((one, pair.other), (other, pair.one)):
        with pytest.raises(errors.Refused, match="exclude one another"):
            make.ask("staff.role", make.role(user, role), by=administrator, now=now)
    assert queries.incompatible() == []


def test_of_two_roles_that_exclude_each_other_and_were_both_approved_the_second_fails(
    administrator: User, approver: User, risk: User, now: datetime
) -> None:
    target = make.staff(email="new@bank.example")
    wanted = [
        make.ask("staff.role", make.role(target, role), by=administrator, now=now) for role in ("auditor", "teller")
    ]
    make.decide(wanted[1], approver, now=now)
    for user in (approver, risk):
        make.decide(wanted[0], user, now=now)
    states = {make.settle(change, now=now).state for change in wanted}
    assert states == {Change.State.APPLIED, Change.State.FAILED}
    failed = Change.objects.get(state="failed")
    assert "exclude one another" in failed.outcome["en"]
    assert len(grants.held(target)) == 1
    assert queries.incompatible() == []


def test_the_three_administrators_of_the_multi_level_scheme_are_three_people() -> None:
    three = (Role.ADMINISTRATOR, Role.RISK_OFFICER, Role.AUDITOR)
    for pair in combinations(three, 2):
        assert duties.conflicts(pair)


def test_whoever_checks_the_deciders_decides_nothing() -> None:
    deciding = {role for steps in rights.DECIDES.values() for step in steps for role in step}
    asking = {role for roles in rights.ASKS.values() for role in roles}
    # Auditors ask for one thing themselves, files of the trail, and decide nothing.
    for role in deciding | (asking - {Role.ADMINISTRATOR, Role.AUDITOR}) | {Role.REVIEWER}:
        assert duties.conflicts({Role.AUDITOR, role}), role


def test_who_runs_the_portal_approves_nothing() -> None:
    for steps in rights.DECIDES.values():
        for step in steps:
            assert Role.ADMINISTRATOR not in step
            assert Role.AUDITOR not in step


def test_every_role_has_a_name_and_rights_and_a_group(client: Client) -> None:
    assert set(LABELS) == set(rights.RIGHTS) == set(Role)
    for role in Role:
        desk_make.enter(client, make.staff(role, email=f"{role}@bank.example"))
        assert client.get(reverse("admin:index")).status_code == 200


def test_the_night_tells_auditors_and_managers_once_a_day(now: datetime) -> None:
    auditor, manager = make.staff("auditor"), make.staff("manager")
    both = make.staff("administrator", "approver", email="both@bank.example")  # as SQL or a restored dump might make
    for _again in range(2):
        assert [held.employee_number for held in report.tell(now=now)] == [both.employee_number]
    notices = Notice.objects.filter(event="staff.duties_conflict")
    assert {notice.user_id for notice in notices} == {auditor.pk, manager.pk}
    assert notices.count() == 2
    assert Row.objects.filter(act="staff.duties_conflict").count() == 1
    report.tell(now=now + timedelta(days=1))
    assert Notice.objects.filter(event="staff.duties_conflict").count() == 4


def test_the_command_names_the_conflict_and_fails(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    make.staff("reviewer")
    call_command("access_review")
    assert "reviewer" in capsys.readouterr().out
    both = make.staff("auditor", "teller")
    with pytest.raises(CommandError):
        call_command("access_review", "--conflicts")
    assert f"EXCLUDES: {both.employee_number}" in capsys.readouterr().out
