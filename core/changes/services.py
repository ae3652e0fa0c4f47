"""Asking for a change, taking it back, and carrying out what other people approved.

Locks: the case on the desk first, then the change, then what the kind locks.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit, policy
from core.changes import kinds, people
from core.changes.errors import (
    AlreadyAsked,
    NoNumber,
    NoRole,
    NotApproved,
    ReasonMissing,
    Refused,
    Settled,
    UnknownChange,
)
from core.changes.kinds import Payload
from core.changes.models import Change
from core.changes.subject import SUBJECT
from core.reviews import bands
from core.reviews import services as desk
from core.reviews.errors import Closed
from core.reviews.models import Case, Decision
from core.reviews.rules import Rule
from core.reviews.subject import Person

REASON_LENGTH = 2000
WORKER = "system: changes"
State = Change.State


def ask(*, kind: str, payload: Payload, reason: str, asked_by: Person, now: datetime) -> Change:
    """This function will put a change on the desk for other people to decide.

    Joins the open transaction or starts one. A repeat by the same person with the same content is answered with the
    change that waits. Raises UnknownKind, NoRole, NoNumber, ReasonMissing, Refused, AlreadyAsked.
    """
    act, reason = kinds.kind_of(kind), reason.strip()[:REASON_LENGTH]
    check(kind=kind, payload=payload, asked_by=asked_by, now=now)
    if not reason:
        raise ReasonMissing
    rule = rule_for(kind=kind, payload=payload, now=now)
    with transaction.atomic():
        try:
            with transaction.atomic():
                change = Change.objects.create(
                    kind=kind,
                    object_key=act.key(payload),
                    title=act.title(payload)[:160],
                    payload=dict(payload),
                    reason=reason,
                    asked_by=asked_by,
                    asked_at=now,
                    expires_at=now + timedelta(days=rule.expires_days),
                )
        except IntegrityError:
            waiting = Change.objects.filter(kind=kind, object_key=act.key(payload), state=State.ASKED).first()
            if waiting is None:
                raise
            if waiting.asked_by_id == asked_by.pk and waiting.payload == dict(payload):
                return waiting
            raise AlreadyAsked(waiting) from None
        desk.open_case(
            subject=SUBJECT,
            subject_id=str(change.public_id),
            title=change.title,
            opened_by=asked_by,
            rule=rule,
            now=now,
        )
        audit.record(
            act="changes.asked",
            subject=change,
            actor=asked_by,
            after={"number": change.number, "kind": kind, "content": dict(payload)},
            reason=reason,
            now=now,
        )
    return change


def check(*, kind: str, payload: Payload, asked_by: Person, now: datetime) -> None:
    """This function will look whether somebody may ask for a change and whether it makes sense, and change nothing.

    Raises UnknownKind, NoRole, NoNumber, Refused.
    """
    if not desk.roles_of(asked_by) & set(kinds.offer_of(kind).asks):
        raise NoRole
    if not people.is_known(asked_by):
        raise NoNumber
    act = kinds.kind_of(kind)
    act.validate(payload, now=now)
    if act.concerns(payload, asked_by):
        raise Refused(lambda: _("This change is about yourself. A colleague asks for it, and another one decides."))


def rule_for(*, kind: str, payload: Payload, now: datetime) -> Rule:
    """This function will say who must approve: as the wiring board names them, or by the desk's bands of amount.

    Raises UnknownKind, and Refused where nothing is laid down.
    """
    today, wanted = timezone.localdate(now), kinds.kind_of(kind).approvals(payload, now=now)
    hours, claim_minutes, expires_days = (
        int(policy.value(f"changes.{name}", on=today)) for name in ("due_hours", "claim_minutes", "expires_days")
    )
    if not wanted.bands:
        steps = kinds.offer_of(kind).decides[: wanted.count]
        if len(steps) < wanted.count:
            raise ValueError(f"{kind} asks for {wanted.count} approvals, the wiring board names {len(steps)}")
        rule = Rule(steps=steps, hours=hours, claim_minutes=claim_minutes, expires_days=expires_days)
    else:
        try:
            rule = bands.rule(
                name=wanted.bands,
                amount=wanted.amount,
                on=today,
                hours=hours,
                claim_minutes=claim_minutes,
                expires_days=expires_days,
            )
        except policy.UnknownPolicy:
            raise Refused(
                lambda: _("Nothing is laid down yet about who approves this. Talk to the risk officer.")
            ) from None
    return rule if rule.approvals == 1 else replace(rule, why=tuple(f"{kind}/{code}" for code in wanted.why))


def withdraw(*, public_id: uuid.UUID, user: Person, now: datetime) -> Change:
    """This function will take back a change that nobody has decided yet. A repeat changes nothing.

    Only who asked may do it. Raises UnknownChange, Settled.
    """
    with transaction.atomic():
        if not Change.objects.filter(public_id=public_id, asked_by=user).exists():
            raise UnknownChange
        _off_the_desk(public_id, user, now)
        change = _locked(public_id)
        if change.state == State.WITHDRAWN:
            return change
        _end(change, State.WITHDRAWN, act="changes.withdrawn", actor=user, now=now)
    return change


def lapse(*, public_id: uuid.UUID, now: datetime) -> Change:
    """This function will end a change whose case has expired on the desk; a repeat changes nothing.

    Needs an open transaction. Raises UnknownChange, NotApproved when the case has not expired.
    """
    case, change = desk.newest(SUBJECT, str(public_id)), _locked(public_id)
    if not change.waits:
        return change
    if case is None or case.state != Case.State.EXPIRED:
        raise NotApproved(change.number)
    return _end(change, State.EXPIRED, act="changes.expired", actor=WORKER, now=now)


def settle(*, public_id: uuid.UUID, now: datetime) -> Change:
    """This function will carry out what the desk has decided about a change, once; a repeat changes nothing.

    Needs an open transaction. It believes the desk's own record and nobody else: a change without a closed case, or
    approved by the person who asked, is not carried out. Raises NotApproved, UnknownChange.
    """
    case, change = desk.newest(SUBJECT, str(public_id)), _locked(public_id)
    if not change.waits:
        return change
    if case is None or case.state not in {Case.State.APPROVED, Case.State.DECLINED}:
        raise NotApproved(change.number)
    if case.state == Case.State.DECLINED:
        return _end(change, State.DECLINED, act="changes.declined", actor=WORKER, outcome=_declined(change), now=now)
    approvers = _approvers(case)
    try:
        _by_others(change, case, approvers)
        act = kinds.kind_of(change.kind)
        with transaction.atomic():
            act.validate(change.payload, now=now)
            result = act.apply(change.payload, key=f"change:{change.public_id}", actor=change.asked_by, now=now)
    except Refused as error:
        return _end(
            change, State.FAILED, act="changes.failed", actor=WORKER, outcome=error.in_every_language(), now=now
        )
    return _end(
        change,
        State.APPLIED,
        act="changes.applied",
        actor=WORKER,
        result={**result, "approved_by": [str(person) for person in approvers]},
        now=now,
    )


def _approvers(case: Case) -> list[Person]:
    approvals = case.decisions.filter(verdict=Decision.Verdict.APPROVE).select_related("reviewer").order_by("step")
    return [decision.reviewer for decision in approvals]


def _by_others(change: Change, case: Case, approvers: list[Person]) -> None:
    """Count the people behind the approvals once more, whatever let them through. Raises Refused."""
    counted: list[Person] = [change.asked_by]
    for person in approvers:
        if not people.is_known(person) or any(people.is_same(person, other) for other in counted):
            raise Refused(lambda: _("It was approved by the person who asked for it, or twice by one person."))
        if kinds.kind_of(change.kind).concerns(change.payload, person):
            raise Refused(lambda: _("It was approved by the person it is about."))
        counted.append(person)
    if len(approvers) < case.frozen_rule.approvals:
        raise Refused(lambda: _("Too few people have approved it."))


def _declined(change: Change) -> dict[str, str]:
    """Keep what the asker is told, in every language, in the words that count now."""
    given, said = desk.told(SUBJECT, str(change.public_id)), {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said[language] = " ".join(f"{reason.tells} {reason.advice}".strip() for reason in given)
    return said


def _locked(public_id: uuid.UUID) -> Change:
    change = (
        Change.objects.select_for_update(of=("self",)).select_related("asked_by").filter(public_id=public_id).first()
    )
    if change is None:
        raise UnknownChange
    return change


def _off_the_desk(public_id: uuid.UUID, actor: Person | None, now: datetime) -> None:
    try:
        desk.withdraw(subject=SUBJECT, subject_id=str(public_id), actor=actor, now=now)
    except Closed as error:
        raise Settled from error


def _end(
    change: Change,
    state: State,
    *,
    act: str,
    actor: Person | str,
    outcome: Mapping[str, str] | None = None,
    result: Mapping[str, Any] | None = None,
    now: datetime,
) -> Change:
    if not change.waits:
        raise Settled
    change.state, change.settled_at = state, now
    change.outcome, change.result = dict(outcome or {}), dict(result or {})
    change.save(update_fields=["state", "settled_at", "outcome", "result"])
    audit.record(
        act=act,
        subject=change,
        actor=actor,
        before={"state": State.ASKED.value},
        after={"state": state.value, "number": change.number, "kind": change.kind, **change.result},
        reason=change.outcome.get("en", ""),
        now=now,
    )
    return change
