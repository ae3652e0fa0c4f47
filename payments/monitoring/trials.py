"""Trying a drafted version of a rule on the payments of the past, by the worker, before two people change anything."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from core import outbox, policy
from core.policy.models import Figure
from ledger.calendar import business_date
from payments.monitoring import backtest, conditions, measures, rules
from payments.monitoring.models import RuleVersion, Trial

ASKED = "monitoring.trial_asked"
KEPT = 3600  # seconds for which it is remembered how far a trial has come
log = structlog.get_logger(__name__)


class UnknownRule(LookupError):
    """There is no such rule."""


def figures() -> frozenset[str]:
    """This function will list the keys a condition may name."""
    return frozenset(Figure.objects.filter(key__startswith="monitoring.").values_list("key", flat=True))


def ask(
    *, code: str, mode: str, outcome: int, points: int, condition: Mapping[str, Any], asked_by: User, now: datetime
) -> Trial:
    """This function will keep a draft and have the worker try it on the last days (`monitoring.trial.days`).

    The same draft by the same person, still being tried, is answered again. Raises UnknownRule, BadCondition.
    """
    conditions.check(condition, measures=measures.MEASURES, figures=figures())
    until = business_date(now)
    since = until - timedelta(days=int(policy.value("monitoring.trial.days", on=until)))
    with transaction.atomic():
        rules.lock(code)
        before = rules.newest(code)
        if before is None:
            raise UnknownRule(code)
        draft = {
            "code": code, "based_on": before.version, "mode": mode, "outcome": outcome, "points": points,
            "condition": condition, "since": since, "until": until, "asked_by": asked_by,
        }  # fmt: skip
        waiting = Trial.objects.filter(**draft, state=Trial.State.WAITING).first()
        if waiting is not None:
            return waiting
        trial = Trial.objects.create(**draft, asked_at=now)
        outbox.record(kind=ASKED, payload={"trial": str(trial.public_id)}, owner=asked_by, now=now)
        return trial


def run(*, public_id: uuid.UUID, now: datetime) -> None:
    """This function will try a draft, once, and keep what it found; outside every transaction, as it takes time."""
    trial = Trial.objects.get(public_id=public_id)
    if trial.state != Trial.State.WAITING:
        return
    try:
        report = backtest.run(
            trial.condition,
            since=trial.since,
            until=trial.until,
            told=lambda judged: cache.set(_place(public_id), judged, KEPT),
        )
    except policy.UnknownPolicy as gap:
        ended: dict[str, Any] = {"state": Trial.State.FAILED, "why": str(gap)[:200]}
        log.warning("trial_failed", trial=str(public_id), error=str(gap))
    else:
        ended = {"state": Trial.State.DONE, "report": dumped(report)}
    Trial.objects.filter(public_id=public_id, state=Trial.State.WAITING).update(**ended, ended_at=now)


def judged_so_far(trial: Trial) -> int:
    """This function will say how many payments a trial has judged, roughly; 0 before the first word."""
    return int(cache.get(_place(trial.public_id)) or 0)


def is_stale(trial: Trial, *, now: datetime) -> bool:
    """This function will say whether a trial is too old to change a rule by (`monitoring.trial.good_days`)."""
    today = business_date(now)
    return (today - trial.until).days > int(policy.value("monitoring.trial.good_days", on=today))


def changes_nothing(trial: Trial, before: RuleVersion) -> bool:
    """This function will say whether a draft is what the newest version says already."""
    return (trial.mode, trial.outcome, trial.points, trial.condition) == (
        before.mode, before.outcome, before.points, before.condition,
    )  # fmt: skip


def dumped(report: backtest.Report) -> dict[str, Any]:
    """This function will write a report as JSON: amounts in minor units, measures as the alerts keep them."""
    return {
        "judged": report.judged,
        "unmeasured": report.unmeasured,
        "hits": report.hits,
        "moved": dict(report.moved),
        "hit_moved": dict(report.hit_moved),
        "days": {day.isoformat(): hits for day, hits in sorted(report.days.items())},
        "labels": [[verdict, hit, number] for (verdict, hit), number in sorted(report.labels.items())],
        "examples": [
            {
                "payment": one.payment, "at": one.at.isoformat(), "amount": one.amount, "currency": one.currency,
                "measured": measures.as_json(one.measured),
            }
            for one in report.examples
        ],
    }  # fmt: skip


def loaded(trial: Trial) -> backtest.Report:
    """This function will read a kept report again; of one that is not done, an empty one."""
    kept: Mapping[str, Any] = trial.report or {}
    report = backtest.Report(trial.since, trial.until)
    report.judged, report.unmeasured = kept.get("judged", 0), kept.get("unmeasured", 0)
    report.hits = kept.get("hits", 0)
    report.moved.update(kept.get("moved", {}))
    report.hit_moved.update(kept.get("hit_moved", {}))
    report.days.update({date.fromisoformat(day): hits for day, hits in kept.get("days", {}).items()})
    report.labels.update({(verdict, hit): number for verdict, hit, number in kept.get("labels", [])})
    report.examples = [
        backtest.Example(
            one["payment"], datetime.fromisoformat(one["at"]), one["amount"], one["currency"], one["measured"]
        )
        for one in kept.get("examples", [])
    ]
    return report


def _place(public_id: uuid.UUID) -> str:
    return f"monitoring:trial:{public_id}"
