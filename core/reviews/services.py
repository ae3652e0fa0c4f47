"""Opening, claiming and deciding cases. Every entry way goes through here, so every guard stands here.

Locks: the case first, then what its subject locks for `digest(lock=True)`.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from core import audit, outbox
from core.reviews.errors import (
    Changed,
    CheckFailed,
    Closed,
    DecidedBefore,
    HeldByAnother,
    NoRole,
    NotHeld,
    Objection,
    OwnCase,
    ReasonMissing,
    UnknownCase,
    UnknownReason,
)
from core.reviews.models import Case, Check, Decision, Event
from core.reviews.rules import Act, Rule, State, after, lapsed
from core.reviews.subject import Person, Subject, Text, kinds, subject_of

DECIDED = "reviews.decided"
NOTE_LENGTH = 2000


@dataclass(frozen=True)
class Decided:
    """A decision that stands, and whether this call found it already there."""

    case: Case
    decision: Decision
    repeated: bool


def open_case(
    *,
    subject: str,
    subject_id: str,
    title: str,
    opened_by: Person | None,
    rule: Rule,
    now: datetime,
) -> Case:
    """This function will put a matter on the desk once, and answer the case that stands for it.

    Joins the open transaction or starts one. A repeat is answered with the first case, whatever became of it.
    Raises UnknownSubject.
    """
    subject_of(subject)
    found = Case.objects.filter(subject=subject, subject_id=subject_id).first()
    if found is not None:
        return found
    with transaction.atomic():
        case, created = Case.objects.get_or_create(
            subject=subject,
            subject_id=subject_id,
            defaults={
                "title": title,
                "opened_by": opened_by,
                "rule": rule.as_json(),
                "needs": list(rule.steps[0]),
                "opened_at": now,
                "due_at": now + timedelta(hours=rule.hours),
            },
        )
        if created:
            _note(case, Event.Kind.OPENED, opened_by, now)
    return case


def record_check(
    *,
    case: Case,
    name: str,
    outcome: str,
    evidence: Mapping[str, Any],
    sentence: Callable[[], Text],
    now: datetime,
) -> Check:
    """This function will keep what a check found, once for each name; a repeat is answered with the first finding.

    `sentence` is called once in each language of the portal. Joins the open transaction or starts one.
    """
    sentences = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            sentences[language] = str(sentence())
    check, _created = Check.objects.get_or_create(
        case=case,
        name=name,
        defaults={
            "outcome": Check.Outcome(outcome),
            "evidence": dict(evidence),
            "sentences": sentences,
            "checked_at": now,
        },
    )
    return check


def roles_of(user: Person) -> frozenset[str]:
    """This function will list the roles of a person who works here; nobody else has any."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return frozenset()
    return frozenset(user.groups.values_list("name", flat=True))


def kinds_for(roles: frozenset[str]) -> list[str]:
    """This function will list the kinds of cases that holders of these roles may see."""
    return [kind for kind in kinds() if roles & set(subject_of(kind).roles)]


