"""A change is asked for by one person, decided by others, carried out once, and kept as it was."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, close_old_connections, connection, transaction

from accounts.models import User
from core.audit.models import Row
from core.changes import errors, services
from core.changes.handlers import settle as handler
from core.changes.models import Change
from core.outbox import Fact
from core.outbox.models import Delivery
from core.policy.models import Figure
from core.reviews import errors as desk_errors
from core.reviews import services as desk
from tests.factories import changes as make

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "transfer.daily_count"


def rows() -> int:
    return Figure.objects.filter(key=KEY).count()


def test_a_change_counts_only_after_another_person_has_agreed(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    assert change.waits
    assert rows() == 1
    make.decide(change, approver, now=now)
    assert rows() == 1  # the decision is a fact; the worker carries it out
    change = make.settle(change, now=now)
    assert change.state == Change.State.APPLIED
    assert Figure.objects.get(change=change.public_id).value == "7"
    assert change.result["approved_by"] == [str(approver)]


def test_who_asked_and_why_and_who_decided_stand_in_the_audit_trail(risk: User, approver: User, now: datetime) -> None:
    change = make.carried_out("policy.figure", make.figure(since=now.date()), by=risk, approved_by=[approver], now=now)
    found = Row.objects.filter(subject=f"changes.change:{change.public_id}").order_by("id")
    assert [(row.act, row.actor_label) for row in found] == [
        ("changes.asked", str(risk)),
        ("changes.applied", "system: changes"),
    ]
    assert found[0].reason == "needed for a test"
    changed = Row.objects.get(act="policy.changed")
    assert (changed.before, changed.after) == (
        {"figure": "20 transfers", "from": "2020-01-01"},
        {"figure": "7 transfers", "from": "2026-11-23"},
    )


def test_carrying_out_twice_does_it_once(risk: User, approver: User, now: datetime) -> None:
    change = make.carried_out("policy.figure", make.figure(since=now.date()), by=risk, approved_by=[approver], now=now)
    fact = Delivery.objects.get(handler="core.changes.handlers.settle", fact__kind="reviews.decided").fact
    for _again in range(2):
        with transaction.atomic():
            handler(Fact(id=fact.pk, kind=fact.kind, payload=fact.payload, owner=fact.owner, created_at=now, now=now))
    assert rows() == 2
    assert Row.objects.filter(act="changes.applied").count() == 1
    assert change.settled_at == now


def test_a_declined_change_tells_why_and_changes_nothing(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    make.decide(change, approver, "decline", now=now)
    change = make.settle(change, now=now)
    assert change.state == Change.State.DECLINED
    assert "does not justify" in change.outcome["en"]
    assert change.outcome["zh-hans"]
    assert rows() == 1


def test_somebody_without_the_role_asks_for_nothing(approver: User, now: datetime) -> None:
    with pytest.raises(errors.NoRole):
        make.ask("policy.figure", make.figure(since=now.date()), by=approver, now=now)
    assert not Change.objects.exists()


def test_a_change_needs_a_reason(risk: User, now: datetime) -> None:
    with pytest.raises(errors.ReasonMissing):
        services.ask(kind="policy.figure", payload=make.figure(since=now.date()), reason="  ", asked_by=risk, now=now)
    assert not Change.objects.exists()


def test_the_same_act_waits_once_and_a_repeat_is_answered_with_it(risk: User, now: datetime) -> None:
    first = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    assert make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now) == first
    with pytest.raises(errors.AlreadyAsked) as refused:
        make.ask("policy.figure", make.figure(value="9", since=now.date()), by=risk, now=now)
    assert refused.value.change == first
    assert Change.objects.count() == 1


@pytest.mark.race
def test_of_many_who_ask_for_the_same_at_once_one_is_heard(now: datetime) -> None:
    people = [make.staff("risk_officer") for _each in range(6)]
    barrier, answers = threading.Barrier(len(people)), []

    def ask(user: User) -> None:
        try:
            barrier.wait()
            answers.append(make.ask("policy.figure", make.figure(since=now.date()), by=user, now=now).pk)
        except errors.AlreadyAsked:
            answers.append(None)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(people)
    assert sum(answer is not None for answer in answers) == 1
    assert Change.objects.filter(state="asked").count() == 1


def test_a_withdrawn_change_cannot_be_decided_and_the_thing_can_be_asked_for_again(
    risk: User, approver: User, now: datetime
) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    services.withdraw(public_id=change.public_id, user=risk, now=now)
    services.withdraw(public_id=change.public_id, user=risk, now=now)
    change.refresh_from_db()
    assert change.state == Change.State.WITHDRAWN
    with pytest.raises(desk_errors.Closed):
        make.decide(change, approver, now=now)
    make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    assert Change.objects.filter(state="asked").count() == 1


def test_only_who_asked_withdraws_and_for_others_it_does_not_exist(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    with pytest.raises(errors.UnknownChange):
        services.withdraw(public_id=change.public_id, user=approver, now=now)
    change.refresh_from_db()
    assert change.waits


def test_a_decided_change_is_not_withdrawn(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    make.decide(change, approver, now=now)
    with pytest.raises(errors.Settled):
        services.withdraw(public_id=change.public_id, user=risk, now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED


@pytest.mark.race
def test_withdrawing_and_approving_at_the_same_moment_has_one_winner(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    case = make.case_of(change)
    desk.claim(public_id=case.public_id, user=approver, now=now)
    case.refresh_from_db()
    seen = desk.seen(case, checks=[])
    barrier, won = threading.Barrier(2), []

    def run(name: str, act: Any) -> None:
        try:
            barrier.wait()
            act()
            won.append(name)
        except (errors.Settled, desk_errors.Refused):
            pass
        finally:
            connection.close()

    acts = {
        "withdrawn": lambda: services.withdraw(public_id=change.public_id, user=risk, now=now),
        "approved": lambda: desk.decide(
            public_id=case.public_id, user=approver, verdict="approve", digest=seen, now=now
        ),
    }
    threads = [threading.Thread(target=run, args=item) for item in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    change = make.settle(change, now=now)
    assert change.state == {"withdrawn": "withdrawn", "approved": "applied"}[won[0]]
    assert rows() == {"withdrawn": 1, "approved": 2}[won[0]]


def test_after_seven_days_nobody_can_approve_it_and_the_desk_ends_it(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date() + timedelta(days=30)), by=risk, now=now)
    late = now + timedelta(days=7)
    assert change.expires_at == late
    with pytest.raises(desk_errors.Expired):
        make.decide(change, approver, now=late)
    assert desk.expire(now=late - timedelta(seconds=1)) == 0
    assert desk.expire(now=late) == 1
    change = make.settle(change, now=late)
    assert change.state == Change.State.EXPIRED
    assert rows() == 1


def test_an_approval_is_bound_to_the_version_that_was_seen(risk: User, approver: User, now: datetime) -> None:
    """Another figure of the same key, put in force while somebody reads, makes them look again."""
    change = make.ask("policy.figure", make.figure(since=now.date() + timedelta(days=9)), by=risk, now=now)
    case = make.case_of(change)
    desk.claim(public_id=case.public_id, user=approver, now=now)
    case.refresh_from_db()
    seen = desk.seen(case, checks=[])
    _put_in_force(KEY, "15", now.date(), now)
    with pytest.raises(desk_errors.Changed):
        desk.decide(public_id=case.public_id, user=approver, verdict="approve", digest=seen, now=now)
    assert make.settle(change, now=now).waits


def test_what_no_longer_holds_at_the_end_fails_with_a_sentence_and_changes_nothing(
    risk: User, approver: User, now: datetime
) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    make.decide(change, approver, now=now)
    _put_in_force(KEY, "15", now.date(), now)  # between the decision and the worker
    change = make.settle(change, now=now)
    assert change.state == Change.State.FAILED
    assert "counts from this very day" in change.outcome["en"]
    assert change.result == {}
    assert not Figure.objects.filter(value="7", key=KEY).exists()
    assert Row.objects.get(act="changes.failed").reason == change.outcome["en"]


def test_an_approver_is_told_what_stands_against_it_and_nothing_is_decided(
    risk: User, approver: User, now: datetime
) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    _put_in_force(KEY, "15", now.date(), now)
    with pytest.raises(desk_errors.Objection, match="counts from this very day"):
        make.decide(change, approver, now=now)
    assert make.settle(change, now=now).waits


def test_a_figure_that_guards_the_bank_takes_two_other_people(
    risk: User, approver: User, manager: User, now: datetime
) -> None:
    payload = make.figure("stepup.tries", "3", since=now.date())
    change = make.ask("policy.figure", payload, by=risk, now=now)
    make.decide(change, approver, now=now)
    assert make.settle(change, now=now).waits
    make.decide(change, manager, now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED


def _put_in_force(key: str, value: str, since: date, now: datetime) -> None:
    Figure.objects.create(
        key=key, effective_from=since, type="int", value=value, unit="transfers", source="meanwhile",
        meaning_en="m", meaning_zh="m", loaded_at=now,
    )  # fmt: skip


class TestTheDatabaseItself:
    """Whatever lets somebody past the services: the application's role, and the owner of the tables."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE changes_change SET payload = '{}'",
            "UPDATE changes_change SET asked_by_id = asked_by_id + 1",
            "UPDATE changes_change SET expires_at = expires_at + interval '1 year'",
            "UPDATE changes_change SET kind = 'staff.role'",
            "DELETE FROM changes_change",
        ],
    )
    @pytest.mark.parametrize("as_owner", [False, True])
    def test_what_was_asked_for_is_never_edited(
        self, statement: str, as_owner: bool, risk: User, now: datetime
    ) -> None:
        change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
        if as_owner:
            connection.cursor().execute("RESET ROLE")
        with pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(statement)
        assert Change.objects.get() == change

    def test_nothing_is_marked_as_carried_out_without_others(self, risk: User, now: datetime) -> None:
        make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
        with pytest.raises(ProgrammingError, match="without the approval"), transaction.atomic():
            Change.objects.update(state="applied", settled_at=now)
        assert Change.objects.get().waits

    def test_a_change_does_not_begin_settled(self, risk: User, now: datetime) -> None:
        with pytest.raises(ProgrammingError, match="begins by being asked"), transaction.atomic():
            Change.objects.create(
                kind="policy.figure", object_key="x", title="x", payload={}, reason="x", asked_by=risk, asked_at=now,
                expires_at=now + timedelta(days=1), state="applied", settled_at=now,
            )  # fmt: skip

    def test_a_settled_change_stays_settled(self, risk: User, now: datetime) -> None:
        change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
        services.withdraw(public_id=change.public_id, user=risk, now=now)
        with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
            Change.objects.update(state="asked", settled_at=None)
