"""What the pages about changes show. Nothing is written here."""

import uuid
from dataclasses import dataclass

from django.db.models import Q

from core.changes import kinds
from core.changes.models import Change
from core.changes.subject import SUBJECT
from core.reviews import services as desk
from core.reviews.models import Case
from core.reviews.subject import Person

PAGE = 50


@dataclass(frozen=True)
class Board:
    """The changes somebody may see, newest first, each list at most PAGE long."""

    waiting: list[Change]
    settled: list[Change]


def _visible(user: Person, roles: frozenset[str], sees_all: bool) -> Q:
    """Say which changes somebody sees: their own, the kinds they ask for or decide, or all of them."""
    if sees_all:
        return Q()
    names = [
        name
        for name, offer in kinds.board().items()
        if roles & ({*offer.asks} | {role for step in offer.decides for role in step})
    ]
    return Q(asked_by=user) | Q(kind__in=names)


def board(user: Person, *, roles: frozenset[str], sees_all: bool) -> Board:
    """This function will list the changes somebody may see, in two queries."""
    changes = Change.objects.filter(_visible(user, roles, sees_all)).select_related("asked_by").order_by("-id")
    return Board(
        waiting=list(changes.filter(state=Change.State.ASKED)[:PAGE]),
        settled=list(changes.exclude(state=Change.State.ASKED)[:PAGE]),
    )


def change_for(user: Person, *, roles: frozenset[str], sees_all: bool, public_id: uuid.UUID) -> Change | None:
    """This function will find a change that somebody may see; None when there is none for them."""
    visible = Change.objects.filter(_visible(user, roles, sees_all), public_id=public_id)
    return visible.select_related("asked_by").first()


def case_of(change: Change) -> Case | None:
    """This function will find the case in which a change is decided."""
    return desk.newest(SUBJECT, str(change.public_id))
