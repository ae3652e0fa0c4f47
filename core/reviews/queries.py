"""What the desk shows: the queue, the next case, one case, the figures. Nothing is written here."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from core.reviews import doors
from core.reviews.models import Case, Decision, Event, Relation, Skill, StaffSkill
from core.reviews.rules import State
from core.reviews.services.claiming import best
from core.reviews.services.handing import AT_ONCE
from core.reviews.services.people import kinds_for, skills_of, team
from core.reviews.subject import Person, subject_of

PAGE = 50
CLOSED_SHOWN = 10
FREE = [State.OPEN.value, State.WAITING.value]


@dataclass(frozen=True)
class Queue:
    """The desk of one person at one moment; each list is in the order in which it is due, at most PAGE long."""

    mine: list[Case]  # held by this person
    turn: list[Case]  # nobody holds it, and it is this person's to take
    asked: list[Case]  # this person asked the customer, and waits
    second: list[Case]  # approved once; waits for another pair of eyes, and this person may be it
    open: list[Case]
    with_others: list[Case]
    closed: list[Case]  # the last few that were decided
    overdue: int
    waiting: int  # how many cases nobody holds yet
    by_kind: Counter[str] = field(default_factory=Counter)  # of those waiting
    by_skill: Counter[str] = field(default_factory=Counter)
    more: bool = False  # further open cases follow on the next page


def queue(
    user: Person, *, roles: frozenset[str], now: datetime, kind: str = "", skill: str = "", page: int = 1
) -> Queue:
    """This function will lay out a person's desk, in a fixed number of queries; `kind` and `skill` narrow it down."""
    cases = Case.objects.filter(subject__in=kinds_for(roles))
    may_take = _free_for(user, roles, skills_of(user))
    groups = _groups(cases.filter(closed_at__isnull=True), may_take, now)
    if kind:
        cases = cases.filter(subject=kind)
    if skill:
        cases = cases.filter(skills__contains=[skill])
    undecided = cases.filter(closed_at__isnull=True).select_related("holder", "assignee").order_by("due_at", "id")
    own = list(undecided.filter(Q(holder=user) | Q(assignee=user))[:PAGE])
    start = (max(1, page) - 1) * PAGE
    free = list(undecided.filter(may_take, assignee__isnull=True)[start : start + PAGE + 1])
    more, free = len(free) > PAGE, free[:PAGE]
    others = undecided.exclude(Q(holder=user) | Q(assignee=user)).filter(
        Q(state__in=[State.CLAIMED, State.ASKED]) | Q(assignee__isnull=False)
    )
    return Queue(
        mine=[case for case in own if case.state == State.CLAIMED],
        turn=[case for case in own if case.state in FREE],
        asked=[case for case in own if case.state == State.ASKED],
        second=[case for case in free if case.state == State.WAITING],
        open=[case for case in free if case.state == State.OPEN],
        with_others=list(others[:PAGE]),
        closed=list(cases.filter(closed_at__isnull=False).order_by("-closed_at")[:CLOSED_SHOWN]),
        overdue=sum(row["overdue"] for row in groups),
        waiting=sum(row["waiting"] for row in groups),
        by_kind=_sum((row["subject"], row["waiting"]) for row in groups),
        by_skill=_sum((code, row["waiting"]) for row in groups for code in row["skills"]),
        more=more,
    )


def pulse(user: Person, *, roles: frozenset[str]) -> str:
    """This function will give a text that changes whenever something happens to a case this person may see."""
    newest = Event.objects.filter(case__subject__in=kinds_for(roles)).aggregate(Max("id"))["id__max"]
    return f"{user.pk}.{newest or 0}"


def next_case(user: Person, *, roles: frozenset[str], now: datetime) -> Case | None:
    """This function will name the case that `claim_next` would most likely claim."""
    return best(user, roles=roles, now=now).first()


def case_for(*, roles: frozenset[str], public_id: uuid.UUID) -> Case | None:
    """This function will find a case that holders of these roles may see; None when there is none for them."""
    return (
        Case.objects.select_related("holder", "assignee", "opened_by", "corrects", "corrected_by")
        .filter(public_id=public_id, subject__in=kinds_for(roles))
        .first()
    )


