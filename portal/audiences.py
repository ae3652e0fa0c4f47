"""Who sees which part of the menu."""

from typing import Any

from accounts.roles import Role, has_role

VISITOR = frozenset[str]()
WITH_A_DESK = tuple(role for role in Role if role is not Role.MANAGER)  # a manager's place is the managers' page
CUSTOMER = frozenset({"everybody", "customer"})


def of(user: Any) -> frozenset[str]:
    """Say which kinds of reader somebody is. Customers cost no query; staff cost one or two."""
    if user is None or not user.is_authenticated:
        return VISITOR
    if not user.is_staff:
        return CUSTOMER
    kinds = {"everybody", "staff"}
    if user.is_superuser or has_role(user, Role.MANAGER):
        kinds.add("manager")
    if user.is_superuser or has_role(user, *WITH_A_DESK):
        kinds.add("backoffice")
    return frozenset(kinds)
