"""Putting matters on the desk and taking them off it without a decision."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core import audit, policy
from core.reviews import calendar
from core.reviews.errors import AlreadyPending, CannotReopen, Closed, NotALead, NoteMissing
from core.reviews.models import Case, Check, Event
from core.reviews.rules import Act, Rule, State
from core.reviews.services.guards import locked
from core.reviews.services.moves import close, move, note, save, trail
from core.reviews.services.people import kinds_led
from core.reviews.subject import Person, Text, reopen, skills_for, subject_of


def open_case(
    *,
    subject: str,
    subject_id: str,
    title: str,
    opened_by: Person | None,
    rule: Rule,
    now: datetime,
    skills: Sequence[str] | None = None,
    pending_key: str = "",
) -> Case:
    """This function will put a matter on the desk once, and answer the case that stands for it.

    Joins the open transaction or starts one. A repeat is answered with the case there is, whatever became of it.
    `skills` are what deciding it takes (else the subject is asked). `pending_key` names the act: while another matter
    of the same kind and key waits undecided, this one is refused. Raises UnknownSubject, AlreadyPending.
    """
    room = subject_of(subject)
    found = newest(subject, subject_id)
    if found is not None:
        return found
    taken = skills_for(room, subject_id) if skills is None else sorted(skills)
    try:
        with transaction.atomic():
            case, created = Case.objects.get_or_create(
                subject=subject,
                subject_id=subject_id,
                corrects=None,
                defaults={
                    "title": title,
                    "opened_by": opened_by,
                    "skills": taken,
                    "pending_key": pending_key,
                    **_begun(rule, now),
                },
            )
    except IntegrityError:
        pending = Case.objects.filter(subject=subject, pending_key=pending_key, closed_at__isnull=True).first()
        if not pending_key or pending is None:
            raise
        raise AlreadyPending(pending) from None
    if created:
        note(case, Event.Kind.OPENED, opened_by, now)
    return case


def newest(subject: str, subject_id: str) -> Case | None:
    """This function will find the case that stands for a matter: its last one, where a decision was corrected."""
    return Case.objects.filter(subject=subject, subject_id=subject_id).order_by("-id").first()


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


def withdraw(*, subject: str, subject_id: str, actor: Person | None, now: datetime) -> Case | None:
    """This function will take a matter off the desk because the person who asked no longer wants it decided.

    Needs an open transaction and locks the case; the room has made sure that the matter is the actor's. A repeat
    changes nothing; None when there is no case yet. Raises Closed when it is already decided.
    """
    case = Case.objects.select_for_update().filter(subject=subject, subject_id=subject_id).order_by("-id").first()
    if case is None or case.state == State.WITHDRAWN:
        return case
    if case.is_closed:
        raise Closed
    move(case, Act.WITHDRAW)
    close(case, now)
    save(case)
    note(case, Event.Kind.WITHDRAWN, actor, now)
    trail(case, "withdrawn", actor, now)
    return case


def correct(*, public_id: Any, user: Person, reason: str, now: datetime) -> Case:
    """This function will open a new case about a decided matter, linked to the old one, whose history stays as it is.

    Starts a transaction and locks the old case. Only a lead does this; other people than before decide. A repeat is
    answered with the case that was opened. Raises UnknownCase, NotALead, NoteMissing, CannotReopen.
    """
    with transaction.atomic(durable=True):
        old, roles = locked(public_id, user)
        if old.subject not in kinds_led(roles):
            raise NotALead
        found = Case.objects.filter(corrects=old).first()
        if found is not None:
            return found
        if not reason.strip():
            raise NoteMissing
        if old.state not in {State.APPROVED, State.DECLINED}:
            raise CannotReopen
        if not reopen(subject_of(old.subject), old.subject_id, now=now):
            raise CannotReopen
        case = Case.objects.create(
            subject=old.subject,
            subject_id=old.subject_id,
            title=old.title,
            opened_by=user,
            skills=old.skills,
            corrects=old,
            **_begun(old.frozen_rule, now),
        )
        Check.objects.bulk_create(  # what the machine found stands for the new case as it stood for the old one
            Check(
                case=case,
                name=check.name,
                outcome=check.outcome,
                evidence=check.evidence,
                sentences=check.sentences,
                checked_at=check.checked_at,
            )
            for check in old.checks.order_by("id")
        )
        note(case, Event.Kind.REOPENED, user, now, text=reason.strip())
        trail(case, "reopened", user, now, after={"corrects": old.number}, reason=reason.strip())
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


def _begun(rule: Rule, now: datetime) -> dict[str, Any]:
    span, today = timedelta(hours=rule.hours), timezone.localdate(now)
    share = int(policy.value("review.warn_percent", on=today))
    if rule.working:
        desk = calendar.desk(today)
        warn_at, due_at = desk.add(now, span * share / 100), desk.by(now, span)
    else:
        warn_at, due_at = now + span * share / 100, now + span
    return {
        "rule": rule.as_json(),
        "needs": list(rule.steps[0]),
        "opened_at": now,
        "warn_at": warn_at,
        "due_at": due_at,
        "expires_at": now + timedelta(days=rule.expires_days) if rule.expires_days else None,
    }