def skill_names(cases: list[Case]) -> dict[str, str]:
    """This function will name the skills these cases take; no question is asked when they take none."""
    codes = {code for case in cases for code in case.skills}
    return {skill.code: str(skill) for skill in Skill.objects.filter(code__in=codes)} if codes else {}


def colleagues(case: Case, user: Person, *, now: datetime) -> list[Person]:
    """This function will list who could take a case over from somebody: by role and skill, and here."""
    people = {pk: person for pk, (person, _roles) in team(case.needs).items() if pk != user.pk}
    gone = doors.absent(list(people), now=now)
    if case.skills:
        held = StaffSkill.objects.filter(person__in=list(people), skill__code__in=case.skills)
        counts = Counter(held.values_list("person_id", flat=True))
        people = {pk: person for pk, person in people.items() if counts[pk] == len(case.skills)}
    return sorted((person for pk, person in people.items() if pk not in gone), key=str)


@dataclass(frozen=True)
class Member:
    """A colleague as those who lead the desk see them."""

    person: Person
    roles: frozenset[str]
    skills: frozenset[str]
    away: bool
    held: int
    turn: int
    asked: int
    relations: list[Relation]

    @property
    def load(self) -> int:
        return self.held + self.turn


def members(kinds: list[str], *, now: datetime) -> list[Member]:
    """This function will list everybody who works on these kinds of cases, in a fixed number of queries."""
    people = team({role for kind in kinds for role in subject_of(kind).roles})
    gone = doors.absent(list(people), now=now)
    skills: dict[int, set[str]] = {pk: set() for pk in people}
    for pk, code in StaffSkill.objects.filter(person__in=list(people)).values_list("person_id", "skill__code"):
        skills[pk].add(code)
    undecided = Case.objects.filter(closed_at__isnull=True)
    held = _counted(undecided.filter(state=State.CLAIMED), "holder_id")
    turn = _counted(undecided.filter(state__in=FREE), "assignee_id")
    asked = _counted(undecided.filter(state=State.ASKED), "assignee_id")
    relations: dict[int, list[Relation]] = {pk: [] for pk in people}
    for relation in Relation.objects.filter(person__in=list(people), ended_at__isnull=True).order_by("id"):
        relations[relation.person_id].append(relation)
    return [
        Member(
            person=person,
            roles=roles,
            skills=frozenset(skills[pk]),
            away=pk in gone,
            held=held[pk],
            turn=turn[pk],
            asked=asked[pk],
            relations=relations[pk],
        )
        for pk, (person, roles) in sorted(people.items(), key=lambda item: str(item[1][0]))
    ]


def on_desk_of(person: Person) -> list[Case]:
    """This function will list what a person has on their desk, what they asked customers included: at most AT_ONCE."""
    undecided = Case.objects.filter(Q(holder=person) | Q(assignee=person), closed_at__isnull=True)
    return list(undecided.order_by("due_at", "id")[:AT_ONCE])


def relations_of(person: Person) -> list[Relation]:
    """This function will list the relations somebody has declared and that still count."""
    return list(Relation.objects.filter(person=person, ended_at__isnull=True).order_by("id"))


def staff_by_key(key: str) -> Person | None:
    """This function will find an active colleague by the key a form carries; None for anybody else."""
    people = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    return people.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None


def _counted(cases: QuerySet[Case], column: str) -> Counter[int]:
    return Counter(dict(cases.values_list(column).order_by().annotate(number=Count("id"))))


def _sum(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, number in pairs:
        total[key] += number
    return total


def _free_for(user: Person, roles: frozenset[str], skills: frozenset[str]) -> Q:
    """What the person may take as far as the database can tell; `claim` asks the subject too."""
    decided = Decision.objects.filter(case=OuterRef("pk"), reviewer=user)
    return (
        Q(Q(opened_by__isnull=True) | ~Q(opened_by=user))
        & Q(state__in=FREE, needs__overlap=list(roles), skills__contained_by=list(skills))
        & ~Q(Exists(decided))
    )


def _groups(cases: QuerySet[Case], may_take: Q, now: datetime) -> list[dict[str, Any]]:
    found: QuerySet[Case, Any] = (
        cases.values("subject", "skills")
        .order_by()
        .annotate(
            waiting=Count("pk", filter=may_take),
            overdue=Count("pk", filter=Q(due_at__lte=now) & ~Q(state=State.ASKED)),
        )
    )
    return list(found)
