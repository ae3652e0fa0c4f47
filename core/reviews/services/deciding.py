"""The decision itself. Locks: the case first, then what its subject locks for `digest(lock=True)`."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import outbox
from core.reviews.errors import (
    Changed,
    CheckFailed,
    Closed,
    HeldByAnother,
    NotHeld,
    Objection,
    ReasonMissing,
)
from core.reviews.models import Case, Check, Decision, Event, Question
from core.reviews.rules import Act
from core.reviews.services import wording
from core.reviews.services.guards import alerted, locked, may_take_step, still_open, whois
from core.reviews.services.moves import answer_to, asked, close, move, save, trail
from core.reviews.services.moves import note as line
from core.reviews.subject import Person, Subject, subject_of

DECIDED = "reviews.decided"
NOTE_LENGTH = 2000


@dataclass(frozen=True)
class Decided:
    """A decision that stands, and whether this call found it already there."""

    case: Case
    decision: Decision
    repeated: bool


def seen(
    case: Case, *, checks: Sequence[Check], questions: Sequence[Question] | None = None, lock: bool = False
) -> str:
    """This function will give the digest of what a reader of the case sees: the matter, its checks, the answers.

    `questions` are the case's own where they have been read already (moves.asked).
    """
    findings = sorted([check.name, check.outcome, check.evidence] for check in checks)
    content = [subject_of(case.subject).digest(case.subject_id, lock=lock), findings]
    known = asked(case) if questions is None else questions
    content += [sorted([answer.pk, answer.outcome] for question in known if (answer := answer_to(question)))]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@alerted
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
    Raises UnknownCase, Closed, Expired, Asked, NoRole, NoSkill, OwnCase, DecidedBefore, Related, NotHeld,
    HeldByAnother, Changed, ReasonMissing, UnknownReason, CheckFailed, Objection.
    """
    verdict = Decision.Verdict(verdict)
    reasons, words = sorted(set(reasons)), note.strip()[:NOTE_LENGTH]
    with transaction.atomic(durable=True):
        case, roles = locked(public_id, user)
        earlier = case.decisions.filter(reviewer=user).first()
        if earlier is not None and earlier.verdict == verdict and earlier.digest == digest:
            return Decided(case=case, decision=earlier, repeated=True)
        if case.is_closed:
            raise Closed
        may_take_step(case, whois(user, roles))
        still_open(case, now=now)
        if case.holder is None:
            raise NotHeld
        if case.holder_id != user.pk:
            raise HeldByAnother(case.holder)
        subject, checks = subject_of(case.subject), list(case.checks.all())
        if digest != seen(case, checks=checks, lock=True):
            raise Changed
        versions = _may_give_verdict(case, subject, checks, verdict, reasons, words, now)
        decision = Decision.objects.create(
            case=case,
            step=case.approvals + 1,
            reviewer=user,
            verdict=verdict,
            reasons=reasons if versions else [],
            reason_versions=versions,
            note=words,
            digest=digest,
            decided_at=now,
        )
        _settle(case, decision, now)
    return Decided(case=case, decision=decision, repeated=False)


def _may_give_verdict(
    case: Case,
    subject: Subject,
    checks: Sequence[Check],
    verdict: Decision.Verdict,
    reasons: Sequence[str],
    words: str,
    now: datetime,
) -> list[int]:
    """Look whether this verdict may be given now, and say which version of each reason's words it gives."""
    if verdict == Decision.Verdict.DECLINE:
        if not reasons or not words:
            raise ReasonMissing
        return wording.given(kind=case.subject, codes=reasons, verdict=verdict, now=now)
    if any(check.outcome == Check.Outcome.FAIL for check in checks):
        raise CheckFailed
    if sentence := subject.objection(case.subject_id, now=now):
        raise Objection(sentence)
    return []


def _settle(case: Case, decision: Decision, now: datetime) -> None:
    approves = decision.verdict == Decision.Verdict.APPROVE
    before = {"state": case.state, "approvals": case.approvals}
    move(case, Act.APPROVE if approves else Act.DECLINE)
    case.approvals += int(approves)
    if case.is_closed:
        close(case, now)
    else:
        case.holder = case.claimed_at = case.assignee = None
        case.needs = list(case.frozen_rule.steps[case.approvals])
    save(case)
    line(case, Event.Kind.APPROVED if approves else Event.Kind.DECLINED, decision.reviewer, now)
    trail(
        case,
        "approved" if approves else "declined",
        decision.reviewer,
        now,
        before=before,
        after={
            "state": case.state,
            "approvals": case.approvals,
            "reasons": decision.reasons,
            "versions": decision.reason_versions,
            "seen": decision.digest,
        },
        reason=decision.note,
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
