"""Who may do what to a case. Every refusal also proves that nothing happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError

from accounts.identity.models import Verification
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox.models import FactRecord
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Check, Decision, Event
from core.reviews.rules import Rule
from core.reviews.subject import UnknownSubject
from tests.factories import identity as make

pytestmark = pytest.mark.django_db
OnDesk = Callable[..., Case]


def state_of_everything(case: Case) -> tuple[Any, ...]:
    case.refresh_from_db()
    return (
        case.state, case.approvals, case.holder_id, case.needs, Decision.objects.count(), Event.objects.count(),
        Row.objects.count(), FactRecord.objects.filter(kind=desk.DECIDED).count(),
    )  # fmt: skip


def digest_of(case: Case) -> str:
    return desk.seen(case, checks=list(case.checks.all()))


def conflict(error: type[errors.Conflict], case: Case, user: User, act: Callable[[], Any]) -> None:
    """Refused like anything else, and the attempt stands in the trail and on its way to the leads."""
    before = state_of_everything(case)
    tried = Row.objects.filter(act="reviews.conflict_refused")
    already = tried.count()
    with pytest.raises(error):
        act()
    after = state_of_everything(case)
    assert after[:6] == before[:6]
    assert after[7] == before[7]
    assert tried.count() == already + 1
    row = tried.latest("id")
    assert (row.actor_id, row.after["conflict"], row.after["number"]) == (user.pk, error.__name__, case.number)


def refused(error: type[Exception], case: Case, act: Callable[[], Any]) -> None:
    before = state_of_everything(case)
    with pytest.raises(error):
        act()
    assert state_of_everything(case) == before


def test_a_matter_comes_to_the_desk_once(customer: Customer, now: datetime) -> None:
    rule = Rule(steps=(("reviewer",),), hours=24, claim_minutes=30)
    how = {"subject": "identity", "subject_id": "x", "title": "X", "opened_by": customer.user, "rule": rule}
    first = desk.open_case(**how, now=now)
    again = desk.open_case(**{**how, "title": "Y"}, now=now + timedelta(hours=1))
    assert first == again
    assert (again.title, again.due_at, again.number) == ("X", now + timedelta(hours=24), f"R{100_000 + first.pk}")
    assert [event.kind for event in first.events.all()] == ["opened"]


def test_a_matter_nobody_presents_is_refused(now: datetime) -> None:
    rule = Rule(steps=(("reviewer",),), hours=24, claim_minutes=30)
    with pytest.raises(UnknownSubject):
        desk.open_case(subject="weather", subject_id="1", title="", opened_by=None, rule=rule, now=now)
    assert not Case.objects.exists()


def test_a_check_is_recorded_once_and_in_every_language(customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    case = on_desk(customer)
    before = case.checks.get(name="age")
    again = desk.record_check(case=case, name="age", outcome="fail", evidence={}, sentence=lambda: "no", now=now)
    assert (again.pk, again.outcome) == (before.pk, "pass")
    assert set(before.sentences) == {"zh-hans", "en"}


def test_one_person_claims_and_gives_back(customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime) -> None:
    case = on_desk(customer)
    assert desk.claim(public_id=case.public_id, user=reviewer, now=now).state == "claimed"
    before = state_of_everything(case)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)  # again: nothing new
    assert state_of_everything(case) == before
    released = desk.release(public_id=case.public_id, user=reviewer, now=now)
    assert (released.state, released.holder) == ("open", None)
    assert [event.kind for event in case.events.order_by("id")] == ["opened", "claimed", "released"]
    assert Row.objects.filter(act__startswith="reviews.", actor_id=reviewer.pk).count() == 2


def test_a_colleague_takes_over_only_a_lapsed_claim(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case, other = on_desk(customer), make.make_staff("other@bank.example", "reviewer")
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    early, late = now + timedelta(minutes=29), now + timedelta(minutes=30)
    refused(errors.HeldByAnother, case, lambda: desk.claim(public_id=case.public_id, user=other, now=early))
    assert desk.claim(public_id=case.public_id, user=other, now=late).holder == other
    assert case.events.filter(kind="taken_over", actor=other).exists()
    refused(errors.HeldByAnother, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="approve", digest=digest_of(case), now=late))  # fmt: skip


def test_one_approval_decides_a_clear_case(customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime) -> None:
    case = on_desk(customer)
    decided = make.decide_now(case, reviewer, now=now)
    assert (decided.case.state, decided.repeated) == ("approved", False)
    fact = FactRecord.objects.get(kind=desk.DECIDED)
    assert fact.payload == {
        "case": str(case.public_id), "subject": "identity", "subject_id": case.subject_id, "verdict": "approve",
        "reasons": [],
    }  # fmt: skip
    row = Row.objects.get(act="reviews.approved")
    assert (row.actor_id, row.after["seen"]) == (reviewer.pk, decided.decision.digest)


def test_deciding_twice_is_answered_with_the_first_decision(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    first = make.decide_now(case, reviewer, now=now)
    before = state_of_everything(case)
    again = desk.decide(
        public_id=case.public_id, user=reviewer, verdict="approve", digest=first.decision.digest, now=now
    )
    assert again.repeated
    assert again.decision == first.decision
    assert state_of_everything(case) == before
    refused(errors.Closed, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="decline", reasons=[make.REASON], note="no",
        digest=first.decision.digest, now=now))  # fmt: skip


def test_four_eyes_take_two_people_and_the_second_is_an_approver(
    customer: Customer, reviewer: User, approver: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer, person=make.born(17, now=now))
    assert case.frozen_rule.approvals == 2
    assert case.frozen_rule.why == ("age",)
    assert make.decide_now(case, reviewer, now=now).case.state == "waiting"
    assert not FactRecord.objects.filter(kind=desk.DECIDED).exists()
    other = make.make_staff("other@bank.example", "reviewer")
    refused(errors.NoRole, case, lambda: desk.claim(public_id=case.public_id, user=other, now=now))
    assert make.decide_now(case, approver, now=now).case.state == "approved"
    assert [d.reviewer for d in case.decisions.order_by("step")] == [reviewer, approver]


def test_one_person_is_never_two_pairs_of_eyes(customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    both = make.make_staff("both@bank.example", "reviewer", "approver")
    case = on_desk(customer, person=make.born(17, now=now))
    make.decide_now(case, both, now=now)
    conflict(errors.DecidedBefore, case, both, lambda: desk.claim(public_id=case.public_id, user=both, now=now))
    # even with the claim written past the service, the decision is refused
    Case.objects.filter(pk=case.pk).update(state="claimed", holder=both, claimed_at=now)
    conflict(errors.DecidedBefore, case, both, lambda: desk.decide(
        public_id=case.public_id, user=both, verdict="approve", digest="another page", now=now))  # fmt: skip


def test_the_second_pair_of_eyes_may_decline(
    customer: Customer, reviewer: User, approver: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer, person=make.born(17, now=now))
    make.decide_now(case, reviewer, now=now)
    assert make.decide_now(case, approver, "decline", now=now).case.state == "declined"
    assert FactRecord.objects.get(kind=desk.DECIDED).payload["reasons"] == [make.REASON]


def test_the_rule_stays_as_it_was_frozen(customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime) -> None:
    from tests.factories.policy import add_figure

    case = on_desk(customer, person=make.born(17, now=now))
    add_figure("identity.second_review_under_age", "10", now=now)
    assert make.decide_now(case, reviewer, now=now).case.state == "waiting"


def _customer_in_group() -> User:
    user = make.make_staff("odd@example.com", "reviewer")
    user.is_staff = False
    user.save()
    return user


PEOPLE = {
    "nobody special": lambda: make.make_staff("none@bank.example"),
    "a manager": lambda: make.make_staff("manager@bank.example", "manager"),
    "an administrator": lambda: make.make_staff("root@bank.example", "administrator", is_superuser=True),
    "a customer in the reviewers' group": _customer_in_group,
    "a reviewer who has left": lambda: make.make_staff("gone@bank.example", "reviewer", is_active=False),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_without_a_role_the_case_does_not_exist(who: str, customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    case, user = on_desk(customer), PEOPLE[who]()
    for act in (
        lambda: desk.claim(public_id=case.public_id, user=user, now=now),
        lambda: desk.release(public_id=case.public_id, user=user, now=now),
        lambda: desk.decide(public_id=case.public_id, user=user, verdict="approve", digest=digest_of(case), now=now),
    ):
        refused(errors.UnknownCase, case, act)


def test_nobody_decides_their_own_case(on_desk: OnDesk, now: datetime) -> None:
    staff = make.make_staff("self@bank.example", "reviewer", "approver")
    case = on_desk(Customer.objects.create(user=staff, created_at=now))
    conflict(errors.OwnCase, case, staff, lambda: desk.claim(public_id=case.public_id, user=staff, now=now))
    Case.objects.filter(pk=case.pk).update(state="claimed", holder=staff, claimed_at=now)
    conflict(errors.OwnCase, case, staff, lambda: desk.decide(
        public_id=case.public_id, user=staff, verdict="approve", digest=digest_of(case), now=now))  # fmt: skip


def test_a_second_sign_in_of_the_same_person_does_not_help(customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    staff = make.make_staff("self@bank.example", "reviewer")
    make.fill_in(Customer.objects.create(user=staff, created_at=now), now=now)  # the same identity number
    case = on_desk(customer)
    conflict(errors.OwnCase, case, staff, lambda: desk.claim(public_id=case.public_id, user=staff, now=now))


def test_nobody_decides_what_they_asked_for(reviewer: User, customer: Customer, on_desk: OnDesk, now: datetime) -> None:
    other = on_desk(customer)
    case = Case.objects.create(
        subject="identity", subject_id="00000000-0000-0000-0000-000000000000", title="X", opened_by=reviewer,
        rule=other.rule, needs=["reviewer"], opened_at=now, due_at=now,
    )  # fmt: skip
    conflict(errors.OwnCase, case, reviewer, lambda: desk.claim(public_id=case.public_id, user=reviewer, now=now))


def test_a_case_is_claimed_before_it_is_decided(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    refused(errors.NotHeld, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="approve", digest=digest_of(case), now=now))  # fmt: skip


def test_what_changed_since_it_was_seen_is_looked_at_again(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    on_screen = digest_of(case)
    decide = lambda: desk.decide(  # noqa: E731
        public_id=case.public_id, user=reviewer, verdict="approve", digest=on_screen, now=now
    )
    Verification.objects.filter(public_id=case.subject_id).update(legal_name="林晓荷")
    refused(errors.Changed, case, decide)
    Verification.objects.filter(public_id=case.subject_id).update(legal_name=make.PERSON.name)
    desk.record_check(case=case, name="late", outcome="pass", evidence={}, sentence=lambda: "late", now=now)
    refused(errors.Changed, case, decide)
    on_screen = digest_of(case)
    assert decide().case.state == "approved"


@pytest.mark.parametrize(
    ("reasons", "note", "error"),
    [
        ([], "why", errors.ReasonMissing),
        ([make.REASON], "  ", errors.ReasonMissing),
        (["made_up"], "x", errors.UnknownReason),
    ],
)
def test_to_decline_takes_a_known_reason_and_a_note(
    reasons: list[str], note: str, error: type[Exception], customer: Customer, reviewer: User, on_desk: OnDesk,
    now: datetime,
) -> None:  # fmt: skip
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    refused(error, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="decline", reasons=reasons, note=note,
        digest=digest_of(case), now=now))  # fmt: skip


def test_a_failed_check_stands_against_an_approval(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer, person=make.born(15, now=now))
    assert case.checks.get(name="age").outcome == "fail"
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    refused(errors.CheckFailed, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="approve", digest=digest_of(case), now=now))  # fmt: skip
    assert make.decide_now(case, reviewer, "decline", now=now).case.state == "declined"


def test_the_subject_objects_to_what_has_changed_meanwhile(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    in_twenty_years = now + timedelta(days=7300)
    refused(errors.Objection, case, lambda: desk.decide(
        public_id=case.public_id, user=reviewer, verdict="approve", digest=digest_of(case), now=in_twenty_years,
    ))  # fmt: skip


def test_the_person_who_asked_takes_the_matter_back(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    how = {"subject": "identity", "subject_id": case.subject_id, "actor": customer.user, "now": now}
    with transaction.atomic():
        assert desk.withdraw(**how).state == "withdrawn"
    before = state_of_everything(case)
    with transaction.atomic():
        desk.withdraw(**how)
    assert state_of_everything(case) == before
    refused(errors.Closed, case, lambda: desk.claim(public_id=case.public_id, user=reviewer, now=now))
    assert not FactRecord.objects.filter(kind=desk.DECIDED).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reviews_decision SET verdict = 'decline'",
        "DELETE FROM reviews_decision",
        "UPDATE reviews_event SET at = now()",
        "DELETE FROM reviews_check",
        "UPDATE reviews_check SET outcome = 'pass'",
        "DELETE FROM reviews_case",
        "UPDATE reviews_case SET rule = '{}'",
        "UPDATE reviews_case SET state = 'open', closed_at = NULL",
    ],
)
@pytest.mark.parametrize("as_owner", [False, pytest.param(True, marks=pytest.mark.as_owner)])
def test_the_database_keeps_what_was_decided(
    statement: str, as_owner: bool, customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    make.decide_now(case, reviewer, now=now)
    before = state_of_everything(case)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert state_of_everything(case) == before
    assert Check.objects.filter(case=case).count() == 13
