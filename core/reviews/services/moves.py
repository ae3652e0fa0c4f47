"""What every act on a case shares: moving it, keeping its history, stopping and going on with its clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core import audit
from core.reviews import calendar
from core.reviews.models import Answer, Case, Event, Question
from core.reviews.rules import Act, State, after
from core.reviews.subject import Person
from core.reviews.worktime import DAY

CHANGED = [
    "state", "approvals", "needs", "holder", "claimed_at", "assignee", "warn_at", "due_at", "closed_at",
    "worked_seconds",
]  # fmt: skip
NOTE = 500  # characters of a history line's note


def move(case: Case, act: Act) -> None:
    """This function will put the case where the act leads. Raises rules.WrongState."""
    case.state = after(State(case.state), act, approvals=case.approvals, needed=case.frozen_rule.approvals)


def save(case: Case) -> None:
    """This function will write what an act may change about a case, and nothing else."""
    case.save(update_fields=CHANGED)


def note(
    case: Case, kind: Event.Kind, actor: Person | None, now: datetime, *, person: Person | None = None, text: str = ""
) -> None:
    """This function will add a line to the case's history."""
    Event.objects.create(case=case, kind=kind, actor=actor, at=now, person=person, note=text[:NOTE])


def trail(
    case: Case,
    act: str,
    actor: Person | str | None,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """This function will write the audit row of an act on a case; the case's number is always in it."""
    audit.record(
        act=f"reviews.{act}",
        subject=case,
        actor=actor,
        before=before,
        after={"number": case.number, **(after or {})},
        reason=reason,
        now=now,
    )


def close(case: Case, now: datetime) -> None:
    """This function will end a case's time, and note how much of it was worked."""
    case.holder = case.claimed_at = case.assignee = None
    case.closed_at = now
    case.worked_seconds = int(worked(case, until=now).total_seconds())


def worked(case: Case, *, until: datetime) -> timedelta:
    """This function will say how much working time a case has had, without its pauses."""
    pauses = [
        (question.asked_at, answer.answered_at if (answer := answer_to(question)) else until)
        for question in asked(case)
    ]
    if not case.frozen_rule.working:
        return until - case.opened_at - sum((end - start for start, end in pauses), timedelta())
    desk = calendar.desk(timezone.localdate(until))
    return desk.between(case.opened_at, until) - sum((desk.between(*pause) for pause in pauses), timedelta())


def asked(case: Case) -> list[Question]:
    """This function will list what was asked about a case, oldest first, each with its answer."""
    return list(case.questions.select_related("answer", "asked_by").order_by("id"))


def go_on(case: Case, *, since: datetime, now: datetime) -> None:
    """This function will start the clock again after a pause: what was left when it stopped is left now."""
    if not case.frozen_rule.working:
        shift = max(now - since, timedelta())
        case.due_at += shift
        case.warn_at = case.warn_at and case.warn_at + shift
        return
    desk = calendar.desk(timezone.localdate(now))

    def later(moment: datetime) -> datetime:
        left = desk.between(since, moment)
        return max(moment, desk.add(now, left)) if left else moment

    case.due_at = later(case.due_at)
    if case.frozen_rule.hours > DAY:  # was due with the end of a day, and still is
        case.due_at = desk.end_of(case.due_at)
    case.warn_at = case.warn_at and later(case.warn_at)


def answer_to(question: Question) -> Answer | None:
    """This function will give how a question ended; None while it is open."""
    answer: Answer | None = getattr(question, "answer", None)
    return answer


def only_worker(name: str) -> bool:
    """This function will say whether nobody else does this work at the moment, and keep it so for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), 0)", [name])
        return bool(cursor.fetchone()[0])
