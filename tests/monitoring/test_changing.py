"""A rule changes when a draft was tried on the past and other people agree to exactly that draft."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.changes import errors, kinds
from core.changes.models import Change
from core.outbox import relay
from ledger.calendar import business_date
from payments.monitoring import changing, rules, trials
from payments.monitoring.models import RuleVersion, Trial
from payments.watching import Outcome
from tests.factories import changes as make
from tests.factories import identity as people
from tests.factories import monitoring as drafts
from tests.factories import payments as money
from tests.factories.policy import add_figure
from tests.monitoring.test_measures import sent

pytestmark = pytest.mark.django_db
KIND = changing.KIND
AMOUNT = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}


@pytest.fixture
def risk(db: None) -> User:
    return make.staff("risk_officer")


@pytest.fixture
def approver(db: None) -> User:
    return make.staff("approver")


def refused(payload: dict[str, Any], now: datetime) -> str:
    with pytest.raises(errors.Refused) as found:
        kinds.kind_of(KIND).validate(payload, now=now)
    return str(found.value)


def test_from_a_draft_to_a_rule_that_counts(risk: User, approver: User, now: datetime, client: Client) -> None:
    """Drafted and tried on the pages, asked for with the result beside it, in force once somebody else agrees."""
    real = timezone.now()
    pair = money.pair(balance=500_000_00, now=real - timedelta(days=40))
    sent(pair.payer, pair.source, pair.destination, 60_000_00, real - timedelta(hours=5), payee=pair.payee)
    sent(pair.payer, pair.source, pair.destination, 10_00, real - timedelta(hours=4), payee=pair.payee)
    people.enter(client, risk)
    page = client.get(reverse("admin:monitoring_draft", args=["F01"])).content.decode()
    assert "payee_hours" in page
    typed = {"mode": "live", "outcome": str(Outcome.CASE.value), "points": "0", "condition": json.dumps(AMOUNT)}
    posted = client.post(reverse("admin:monitoring_draft", args=["F01"]), typed)
    trial = Trial.objects.get()
    assert posted["Location"] == reverse("admin:monitoring_trial", args=[trial.public_id])
    waits = client.get(posted["Location"]).content.decode()
    assert "It is being tried" in waits
    assert "Ask for this version" not in waits
    relay.drain(now=timezone.now() + timedelta(seconds=1))
    shown = client.get(posted["Location"]).content.decode()
    assert "it hits 1 of 2 payments (50.00 %)" in shown
    assert "Ask for this version" in shown

    ask = f"{reverse('admin:changes_ask', args=[KIND])}?trial={trial.public_id}"
    assert str(trial.public_id) in client.get(ask).content.decode()
    wish = {**drafts.wish(trial, since=timezone.now()), "reason": "It finds what it should"}
    look = client.post(ask, {**wish, "step": "look"}).content.decode()
    assert "it hits 1 of 2 payments (50.00 %)" in look
    client.post(ask, {**wish, "step": "ask"})
    change = Change.objects.get()
    assert rules.newest("F01").version == 1  # type: ignore[union-attr]
    make.decide(change, approver, now=timezone.now())
    change = make.settle(change, now=timezone.now())
    newest = rules.newest("F01")
    assert newest is not None
    assert (change.state, newest.version, newest.mode, newest.outcome, newest.condition, newest.change) == (
        Change.State.APPLIED, 2, "live", Outcome.CASE.value, AMOUNT, change.public_id,
    )  # fmt: skip
    settled = client.get(reverse("admin:changes_change", args=[change.public_id])).content.decode()
    assert "it hits 1 of 2 payments (50.00 %)" in settled, "what it was agreed to on stays to be read"
    assert "counts_from" not in settled
    first = RuleVersion.objects.get(code="F01", version=1)
    assert (newest.title_zh, newest.title_en) == (first.title_zh, first.title_en)


def test_what_was_not_tried_or_is_not_true_any_more_is_not_asked_for(risk: User, now: datetime) -> None:
    fresh = drafts.drafted(by=risk, now=now, mode="live")
    assert "still being tried" in refused(drafts.wish(fresh, since=now), now)
    trials.run(public_id=fresh.public_id, now=now)
    wish = drafts.wish(fresh, since=now)
    kinds.kind_of(KIND).validate(wish, now=now)
    assert "tried too long ago" in refused(wish, now + timedelta(days=8))
    assert "in the past" in refused({**wish, "counts_from": business_date(now - timedelta(days=1)).isoformat()}, now)
    assert "a year ahead" in refused({**wish, "counts_from": business_date(now + timedelta(days=400)).isoformat()}, now)
    for nobody in ("", "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert "no such draft" in refused({**wish, "trial": nobody}, now)
    same = drafts.tried(by=risk, now=now)
    assert "says this already" in refused(drafts.wish(same, since=now), now)
    drafts.live(now=now)
    assert "was changed since" in refused(wish, now)


def test_a_trial_that_meets_a_day_without_a_figure_says_so_and_changes_nothing(risk: User, now: datetime) -> None:
    pair = money.pair(balance=1_000_00, now=now)
    sent(pair.payer, pair.source, pair.destination, 10_00, now, payee=pair.payee)
    add_figure("monitoring.later", "1", since=now.date() + timedelta(days=9), now=now)
    condition = {"measure": "sent_24_hours", "op": ">", "figure": "monitoring.later"}
    trial = drafts.drafted(by=risk, now=now, condition=condition, mode="live")
    trials.run(public_id=trial.public_id, now=now)
    trial.refresh_from_db()
    assert (trial.state, trial.report) == (Trial.State.FAILED, None)
    assert "monitoring.later" in trial.why
    assert "could not be tried" in refused(drafts.wish(trial, since=now), now)


def test_a_rule_that_would_do_less_takes_two_other_people(risk: User, approver: User, now: datetime) -> None:
    drafts.live(now=now, outcome=Outcome.REVIEW)
    kind = kinds.kind_of(KIND)
    for differs, wanted in (
        ({"mode": "off"}, 2),
        ({"mode": "shadow"}, 2),
        ({"outcome": Outcome.CASE.value}, 2),
        ({"condition": AMOUNT}, 1),
        ({"points": 20}, 1),
    ):
        trial = drafts.tried(by=risk, now=now, **differs)
        assert kind.approvals(drafts.wish(trial, since=now), now=now).count == wanted, differs
    trial = Trial.objects.get(mode="off")
    change = make.ask(KIND, drafts.wish(trial, since=now), by=risk, now=now)
    make.decide(change, approver, now=now)
    make.settle(change, now=now)
    assert rules.newest("F01").mode == "live"  # type: ignore[union-attr]
    make.decide(change, make.staff("manager"), now=now)
    assert make.settle(change, now=now).state == Change.State.APPLIED
    assert rules.newest("F01").mode == "off"  # type: ignore[union-attr]


def test_what_counts_today_is_not_weakened_behind_a_version_that_has_not_begun(risk: User, now: datetime) -> None:
    counts = drafts.live(now=now)
    rules.publish(
        code="F01", mode="off", outcome=Outcome.CONFIRM, points=0, condition=counts.condition,
        counts_from=business_date(now) + timedelta(days=300), now=now,
    )  # fmt: skip
    trial = drafts.tried(by=risk, now=now, mode="shadow")
    assert kinds.kind_of(KIND).approvals(drafts.wish(trial, since=now), now=now).count == 2


def test_a_version_that_came_meanwhile_voids_what_was_approved(risk: User, approver: User, now: datetime) -> None:
    trial = drafts.tried(by=risk, now=now, mode="live")
    change = make.ask(KIND, drafts.wish(trial, since=now), by=risk, now=now)
    make.decide(change, approver, now=now)
    other = drafts.live(now=now, outcome=Outcome.CASE)
    assert make.settle(change, now=now).state == Change.State.FAILED
    assert rules.newest("F01") == other


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "still empty"),
        ("{", "cannot be read"),
        ("[" * 5_000, "cannot be read"),
        ('{"measure": "salary", "op": ">", "figure": "monitoring.pace.day"}', "called “salary”"),
        ('{"measure": "amount", "op": ">", "figure": "transfer.daily_count"}', "called “transfer.daily_count”"),
        ('{"measure": "amount", "op": "==", "figure": "monitoring.pace.day"}', "as a comparison"),
        ('{"all": []}', "as a comparison"),
        ('{"not": ' * 9 + json.dumps(AMOUNT) + "}" * 9, "levels deep"),
        (json.dumps({"any": [AMOUNT] * 30}), "between 1 and 24"),
    ],
)
def test_a_condition_that_is_none_is_named_and_what_was_typed_stays(
    risk: User, client: Client, typed: str, says: str
) -> None:
    people.enter(client, risk)
    posted = client.post(
        reverse("admin:monitoring_draft", args=["F01"]),
        {"mode": "live", "outcome": "1", "points": "7", "condition": typed},
    )
    page = posted.content.decode()
    assert posted.status_code == 200
    assert says in page
    assert 'value="7"' in page
    assert not Trial.objects.exists()


def test_the_same_draft_sent_twice_is_tried_once(risk: User, now: datetime) -> None:
    assert drafts.drafted(by=risk, now=now, mode="live") == drafts.drafted(by=risk, now=now, mode="live")
    assert Trial.objects.count() == 1
    trials.run(public_id=Trial.objects.get().public_id, now=now)
    before = Trial.objects.values().get()
    trials.run(public_id=before["public_id"], now=now + timedelta(hours=1))
    assert Trial.objects.values().get() == before


def test_going_back_begins_with_the_older_version(risk: User, client: Client, now: datetime) -> None:
    add_figure("monitoring.trial.days", "5", now=now)
    drafts.live(now=now)
    people.enter(client, risk)
    address = reverse("admin:monitoring_draft", args=["F01"])
    assert 'value="shadow" selected' in client.get(f"{address}?version=1").content.decode()
    for newest in ("", "?version=2", "?version=99", "?version=x"):
        assert 'value="live" selected' in client.get(address + newest).content.decode()
    assert client.get(reverse("admin:monitoring_draft", args=["F99"])).status_code == 404
