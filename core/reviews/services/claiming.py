"""Taking a case, giving it back, and the next-best case at one press."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.reviews import doors
from core.reviews.errors import Closed, HeldByAnother, Refused
from core.reviews.models import Case, Decision, Event
from core.reviews.rules import Act, State, lapsed
from core.reviews.services.guards import alerted, locked, may_take_step, room_for, still_open, whois
from core.reviews.services.moves import move, note, save, trail
from core.reviews.services.people import kinds_for, roles_of, skills_of
from core.reviews.subject import Person

TRIES = 50  # cases offered one after the other to somebody who may not decide them, before the desk gives up
FREE = [State.OPEN.value, State.WAITING.value]


@alerted
def claim(*, public_id: uuid.UUID, user: Person, now: datetime) -> Case:
    """This function will give a case to one person, who alone may then read its documents and decide it.

    Starts a transaction and locks the case. A repeat by its holder changes nothing. A claim older than the rule allows
    may be taken over. Raises UnknownCase, Closed, Expired, Asked, NoRole, NoSkill, OwnCase, DecidedBefore, Related,
    HeldByAnother, DeskFull.
    """
    with transaction.atomic(durable=True):
        case, roles = locked(public_id, user)
        still_open(case, now=now)
        if case.holder_id == user.pk:
            return case
        may_take_step(case, whois(user, roles))
        minutes = case.frozen_rule.claim_minutes
        if case.holder and case.claimed_at and not lapsed(claimed_at=case.claimed_at, minutes=minutes, now=now):
            raise HeldByAnother(case.holder)
        if case.assignee_id != user.pk:
            room_for(user, now=now)
        return _take(case, user, now)


def claim_next(*, user: Person, now: datetime) -> Case | None:
    """This function will claim the next-best case for a person at one go; None when nothing is there for them.

    Overdue ones first, then what is theirs, then what is due soonest; of two due together the one that fewer people can
    decide. A case given to a colleague who is here is left to them until it is overdue. Two people who ask at the same
    moment get two cases. Starts a transaction. Raises DeskFull.
    """
    with transaction.atomic(durable=True):
        roles = roles_of(user)
        passed: list[int] = []
        who = whois(user, roles)
        for _try in range(TRIES):
            waiting = best(user, roles=roles, skills=who.skills, now=now).exclude(pk__in=passed)
            case = waiting.select_for_update(skip_locked=True, of=("self",)).first()
            if case is None:
                return None
            try:
                may_take_step(case, who)
            except Refused:
                passed.append(case.pk)
                continue
            if case.assignee_id != user.pk:
                room_for(user, now=now)
            return _take(case, user, now)
    return None


def release(*, public_id: uuid.UUID, user: Person, now: datetime) -> Case:
    """This function will put a case back for everybody. A repeat by somebody who does not hold it changes nothing.

    Starts a transaction and locks the case. Raises UnknownCase, Closed.
    """
    with transaction.atomic(durable=True):
        case, _roles = locked(public_id, user)
        if case.is_closed:
            raise Closed
        if case.holder_id != user.pk:
            return case
        move(case, Act.RELEASE)
        case.holder = case.claimed_at = case.assignee = None
        save(case)
        note(case, Event.Kind.RELEASED, user, now)
        trail(case, "released", user, now, after={"state": case.state})
    return case


def best(
    user: Person, *, roles: frozenset[str], skills: Collection[str] | None = None, now: datetime
) -> QuerySet[Case]:
    """This function will list what a person could take next, best first, as far as the database can tell."""
    mine = skills_of(user) if skills is None else skills
    cases = takeable(user, roles=roles, skills=mine).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    others = cases.exclude(assignee=user).filter(assignee__isnull=False)
    colleagues = set(others.values_list("assignee_id", flat=True).order_by().distinct())
    here = colleagues - doors.absent(colleagues, now=now)
    turn = models.Case(
        models.When(due_at__lte=now, then=0),
        models.When(assignee=user, then=1),
        default=2,
        output_field=models.IntegerField(),
    )
    return cases.exclude(assignee__in=here, due_at__gt=now).order_by(
        turn, "due_at", F("skills__len").desc(nulls_last=True), "id"
    )


def takeable(user: Person, *, roles: frozenset[str], skills: Collection[str]) -> QuerySet[Case]:
    """This function will leave out what a person may not decide; `claim` asks the subject too, and knows conflicts."""
    decided = Decision.objects.filter(case=OuterRef("pk"), reviewer=user)
    return Case.objects.filter(
        Q(opened_by__isnull=True) | ~Q(opened_by=user),
        subject__in=kinds_for(roles),
        state__in=FREE,
        needs__overlap=list(roles),
        skills__contained_by=list(skills),
    ).exclude(Exists(decided))


def _take(case: Case, user: Person, now: datetime) -> Case:
    kind = Event.Kind.TAKEN_OVER if case.holder_id else Event.Kind.CLAIMED
    before = {"state": case.state, "holder": str(case.holder) if case.holder else None}
    move(case, Act.CLAIM)
    case.holder, case.claimed_at, case.assignee = user, now, None
    save(case)
    note(case, kind, user, now)
    trail(case, kind.value, user, now, before=before, after={"state": case.state, "holder": str(user)})
    return case
