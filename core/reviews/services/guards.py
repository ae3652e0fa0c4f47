"""Who may take which step. Every entry way goes through here, so every guard stands here.

A conflict (own case, made it, one pair of eyes twice, household, declared relation) is refused like everything else,
and besides it is written into the audit trail and told to the leads: somebody tried.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q

from core import audit, outbox
from core.reviews import doors
from core.reviews.errors import (
    Asked,
    Closed,
    Conflict,
    DecidedBefore,
    DeskFull,
    Expired,
    NoRole,
    NoSkill,
    OwnCase,
    Related,
    UnknownCase,
)
from core.reviews.models import Case, Decision, Relation
from core.reviews.rules import State
from core.reviews.services.people import Colleague, colleague, kinds_for, most_open, roles_of, team
from core.reviews.subject import Person, leads_of, parties_to, subject_of

CONFLICT = "reviews.conflict_refused"
Answer = TypeVar("Answer")


def locked(public_id: uuid.UUID, user: Person) -> tuple[Case, frozenset[str]]:
    """This function will lock a case for somebody who may see it, and give their roles. Raises UnknownCase."""
    roles = roles_of(user)
    # Without the holder joined in: whoever waited for the lock would get the new row beside the old, empty join.
    case = Case.objects.select_for_update().filter(public_id=public_id, subject__in=kinds_for(roles)).first()
    if case is None:
        raise UnknownCase
    return case, roles


def still_open(case: Case, *, now: datetime) -> None:
    """This function will refuse what nobody may decide any more, or not now. Raises Closed, Expired, Asked."""
    if case.is_closed:
        raise Closed
    if case.expires_at is not None and now >= case.expires_at:
        raise Expired
    if case.state == State.ASKED:
        raise Asked


def may_take_step(case: Case, who: Colleague) -> None:
    """This function will refuse a person the next step. Raises NoRole, NoSkill, OwnCase, DecidedBefore, Related."""
    if not who.roles & set(case.needs):
        raise NoRole
    no_conflict(case, who)
    if set(case.skills) - who.skills:
        raise NoSkill


def no_conflict(case: Case, who: Colleague) -> None:
    """This function will refuse a person because of who they are. Raises OwnCase, DecidedBefore, Related."""
    subject = subject_of(case.subject)
    if case.opened_by_id in who.people or subject.concerns(case.subject_id, who.user):
        raise OwnCase
    others = get_user_model()._default_manager.filter(pk__in=who.people - {who.user.pk})
    if len(who.people) > 1 and any(subject.concerns(case.subject_id, other) for other in others):
        raise OwnCase
    # Who decided on the matter before, in whichever case, does not decide on the correction either.
    before = (
        Q(case=case) if case.corrects_id is None else Q(case__subject=case.subject, case__subject_id=case.subject_id)
    )
    if Decision.objects.filter(before, reviewer__in=who.people).exists():
        raise DecidedBefore
    parties = parties_to(subject, case.subject_id)
    if parties & who.parties:
        raise Related
    declared = Relation.objects.filter(person__in=who.people, ended_at__isnull=True, parties__overlap=list(parties))
    if parties and declared.exists():
        raise Related


def load_of(user: Person) -> int:
    """This function will count what a person has on their desk: cases they hold, and cases that are theirs to take.

    Two acts that would fill the desk of the same person wait for each other until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reviews.desk'), %s)", [user.pk])
    return Case.objects.filter(state=State.CLAIMED, holder=user).count() + (
        Case.objects.filter(state__in=[State.OPEN, State.WAITING], assignee=user).count()
    )


def room_for(user: Person, *, now: datetime) -> None:
    """This function will refuse a further case to somebody whose desk is full. Raises DeskFull."""
    most = most_open(now)
    if load_of(user) >= most:
        raise DeskFull(most)


def leads(kind: str) -> list[int]:
    """This function will list who leads a kind of case."""
    return sorted(team(leads_of(subject_of(kind))))


def alerted(act: Callable[..., Answer]) -> Callable[..., Answer]:
    """Mark an act that, when a conflict stands against it, leaves a row in the audit trail and tells the leads."""

    @wraps(act)
    def guarded(*, public_id: uuid.UUID, user: Person, now: datetime, **rest: Any) -> Answer:
        try:
            return act(public_id=public_id, user=user, now=now, **rest)
        except Conflict as error:
            with transaction.atomic():
                _alert(public_id, user, act.__name__, error, now)
            raise

    return guarded


def _alert(public_id: uuid.UUID, user: Person, step: str, error: Conflict, now: datetime) -> None:
    case = Case.objects.get(public_id=public_id)
    conflict = type(error).__name__
    outbox.record(
        kind=CONFLICT,
        payload={
            "case": str(case.public_id),
            "number": case.number,
            "person": user.pk,
            "name": str(user),
            "conflict": conflict,
            "told": [pk for pk in leads(case.subject) if pk != user.pk],
        },
        owner=case,
        act=audit.Act(
            act=CONFLICT,
            subject=case,
            actor=user,
            after={"number": case.number, "step": step, "conflict": conflict},
        ),
        now=now,
    )


def whois(user: Person, roles: frozenset[str]) -> Colleague:
    """This function will gather what the rules ask about a person whose roles are known."""
    return colleague(user, roles=roles)


def away(user: Person, *, now: datetime) -> bool:
    """This function will say whether somebody is away at this moment."""
    return user.pk in doors.absent([user.pk], now=now)
