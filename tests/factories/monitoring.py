"""Drafts of rules and alerts, for tests: made as the pages and the worker make them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from core.outbox import relay
from ledger.calendar import business_date
from payments.monitoring import door, rules, trials
from payments.monitoring.models import Alert, RuleVersion, Trial
from payments.watching import Moving, Outcome
from tests.factories import changes
from tests.factories import payments as money


def drafted(code: str = "F01", *, by: User, now: datetime, **differs: Any) -> Trial:
    """A draft that says what the newest version says but for `differs`; nobody has tried it yet."""
    newest = rules.newest(code)
    assert newest is not None, "load_rules has run"
    says = {name: getattr(newest, name) for name in ("mode", "outcome", "points", "condition")}
    return trials.ask(code=code, **{**says, **differs}, asked_by=by, now=now)


def tried(code: str = "F01", *, by: User, now: datetime, **differs: Any) -> Trial:
    """A draft that the worker has tried."""
    trial = drafted(code, by=by, now=now, **differs)
    relay.drain(now=now + timedelta(seconds=1))
    trial.refresh_from_db()
    return trial


def of_somebody(*, now: datetime) -> Trial:
    """A draft of some colleague, the same for every call."""
    found = Trial.objects.first()
    return found or drafted(by=changes.staff("risk_officer"), now=now, mode="live")


def wish(trial: Trial, *, since: datetime) -> dict[str, str]:
    """What a change of a rule holds."""
    return {"trial": str(trial.public_id), "counts_from": business_date(since).isoformat()}


def live(code: str = "F01", *, now: datetime, outcome: Outcome = Outcome.CONFIRM) -> RuleVersion:
    """A version that counts at once, published without the two people."""
    newest = rules.newest(code)
    assert newest is not None
    return rules.publish(
        code=code, mode="live", outcome=outcome, points=0, condition=newest.condition,
        counts_from=business_date(now), now=now,
    )  # fmt: skip


def alerted(*, now: datetime, code: str = "F01", verdict: str = Alert.Verdict.FALSE_ALARM) -> Alert:
    """A payment that a live rule hit and reported, and what people decided about it."""
    two = money.pair(balance=100_000_00, now=now)
    newest = rules.newest(code)
    if newest is None or newest.mode != RuleVersion.Mode.LIVE:
        live(code, now=now, outcome=Outcome.CASE)
    moving = Moving(
        kind="customer", public_id=uuid.uuid4(), payer_id=two.payer.pk, source_id=two.source.pk,
        destination_id=two.destination.pk, payee=two.destination.number, payee_since=now, amount=20_000_00,
        currency="CNY", by_code=True,
    )  # fmt: skip
    with transaction.atomic():
        door.judge(moving, now=now)
    found = Alert.objects.get(payment=moving.public_id)
    if verdict:
        Alert.objects.filter(pk=found.pk).update(verdict=verdict, decided_at=now)
        found.refresh_from_db()
    return found


def pause(alert: Alert, *, days: int = 7, code: str = "F01", now: datetime) -> dict[str, str]:
    """What a change that lets a rule rest for an alert's payer holds."""
    again = business_date(now) + timedelta(days=days)
    return {"alert": str(alert.public_id), "code": code, "counts_again": again.isoformat()}
