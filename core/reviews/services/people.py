"""Who works at the desk: roles, skills, leads. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.module_loading import import_string

from core import policy
from core.reviews import doors
from core.reviews.models import StaffSkill
from core.reviews.subject import Person, kinds, leads_of, subject_of


@dataclass(frozen=True)
class Colleague:
    """Somebody on the desk with everything the rules ask about them."""

    user: Person
    roles: frozenset[str]
    skills: frozenset[str]
    people: frozenset[int]  # every sign-in of the same human being
    parties: frozenset[str]  # who they are and where they live


def roles_of(user: Person) -> frozenset[str]:
    """This function will list the roles of a person who works here; nobody else has any."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return frozenset()
    return frozenset(user.groups.values_list("name", flat=True))


def kinds_for(roles: Collection[str]) -> list[str]:
    """This function will list the kinds of cases that holders of these roles may see."""
    return [kind for kind in kinds() if set(roles) & set(subject_of(kind).roles)]


def kinds_led(roles: Collection[str]) -> list[str]:
    """This function will list the kinds of cases that holders of these roles lead."""
    return [kind for kind in kinds() if set(roles) & set(leads_of(subject_of(kind)))]


def overseen(roles: Collection[str]) -> list[str]:
    """This function will list the kinds of cases whose figures holders of these roles may read."""
    overseers: Collection[str] = import_string(settings.REVIEW_OVERSEERS)
    return list(kinds()) if set(roles) & set(overseers) else kinds_led(roles)


def skills_of(user: Person) -> frozenset[str]:
    """This function will list the codes of a person's skills."""
    return frozenset(StaffSkill.objects.filter(person=user).values_list("skill__code", flat=True))


def colleague(user: Person, *, roles: frozenset[str] | None = None) -> Colleague:
    """This function will gather what the rules ask about a person; `roles` when they are known already."""
    people = doors.same_person(user)
    return Colleague(
        user=user,
        roles=roles_of(user) if roles is None else roles,
        skills=skills_of(user),
        people=people,
        parties=doors.parties_of(people),
    )


def team(roles: Collection[str]) -> dict[int, tuple[Person, frozenset[str]]]:
    """This function will list the active staff who hold any of these roles: primary key -> (person, their roles)."""
    found = (
        get_user_model()
        ._default_manager.filter(is_active=True, is_staff=True, groups__name__in=list(roles))
        .distinct()
        .order_by("pk")
        .prefetch_related("groups")
    )
    return {user.pk: (user, frozenset(group.name for group in user.groups.all())) for user in found}


def most_open(now: datetime) -> int:
    """This function will give the most cases one person has on their desk at once. Raises core.policy.UnknownPolicy."""
    return int(policy.value("review.open_cases_most", on=timezone.localdate(now)))
