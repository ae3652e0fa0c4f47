"""What follows from an alert. Handlers are called at least once, so each looks what is done already."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.roles import Role
from core import audit, policy
from core.outbox import Fact, outside_transaction
from core.reviews import services as desk
from core.reviews.rules import Rule
from ledger.calendar import business_date
from payments.crossborder.services import confirming
from payments.crossborder.states import State
from payments.models import Holding
from payments.monitoring import trials, words
from payments.monitoring.models import Alert
from payments.services import holding
from payments.watching import Outcome

SUBJECT = "alert"
SUSPECTED = "not_carried"  # the reason for a payment abroad that tells nobody of a suspicion
DECIDES = (Role.REVIEWER.value, Role.APPROVER.value, Role.RISK_OFFICER.value)


def open_case(fact: Fact) -> None:
    """This handler will put an alert on the desk, with what each rule found, once."""
    _open(Alert.objects.select_related("payer").get(public_id=fact.payload["alert"]), fact.created_at)


def stopped(fact: Fact) -> None:
    """This handler will put on the desk what a rule had held and its payer did not let go: people ask what happened."""
    if fact.payload.get("by") != Holding.By.CUSTOMER:
        return
    alert = Alert.objects.select_related("payer").filter(payment=fact.payload["transfer"]).first()
    if alert is not None:
        _open(alert, fact.created_at)


def _open(alert: Alert, now: datetime) -> None:
    on = business_date(now)
    rule = Rule(
        steps=(DECIDES,),
        hours=int(policy.value("monitoring.alert.due_hours", on=on)),
        claim_minutes=int(policy.value("monitoring.alert.claim_minutes", on=on)),
        working=False,  # money is waiting, at night and on holidays too
    )
    with transaction.atomic():
        case = desk.open_case(
            subject=SUBJECT,
            subject_id=str(alert.public_id),
            title=f"{words.money(alert.amount, alert.currency)} · {alert.payer.legal_name}"[:160],
            opened_by=None,
            rule=rule,
            now=now,
        )
        for hit in alert.hits.select_related("rule").order_by("rule__code"):
            desk.record_check(
                case=case,
                name=hit.rule.code,
                outcome="warn" if hit.rule.mode == hit.rule.Mode.LIVE else "pass",
                evidence={"version": hit.rule.version, "mode": hit.rule.mode, **hit.measured},
                sentence=lambda hit=hit: words.found(hit, alert.currency),  # type: ignore[misc]  # its own hit
                now=now,
            )


@outside_transaction(at_most=timedelta(minutes=10))
def try_out(fact: Fact) -> None:
    """This handler will try a drafted rule on the payments of the past. Without a transaction: it takes time."""
    trials.run(public_id=uuid.UUID(fact.payload["trial"]), now=fact.now)


def learn(fact: Fact) -> None:
    """This handler will keep with its alert what the desk decided about a payment abroad that rules kept back, once.

    Released is a false alarm. Refused is a suspicion that stands where it was refused as "cannot be carried out"; what
    was refused for its documents says nothing about the rules.
    """
    if fact.payload["subject"] != confirming.SUBJECT:
        return
    approved = fact.payload["verdict"] == "approve"
    if not approved and SUSPECTED not in fact.payload["reasons"]:
        return
    with transaction.atomic():
        alert = _kept_back(fact.payload["subject_id"]).select_for_update().first()
        if alert is not None and not alert.verdict:
            _note(alert, fact, in_order=approved)


def taken_back(fact: Fact) -> None:
    """This handler will put on the desk what rules had kept back abroad and its payer took back: people ask why."""
    if fact.payload["state"] == State.REVOKED:
        alert = _kept_back(fact.payload["payment"]).select_related("payer").first()
        if alert is not None and not alert.verdict:
            _open(alert, fact.created_at)


def _kept_back(payment: str) -> QuerySet[Alert]:
    return Alert.objects.filter(kind=confirming.KIND, payment=payment, outcome__gt=Outcome.STEP_UP)


def settle(fact: Fact) -> None:
    """This handler will keep what the desk decided about an alert and end what is held of it, once.

    Approved is a false alarm: what is held goes. Declined is a suspicion that stands: what is held comes back.
    """
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        _settle(uuid.UUID(fact.payload["subject_id"]), fact)


def _settle(alert_id: uuid.UUID, fact: Fact) -> None:
    alert = Alert.objects.select_for_update().get(public_id=alert_id)
    if alert.verdict:
        return
    in_order = fact.payload["verdict"] == "approve"
    actor = _note(alert, fact, in_order=in_order)
    if Holding.objects.filter(payment=alert.payment, state=Holding.State.HELD).exists():
        end = holding.release if in_order else holding.give_back
        end(payment_id=alert.payment, by=Holding.By.BANK, actor=actor, now=fact.now)


def _note(alert: Alert, fact: Fact, *, in_order: bool) -> str:
    """Keep the verdict with the alert and in the trail, and answer who gave it."""
    alert.verdict = Alert.Verdict.FALSE_ALARM if in_order else Alert.Verdict.FRAUD
    alert.decided_at = fact.now
    alert.save(update_fields=["verdict", "decided_at"])
    actor = f"case {fact.payload['case']}"
    audit.record(
        act="monitoring.decided",
        subject=f"monitoring.alert:{alert.public_id}",
        actor=actor,
        after={"verdict": alert.verdict, "payment": str(alert.payment), "reasons": fact.payload["reasons"]},
        now=fact.now,
    )
    return actor
