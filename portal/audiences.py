"""Who sees which part of the menu."""

from typing import Any

from accounts.roles import Role, roles_of

VISITOR = frozenset[str]()
WITH_A_DESK = frozenset(Role)
CUSTOMER = frozenset({"everybody", "customer"})


def of(user: Any, *, held: frozenset[str] | None = None) -> frozenset[str]:
    """Say which kinds of reader somebody is. Customers cost no query; staff cost one, unless their groups are given."""
    if user is None or not user.is_authenticated:
        return VISITOR
    if not user.is_staff:
        return CUSTOMER
    kinds = {"everybody", "staff"}
    roles = frozenset(Role) if user.is_superuser else roles_of(user) if held is None else _known(held, user)
    if Role.MANAGER in roles:
        kinds.add("manager")
    if roles & WITH_A_DESK:
        kinds.add("backoffice")
    return frozenset(kinds)


def _known(held: frozenset[str], user: Any) -> frozenset[Role]:
    """Read the names of a person's groups as roles, with those lent to them for this request."""
    lent: frozenset[Role] = getattr(user, "lent_roles", frozenset())
    return frozenset(role for role in Role if role.value in held) | lent
