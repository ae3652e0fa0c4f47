"""Which roles somebody holds: the group, and beside it since when and by which change.

Called inside the transaction of a change of two people, of a departure, or of setting a bank up.
"""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group

from accounts.identity import kin
from accounts.models import User
from accounts.roles import Role
from accounts.staff.models import RoleGrant

KNOWN = frozenset(role.value for role in Role)


def held(user: User) -> list[str]:
    """This function will list the roles of somebody, whether or not their account is open."""
    return sorted(name for name in user.groups.values_list("name", flat=True) if name in KNOWN)


def held_by_person(user: User) -> set[str]:
    """This function will list the roles of the person behind an account, on all of their accounts."""
    names = Group.objects.filter(user__pk__in=kin.same_person(user)).values_list("name", flat=True)
    return {name for name in names if name in KNOWN}


def give(*, user: User, role: Role, by: str, now: datetime) -> None:
    """This function will give somebody a role. A repeat changes nothing."""
    user.groups.add(Group.objects.get(name=role.value))
    RoleGrant.objects.get_or_create(user=user, role=role.value, ended_at=None, defaults={"since": now, "given_by": by})


def take(*, user: User, roles: Collection[str], by: str, now: datetime) -> None:
    """This function will take roles from somebody. A repeat changes nothing."""
    user.groups.remove(*Group.objects.filter(name__in=roles))
    RoleGrant.objects.filter(user=user, role__in=roles, ended_at=None).update(ended_at=now, ended_by=by)
