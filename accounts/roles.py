"""Staff roles. Each is a Django group of this name; docs/security.md has what each may do."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User


class Role(StrEnum):
    REVIEWER = "reviewer"  # decides cases on the desk
    APPROVER = "approver"  # the second pair of eyes
    MANAGER = "manager"  # reads figures
    AUDITOR = "auditor"  # reads the audit trail
    ADMINISTRATOR = "administrator"  # runs the portal, decides nothing


def has_role(user: "User", *roles: Role) -> bool:
    """Say whether an active member of staff holds at least one of the roles."""
    if not (user.is_active and user.is_staff):
        return False
    return user.groups.filter(name__in=[role.value for role in roles]).exists()


def roles_of(user: "User") -> frozenset[Role]:
    """Say which roles an active member of staff holds, in one query; a customer holds none."""
    if not (user.is_active and user.is_staff):
        return frozenset()
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in user.groups.values_list("name", flat=True) if name in known)