def seen(case: Case, *, checks: Sequence[Check], lock: bool = False) -> str:
    """This function will give the digest of what a reader of the case sees: the matter and its checks."""
    findings = sorted([check.name, check.outcome, check.evidence] for check in checks)
    text = json.dumps([subject_of(case.subject).digest(case.subject_id, lock=lock), findings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def claim(*, public_id: uuid.UUID, user: Person, now: datetime) -> Case:
    """This function will give a case to one person, who alone may then read its documents and decide it.

    Starts a transaction and locks the case. A repeat by its holder changes nothing. A claim older than the rule allows
    may be taken over. Raises UnknownCase, Closed, NoRole, OwnCase, DecidedBefore, HeldByAnother.
    """
    with transaction.atomic(durable=True):
        case, roles = _locked(public_id, user)
        if case.is_closed:
            raise Closed
        if case.holder_id == user.pk:
            return case
        _may_take_step(case, user, roles)
        kind = Event.Kind.CLAIMED
        if case.holder is not None and case.claimed_at is not None:
            if not lapsed(claimed_at=case.claimed_at, minutes=case.frozen_rule.claim_minutes, now=now):
                raise HeldByAnother(case.holder)
            kind = Event.Kind.TAKEN_OVER
        before = {"state": case.state, "holder": str(case.holder) if case.holder else None}
        _move(case, Act.CLAIM)
        case.holder, case.claimed_at = user, now
        _save(case)
        _note(case, kind, user, now)
        audit.record(
            act=f"reviews.{kind.value}",
            subject=case,
            actor=user,
            before=before,
            after={"state": case.state, "holder": str(user), "number": case.number},
            now=now,
        )
    return case


def release(*, public_id: uuid.UUID, user: Person, now: datetime) -> Case:
    """This function will put a case back for everybody. A repeat by somebody who does not hold it changes nothing.

    Starts a transaction and locks the case. Raises UnknownCase, Closed.
    """
    with transaction.atomic(durable=True):
        case, _roles = _locked(public_id, user)
        if case.is_closed:
            raise Closed
        if case.holder_id != user.pk:
            return case
        _move(case, Act.RELEASE)
        case.holder = case.claimed_at = None
        _save(case)
        _note(case, Event.Kind.RELEASED, user, now)
        audit.record(
            act="reviews.released",
            subject=case,
            actor=user,
            after={"state": case.state, "number": case.number},
            now=now,
        )
    return case


def decide(
    *,
    public_id: uuid.UUID,
    user: Person,
    verdict: str,
    reasons: Sequence[str] = (),
    note: str = "",
    digest: str,
    now: datetime,
) -> Decided:
    """This function will let the holder of a case decide it, on exactly what they have seen.

    `digest` is what `seen` gave when the page was made. Starts a transaction; locks the case, then its subject. With
    enough approvals, or one that declines, the case is closed and fact `reviews.decided` is recorded. A repeat by the
    same person with the same verdict is answered with the first decision.
    Raises UnknownCase, Closed, NoRole, OwnCase, DecidedBefore, NotHeld, HeldByAnother, Changed, ReasonMissing,
    UnknownReason, CheckFailed, Objection.
    """
    verdict = Decision.Verdict(verdict)
    reasons, note = sorted(set(reasons)), note.strip()[:NOTE_LENGTH]
    with transaction.atomic(durable=True):
        case, roles = _locked(public_id, user)
        earlier = case.decisions.filter(reviewer=user).first()
        if earlier is not None and earlier.verdict == verdict and earlier.digest == digest:
            return Decided(case=case, decision=earlier, repeated=True)
        if case.is_closed:
            raise Closed
        _may_take_step(case, user, roles)
        if case.holder is None:
            raise NotHeld
        if case.holder_id != user.pk:
            raise HeldByAnother(case.holder)
        subject, checks = subject_of(case.subject), list(case.checks.all())
        if digest != seen(case, checks=checks, lock=True):
            raise Changed
        _may_give_verdict(case, subject, checks, verdict, reasons, note, now)
        decision = Decision.objects.create(
            case=case,
            step=case.approvals + 1,
            reviewer=user,
            verdict=verdict,
            reasons=reasons,
            note=note,
            digest=digest,
            decided_at=now,
        )
        _settle(case, decision, now)
    return Decided(case=case, decision=decision, repeated=False)


def withdraw(*, subject: str, subject_id: str, actor: Person | None, now: datetime) -> Case | None:
    """This function will take a matter off the desk because the person who asked no longer wants it decided.

    Needs an open transaction and locks the case; the room has made sure that the matter is the actor's. A repeat
    changes nothing; None when there is no case yet. Raises Closed when it is already decided.
    """
    case = Case.objects.select_for_update().filter(subject=subject, subject_id=subject_id).first()
    if case is None or case.state == State.WITHDRAWN:
        return case
    if case.is_closed:
        raise Closed
    _move(case, Act.WITHDRAW)
    case.holder = case.claimed_at = None
    case.closed_at = now
    _save(case)
    _note(case, Event.Kind.WITHDRAWN, actor, now)
    audit.record(act="reviews.withdrawn", subject=case, actor=actor, after={"number": case.number}, now=now)
    return case


def note_reading(*, case: Case, user: Person, name: str, now: datetime) -> None:
    """This function will put into the audit trail that a person has looked at a document of a case."""
    with transaction.atomic():
        audit.record(
            act="reviews.document_read",
            subject=case,
            actor=user,
            after={"number": case.number, "document": name},
            now=now,
        )


def _locked(public_id: uuid.UUID, user: Person) -> tuple[Case, frozenset[str]]:
    roles = roles_of(user)
    # Without the holder joined in: whoever waited for the lock would get the new row beside the old, empty join.
    case = Case.objects.select_for_update().filter(public_id=public_id, subject__in=kinds_for(roles)).first()
    if case is None:
        raise UnknownCase
    return case, roles


def _may_take_step(case: Case, user: Person, roles: frozenset[str]) -> None:
    if not roles & set(case.needs):
        raise NoRole
    if case.opened_by_id == user.pk or subject_of(case.subject).concerns(case.subject_id, user):
        raise OwnCase
    if case.decisions.filter(reviewer=user).exists():
        raise DecidedBefore


def _may_give_verdict(
    case: Case,
    subject: Subject,
    checks: Sequence[Check],
    verdict: Decision.Verdict,
    reasons: Sequence[str],
    note: str,
    now: datetime,
) -> None:
    if verdict == Decision.Verdict.DECLINE:
        if not reasons or not note:
            raise ReasonMissing
        if set(reasons) - {reason.code for reason in subject.reasons()}:
            raise UnknownReason
        return
    if any(check.outcome == Check.Outcome.FAIL for check in checks):
        raise CheckFailed
    if sentence := subject.objection(case.subject_id, now=now):
        raise Objection(sentence)


def _settle(case: Case, decision: Decision, now: datetime) -> None:
    approves = decision.verdict == Decision.Verdict.APPROVE
    before = {"state": case.state, "approvals": case.approvals}
    _move(case, Act.APPROVE if approves else Act.DECLINE)
    case.approvals += int(approves)
    case.holder = case.claimed_at = None
    if case.is_closed:
        case.closed_at = now
    else:
        case.needs = list(case.frozen_rule.steps[case.approvals])
    _save(case)
    _note(case, Event.Kind.APPROVED if approves else Event.Kind.DECLINED, decision.reviewer, now)
    audit.record(
        act="reviews.approved" if approves else "reviews.declined",
        subject=case,
        actor=decision.reviewer,
        before=before,
        after={
            "state": case.state,
            "approvals": case.approvals,
            "number": case.number,
            "reasons": decision.reasons,
            "seen": decision.digest,
        },
        reason=decision.note,
        now=now,
    )
    if case.is_closed:
        outbox.record(
            kind=DECIDED,
            payload={
                "case": str(case.public_id),
                "subject": case.subject,
                "subject_id": case.subject_id,
                "verdict": decision.verdict,
                "reasons": decision.reasons,
            },
            owner=case,
            now=now,
        )


def _move(case: Case, act: Act) -> None:
    case.state = after(State(case.state), act, approvals=case.approvals, needed=case.frozen_rule.approvals)


def _save(case: Case) -> None:
    case.save(update_fields=["state", "approvals", "needs", "holder", "claimed_at", "closed_at"])


def _note(case: Case, kind: Event.Kind, actor: Person | None, now: datetime) -> None:
    Event.objects.create(case=case, kind=kind, actor=actor, at=now)
