"""Payments abroad before the rules against fraud: judged when confirmed, kept back on their own desk (row 12)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews.models import Case
from core.reviews.subject import subject_of
from ledger import balances
from ledger.calendar import business_date
from payments.crossborder.models import Payment
from payments.crossborder.services import confirming, screening
from payments.crossborder.states import State
from payments.monitoring import backtest, measures
from payments.monitoring.models import Alert, Hit
from payments.services import booking
from payments.watching import Outcome
from tests.factories import changes
from tests.factories import crossborder as make
from tests.factories import identity as people
from tests.factories import payments as money
from tests.monitoring.test_door import publish

pytestmark = pytest.mark.django_db
LARGE = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}  # 10,000 yuan
PACE = {"measure": "sent_10_minutes", "op": ">", "figure": "monitoring.pace.ten_minutes"}
HOLDS = (Outcome.DELAY, Outcome.CONFIRM, Outcome.REVIEW)


def case_of(payment: Payment) -> Case:
    return Case.objects.get(subject=confirming.SUBJECT, subject_id=str(payment.public_id))


def decided(case: Case, *, now: datetime, verdict: str = "approve", **how: Any) -> None:
    """By as many people as the case takes, then the worker twice: the decision, and what it brought about."""
    many = case.frozen_rule.approvals if verdict == "approve" else 1
    for role in ("reviewer", "approver", "manager")[:many]:
        people.decide_now(case, make.staff(role), verdict, now=now, **how)
    relay.drain(now=now)
    relay.drain(now=now)


@pytest.mark.parametrize("outcome", HOLDS)
def test_what_a_rule_keeps_back_is_paid_for_and_waits_for_people(
    wang: make.Sender, now: datetime, outcome: Outcome
) -> None:
    """The rate is agreed and the money in transit as with every payment; it leaves when people have said so."""
    publish("F01", now, outcome=outcome, condition=LARGE)
    before = balances.of([wang.yuan.ledger_account_id])[wang.yuan.ledger_account_id].booked
    payment = make.ready(wang, 2_000_00, now=now)
    relay.drain(now=now)
    assert (payment.state, payment.outcome, payment.not_judged) == (State.REVIEW, outcome, False)
    after = balances.of([wang.yuan.ledger_account_id])[wang.yuan.ledger_account_id].booked
    assert before - after == payment.debit + payment.fee
    alert = Alert.objects.get(payment=payment.public_id)
    assert (alert.kind, alert.amount, alert.currency, alert.outcome) == ("abroad", payment.cny, "CNY", outcome)
    assert not Case.objects.filter(subject="alert").exists(), "it waits on one desk, not on two"
    case = case_of(payment)
    found = case.checks.get(name="rules")
    assert (found.outcome, case.frozen_rule.approvals) == ("warn", 2)
    assert "F01 · " in found.sentences["en"]
    assert found.sentences["zh-hans"] != found.sentences["en"]
    decided(case, now=now + timedelta(minutes=5))
    payment, alert = make.again(payment), Alert.objects.get()
    assert (payment.state, alert.verdict) == (State.READY, Alert.Verdict.FALSE_ALARM)
    assert Row.objects.filter(act="monitoring.decided").count() == 1


def test_what_no_live_rule_keeps_back_leaves_by_itself(wang: make.Sender, now: datetime) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    small = make.ready(wang, 1_000_00, now=now)
    assert (small.state, small.outcome) == (State.READY, Outcome.ALLOW)
    publish("F01", now, mode="shadow", outcome=Outcome.REVIEW, condition=LARGE)
    watched = make.ready(wang, 2_000_00, now=now)
    assert (watched.state, watched.outcome) == (State.READY, Outcome.ALLOW)
    assert Hit.objects.get().alert.payment == watched.public_id


def test_a_colleague_who_is_only_to_look_does_so_while_it_leaves(wang: make.Sender, now: datetime) -> None:
    publish("F01", now, outcome=Outcome.CASE, condition=LARGE)
    payment = make.ready(wang, 2_000_00, now=now)
    relay.drain(now=now)
    assert payment.state == State.READY
    case = Case.objects.get(subject="alert")
    for language, worth in (("en", "worth"), ("zh-hans", "约合")):
        with translation.override(language):
            shown = subject_of("alert").present(case.subject_id, full=True)
            text = " ".join(str(value) for section in shown.sections for _label, value in section.rows)
        assert worth in text
        assert "Anna Schmidt" in text
        assert "COBADEFFXXX" in text
    people.decide_now(case, make.staff("risk_officer"), "decline", now=now, reasons=["not_customer"], note="Not hers.")
    relay.drain(now=now)
    assert (Alert.objects.get().verdict, make.again(payment).state) == (Alert.Verdict.FRAUD, State.READY)


@pytest.mark.parametrize(("reason", "verdict"), [("not_carried", "fraud"), ("papers_missing", "")])
def test_a_refusal_counts_against_the_rule_only_when_it_says_something_of_it(
    wang: make.Sender, now: datetime, reason: str, verdict: str
) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    payment = make.ready(wang, 2_000_00, now=now)
    decided(case_of(payment), now=now, verdict="decline", reasons=[reason], note="Asked the customer by telephone.")
    assert make.again(payment).state == State.REFUSED
    assert Alert.objects.get().verdict == verdict


def test_what_its_payer_takes_back_meanwhile_is_asked_about(wang: make.Sender, now: datetime) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    payment = make.ready(wang, 2_000_00, source=wang.dollars, now=now)
    assert payment.state == State.REVIEW
    confirming.take_back(customer=wang.customer, payment_id=payment.public_id, now=now)
    relay.drain(now=now)
    relay.drain(now=now)
    assert Case.objects.filter(subject="alert").count() == 1
    other = make.ready(wang, 1_000_00, source=wang.dollars, now=now)  # nothing was kept back of this one
    confirming.take_back(customer=wang.customer, payment_id=other.public_id, now=now)
    relay.drain(now=now)
    assert Case.objects.filter(subject="alert").count() == 1


def silent(_moving: Any, *, now: datetime) -> Any:
    raise RuntimeError(f"no answer at {now}")


def test_without_a_verdict_a_small_sum_to_a_known_payee_goes_and_people_look_at_the_rest(
    wang: make.Sender, now: datetime, settings: Any
) -> None:
    settings.MONITOR = f"{__name__}.silent"
    small = make.ready(wang, 50_00, now=now)
    assert (small.state, small.not_judged) == (State.READY, True)
    large = make.ready(wang, 2_000_00, now=now)
    assert (large.state, large.not_judged, large.outcome) == (State.REVIEW, True, Outcome.REVIEW)
    assert case_of(large).checks.get(name="rules").outcome == "could_not_run"
    held = [fact.payload["held"] for fact in FactRecord.objects.filter(kind=booking.NOT_JUDGED).order_by("pk")]
    assert held == [False, True]


def test_the_table_lets_nothing_leave_that_rules_keep_back(wang: make.Sender, now: datetime) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    payment = make.accepted(wang, 2_000_00, now=now)
    for change in ({"state": "ready"}, {"outcome": 0}, {"not_judged": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)


def test_payments_abroad_count_among_those_in_yuan_and_the_other_way_round(wang: make.Sender, now: datetime) -> None:
    """Five in ten minutes, whichever way they go; a payment in another currency is counted by what it is worth."""
    publish("F04", now, outcome=Outcome.CASE, condition=PACE)
    make.raise_counts(wang.customer, now=now)
    sent = [make.ready(wang, 100_00, now=now + timedelta(seconds=number)) for number in range(5)]
    assert not Alert.objects.exists()
    last = make.ready(wang, 100_00, source=wang.dollars, now=now + timedelta(seconds=9))
    alert = Alert.objects.get(payment=last.public_id, hits__rule__code="F04")
    assert alert.hits.get(rule__code="F04").measured == {"sent_10_minutes": 6}
    pair = money.pair(balance=100_00, now=now)
    here = measures.read(
        measures.Subject(
            public_id=pair.payee.public_id, payer_id=wang.customer.pk, source_id=wang.yuan.pk,
            destination_id=pair.destination.pk, payee=pair.destination.number, payee_since=None, amount=100_00,
            currency="CNY", at=now + timedelta(minutes=1), goes=True,
        )
    ).values  # fmt: skip
    worth = sum(one.cny for one in [*sent, last])
    assert (here["sent_10_minutes"], here["sum_24_hours"]) == (7, worth + 100_00)
    assert here["quiet_days"] == 0


def test_a_back_test_measures_them_as_they_were_measured(wang: make.Sender, now: datetime) -> None:
    condition = {"any": [LARGE, PACE]}
    publish("F01", now, outcome=Outcome.CASE, condition=condition)
    make.raise_counts(wang.customer, now=now)
    for number in range(7):
        given = 2_000_00 if number == 2 else 10_00
        make.ready(wang, given, now=now + timedelta(seconds=number), source=wang.dollars if number % 2 else wang.yuan)
    live = {
        str(hit.alert.payment): hit.measured for hit in Hit.objects.filter(rule__code="F01").select_related("alert")
    }
    assert len(live) == 3  # the large one, and the sixth and seventh within ten minutes
    report = backtest.run(condition, since=business_date(now), until=business_date(now))
    assert report.judged == 7
    assert {one.payment: dict(one.measured) for one in report.examples} == live


def test_the_list_of_alerts_names_it_and_finds_it_by_its_reference(wang: make.Sender, client: Client) -> None:
    real = timezone.now()
    publish("F01", real, outcome=Outcome.REVIEW, condition=LARGE)
    sender = make.sender(now=real, name="李晓红")
    payment = make.ready(sender, 2_000_00, now=real)
    people.enter(client, changes.staff("risk_officer"))
    for asked in ({}, {"q": payment.reference}):
        page = client.get(reverse("admin:monitoring_alert_changelist"), asked).content.decode()
        assert payment.reference in page
    nobody = client.get(reverse("admin:monitoring_alert_changelist"), {"q": "X000000000"}).content.decode()
    assert payment.reference not in nobody


def test_screening_again_changes_nothing(wang: make.Sender, now: datetime) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    payment = make.ready(wang, 2_000_00, now=now)
    assert screening.screen(payment_id=payment.public_id, now=now) is None
    assert case_of(payment).checks.filter(name="rules").count() == 1
