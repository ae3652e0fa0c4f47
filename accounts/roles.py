"""Staff roles. Each is a Django group of this name; portal/rights.py says what each may do."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class Role(StrEnum):
    TELLER = "teller"  # serves at the branch counter, asks for bookings by hand
    BRANCH_SUPERVISOR = "branch_supervisor"  # keeps a branch's vault, the second person at its counter
    REVIEWER = "reviewer"  # decides cases on the desk
    APPROVER = "approver"  # the second pair of eyes
    SERVICE_AGENT = "service_agent"  # answers customers
    MARKETER = "marketer"  # tells customers about offers
    PRODUCT_MANAGER = "product_manager"  # what the bank sells, at which price
    RISK_OFFICER = "risk_officer"  # limits, and what may not happen
    MANAGER = "manager"  # reads figures, answers for a team
    AUDITOR = "auditor"  # reads the audit trail, decides nothing
    ADMINISTRATOR = "administrator"  # runs the portal, decides nothing


LABELS: dict[Role, Promise] = {
    Role.TELLER: _("Teller"),
    Role.BRANCH_SUPERVISOR: _("Branch supervisor"),
    Role.REVIEWER: _("Reviewer"),
    Role.APPROVER: _("Approver"),
    Role.SERVICE_AGENT: _("Service agent"),
    Role.MARKETER: _("Marketer"),
    Role.PRODUCT_MANAGER: _("Product manager"),
    Role.RISK_OFFICER: _("Risk officer"),
    Role.MANAGER: _("Manager"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def has_role(user: "User", *roles: Role) -> bool:
    """Say whether an active member of staff holds at least one of the roles."""
    if not (user.is_active and user.is_staff):
        return False
    if lent(user) & set(roles):
        return True
    return user.groups.filter(name__in=[role.value for role in roles]).exists()


def roles_of(user: "User") -> frozenset[Role]:
    """Say which roles an active member of staff holds, in one query; a customer holds none."""
    if not (user.is_active and user.is_staff):
        return frozenset()
    known = {role.value for role in Role}
    held = frozenset(Role(name) for name in user.groups.values_list("name", flat=True) if name in known)
    return held | lent(user)


def lent(user: "User") -> frozenset[Role]:
    """Say whose reading rights this request's person has taken in an emergency (accounts.mydata.emergency)."""
    found: frozenset[Role] = getattr(user, "lent_roles", frozenset())
    return found
