"""Payments to other banks before the rules: measured, replayed and decided about as transfers inside the bank are."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from core.outbox import Fact, relay
from core.reviews.models import Case
from core.reviews.subject import subject_of
from ledger.calendar import business_date
from payments.clearing.models import Payment
from payments.models import Holding
from payments.monitoring import backtest, handlers, measures
from payments.monitoring.models import Alert, Hit
from payments.monitoring.rules import newest
from payments.services import holding
from payments.watching import Outcome
from tests.factories import clearing as make
from tests.monitoring.test_door import publish

pytestmark = pytest.mark.django_db
LARGE = {"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}


def test_they_are_replayed_with_what_was_measured_as_they_went_held_stopped_and_sent(now: datetime) -> None:
    publish("F01", now, outcome=Outcome.CONFIRM, condition=LARGE)
    by = make.payer(balance=500_000_00, now=now)
    make.accepted(by, 100_00, now=now - timedelta(days=40))
    paid = [
        make.accepted(by, amount, now=now + timedelta(minutes=number))
        for number, amount in enumerate((12_000_00, 5_00, 11_000_00))
    ]
    assert [payment.state for payment in paid] == ["held", "accepted", "held"]
    holding.give_back(payment_id=paid[0].public_id, now=now + timedelta(minutes=5))
    holding.release(payment_id=paid[2].public_id, now=now + timedelta(minutes=6))
    day = business_date(now)
    for code in ("F01", "F04", "F11", "F19"):
        version = newest(code)
        assert version is not None
        hits = Hit.objects.filter(rule=version, alert__payment__in=[one.public_id for one in paid])
        live = {str(hit.alert.payment): hit.measured for hit in hits.select_related("alert")}
        report = backtest.run(version.condition, since=day, until=day)
        assert report.judged == 3
        assert {one.payment: measures.as_json(one.measured) for one in report.examples} == live, code
    values = measures.read(_subject(paid[1], now + timedelta(minutes=1))).values
    assert values["sum_24_hours"] == 12_005_00  # what was held at that moment counts


def _subject(payment: Payment, at: datetime) -> measures.Subject:
    return measures.Subject(
        public_id=payment.public_id, payer_id=payment.payer_id, source_id=payment.source_id, destination_id=None,
        payee=f"{payment.payee_bank} {payment.payee_number}", payee_since=None, amount=payment.amount,
        currency="CNY", at=at,
    )  # fmt: skip


@pytest.mark.parametrize(("verdict", "state"), [("approve", "accepted"), ("decline", "stopped")])
def test_the_desk_sees_the_payment_and_its_decision_ends_it_once(now: datetime, verdict: str, state: str) -> None:
    publish("F01", now, outcome=Outcome.REVIEW, condition=LARGE)
    by = make.payer(balance=50_000_00, now=now)
    payment = make.accepted(by, 12_000_00, now=now)
    relay.drain(now=now)
    alert = Alert.objects.get(payment=payment.public_id)
    assert alert.kind == "bank"
    for language in ("en", "zh-hans"):
        with translation.override(language):
            shown = subject_of("alert").present(str(alert.public_id), full=True)
            words = " ".join(str(value) for section in shown.sections for _label, value in section.rows)
            assert "李明" in words
            hidden = subject_of("alert").present(str(alert.public_id), full=False)
            assert "李明" not in " ".join(str(value) for section in hidden.sections for _label, value in section.rows)
    case = Case.objects.get(subject="alert")
    fact = Fact(
        1, "reviews.decided", {
            "case": case.number, "subject": "alert", "subject_id": str(alert.public_id), "verdict": verdict,
            "reasons": [],
        }, "", now, now,
    )  # fmt: skip
    handlers.settle(fact)
    handlers.settle(fact)
    payment.refresh_from_db()
    assert payment.state == state
    assert Holding.objects.get().ended_by == Holding.By.BANK
