"""Fill in, check, confirm: what is agreed is what was shown, once."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import stepup
from accounts.access.models import StepUp
from core.audit.models import Row
from payments.refusals import UnknownDestination
from payments.schedules import refusals
from payments.schedules.models import Proposal, Schedule
from payments.schedules.rhythm import Holiday, Unit
from payments.schedules.services import proposals
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(now) -> money.Pair:
    return money.pair(now=now)


def propose(two, now, wanted=None, *, key=None, **given) -> uuid.UUID:
    return proposals.propose(
        customer=two.payer, key=key or uuid.uuid4(), terms=wanted or make.terms(two), now=now, **given
    )


def test_what_is_agreed_is_what_was_filled_in(two, now):
    wanted = make.terms(
        two, unit=Unit.MONTH, starts_on="2026-12-31", holiday=Holiday.AFTER, total=250_00, notice_days=2
    )
    schedule = make.agree(two, wanted, now=now)
    assert proposals.terms_of(schedule) == wanted
    assert (schedule.state, schedule.next_nominal, schedule.version) == ("active", date(2026, 12, 31), 1)
    assert schedule.step_up is not None
    row = Row.objects.get(act="payments.schedule_agreed")
    assert row.after["amount"] == 100_00
    assert two.source.number not in str(row.after)


def test_confirming_twice_agrees_once_and_a_form_sent_twice_is_one_proposal(two, now):
    key = uuid.uuid4()
    first = propose(two, now, key=key)
    assert propose(two, now, make.terms(two, amount=7_00), key=key) == first
    made = make.approve(two.payer, first, now=now)
    assert proposals.confirm(customer=two.payer, proposal_id=first, challenge_id=uuid.uuid4(), now=now) == made
    assert propose(two, now, make.terms(two, amount=9_00), key=key) == first
    assert Schedule.objects.get().amount == 7_00


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 100_01}, {"memo": "other"}, {"unit": Unit.WEEK}, {"every": 2, "unit": Unit.WEEK}, {"last_day": True},
        {"starts_on": date(2026, 12, 1)}, {"holiday": Holiday.BEFORE}, {"until": date(2027, 1, 1)}, {"count": 3},
        {"total": 200_00}, {"notice_days": 3},
    ],
)  # fmt: skip
def test_the_code_is_for_the_whole_order_and_opens_no_other(two, now, changed):
    """ASVS 6.6.2: what was approved is bound to every word of the order."""
    key = uuid.uuid4()
    proposal = propose(two, now, key=key)
    one = proposals.shown(customer=two.payer, proposal_id=proposal, now=now)
    question = stepup.start(
        user=two.payer.user, operation=proposals.OPERATION, payload=proposals.approved(one), now=now
    )
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    assert propose(two, now, replace(make.terms(two), **changed), key=key) == proposal
    with pytest.raises(stepup.Changed):
        proposals.confirm(customer=two.payer, proposal_id=proposal, challenge_id=question.id, now=now)
    assert not Schedule.objects.exists()
    assert StepUp.objects.get(public_id=question.id).used_at is None


def test_without_an_answer_nothing_is_agreed(two, now):
    proposal = propose(two, now)
    question = stepup.start(user=two.payer.user, operation=proposals.OPERATION, payload={}, now=now)
    for challenge in (uuid.uuid4(), question.id):
        with pytest.raises(stepup.Refused):
            proposals.confirm(customer=two.payer, proposal_id=proposal, challenge_id=challenge, now=now)
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"starts_on": "2026-11-23"}, refusals.TooEarly),
        ({"starts_on": "2026-11-01"}, refusals.TooEarly),
        ({"starts_on": "2029-01-01"}, refusals.TooLate),
        ({"unit": Unit.MONTH, "until": date(2026, 11, 29)}, refusals.NeverDue),
        ({"starts_on": "2026-11-29", "holiday": Holiday.SKIP}, refusals.NeverDue),  # a Sunday, once
        ({"total": 99_99}, refusals.NothingLeft),
        ({"amount": 0}, refusals.NothingLeft),
        ({"amount": 10_000_000_00}, refusals.AboveLimit),
    ],
)
def test_what_could_never_be_paid_is_refused_when_it_is_filled_in(two, now, given, refusal):
    with pytest.raises(refusal):
        propose(two, now, make.terms(two, **given))
    assert not Proposal.objects.exists()


def test_an_account_that_is_short_today_may_agree_for_a_day_when_it_is_not(two, now):
    assert make.agree(two, make.terms(two, amount=5_000_00), now=now).state == "active"


def test_another_customers_payee_account_and_order_do_not_exist(two, now):
    other = money.pair(now=now)
    schedule = make.agree(other, make.terms(other), now=now)
    with pytest.raises(UnknownDestination):
        propose(two, now, make.terms(two, to_payee=other.payee.public_id))
    with pytest.raises(refusals.UnknownSchedule):
        propose(two, now, make.terms(two), changes=schedule.public_id, version=1)
    proposal = propose(other, now)
    with pytest.raises(refusals.UnknownProposal):
        proposals.confirm(customer=two.payer, proposal_id=proposal, challenge_id=uuid.uuid4(), now=now)


def test_a_proposal_lapses(two, now):
    proposal = propose(two, now)
    later = now + timedelta(minutes=31)
    with pytest.raises(refusals.UnknownProposal):
        make.approve(two.payer, proposal, now=later)
    assert not Schedule.objects.exists()


def test_a_change_takes_the_place_of_what_was_agreed_and_of_nothing_newer(two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.MONTH), now=now)
    wanted = replace(proposals.terms_of(schedule), amount=50_00, count=6)
    stale = propose(two, now, wanted, changes=schedule.public_id, version=1)
    newer = propose(two, now, replace(wanted, amount=60_00), changes=schedule.public_id, version=1)
    assert make.approve(two.payer, newer, now=now) == schedule.public_id
    schedule.refresh_from_db()
    assert (schedule.amount, schedule.count, schedule.version) == (60_00, 6, 2)
    assert schedule.next_nominal == date(2026, 11, 30)
    with pytest.raises(refusals.MovedOn):
        make.approve(two.payer, stale, now=now)
    schedule.refresh_from_db()
    assert schedule.amount == 60_00
    assert Row.objects.get(act="payments.schedule_changed").before["amount"] == 100_00


def test_the_most_orders_is_a_figure(two, now, monkeypatch):
    make.agree(two, make.terms(two), now=now)
    value = proposals.policy.value
    monkeypatch.setattr(proposals.policy, "value", lambda key, on: 1 if key == "schedule.most" else value(key, on=on))
    with pytest.raises(refusals.TooMany):
        propose(two, now)


def test_proposing_takes_the_same_few_queries_whatever_the_customer_has(two, now):
    propose(two, now)
    with CaptureQueriesContext(connection) as few:
        propose(two, now)
    for _number in range(3):
        make.agree(two, make.terms(two), now=now)
    with CaptureQueriesContext(connection) as many:
        propose(two, now)
    assert len(few) == len(many)
