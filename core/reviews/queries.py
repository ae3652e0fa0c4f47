"""What the desk shows: the queue, the next case, one case. Nothing is written here."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.reviews.models import Case, Decision
from core.reviews.rules import CLOSED, State
from core.reviews.services import kinds_for
from core.reviews.subject import Person

PAGE = 50
CLOSED_SHOWN = 10
UNDECIDED = [state.value for state in State if state not in CLOSED]


@dataclass(frozen=True)
class Queue:
    """The desk of one person at one moment; each list is in the order in which it is due, at most PAGE long."""

    mine: list[Case]
    second: list[Case]  # approved once; waits for another pair of eyes, and this person may be it
    open: list[Case]
    with_others: list[Case]
    closed: list[Case]  # the last few that were decided
    overdue: int
    waiting: int  # how many cases nobody holds yet


def queue(user: Person, *, roles: frozenset[str], now: datetime) -> Queue:
    """This function will lay out a person's desk, in a fixed number of queries."""
    cases = Case.objects.filter(subject__in=kinds_for(roles)).select_related("holder")
    undecided = cases.filter(state__in=UNDECIDED).order_by("due_at", "id")
    free = _takeable(undecided.filter(state__in=[State.OPEN, State.WAITING]), user, roles)
    return Queue(
        mine=list(undecided.filter(holder=user)[:PAGE]),
        second=list(free.filter(state=State.WAITING)[:PAGE]),
        open=list(free.filter(state=State.OPEN)[:PAGE]),
        with_others=list(undecided.filter(state=State.CLAIMED).exclude(holder=user)[:PAGE]),
        closed=list(cases.filter(closed_at__isnull=False).order_by("-closed_at")[:CLOSED_SHOWN]),
        overdue=undecided.filter(due_at__lte=now).count(),
        waiting=free.count(),
    )


def next_case(user: Person, *, roles: frozenset[str]) -> Case | None:
    """This function will offer the case that is due first among those the person may take."""
    cases = Case.objects.filter(subject__in=kinds_for(roles), state__in=[State.OPEN, State.WAITING])
    return _takeable(cases, user, roles).order_by("due_at", "id").first()


def case_for(*, roles: frozenset[str], public_id: uuid.UUID) -> Case | None:
    """This function will find a case that holders of these roles may see; None when there is none for them."""
    return (
        Case.objects.select_related("holder", "opened_by")
        .filter(public_id=public_id, subject__in=kinds_for(roles))
        .first()
    )


def _takeable(cases: QuerySet[Case], user: Person, roles: frozenset[str]) -> QuerySet[Case]:
    """Leave out what the person may not decide as far as the database can tell; `claim` asks the subject too."""
    decided = Decision.objects.filter(case=OuterRef("pk"), reviewer=user)
    return cases.filter(Q(opened_by__isnull=True) | ~Q(opened_by=user), needs__overlap=list(roles)).exclude(
        Exists(decided)
    )
