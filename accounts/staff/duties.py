"""Which duties one person never holds together. Pure: no database.

GB/T 22239 level 3 parts the duties of system, security and audit administrators: here administrator, risk officer and
auditor. What decides and what checks the deciders exclude one another too.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

# Roles that decide something about customers, money, prices or people.
DECIDING = frozenset(
    {
        Role.TELLER,
        Role.BRANCH_SUPERVISOR,
        Role.REVIEWER,
        Role.APPROVER,
        Role.SERVICE_AGENT,
        Role.MARKETER,
        Role.PRODUCT_MANAGER,
        Role.RISK_OFFICER,
        Role.MANAGER,
    }
)


@dataclass(frozen=True)
class Conflict:
    """Two duties that exclude one another, and why."""

    one: Role
    other: Role
    why: Promise


_AUDIT = _("Whoever checks the deciders decides nothing.")
_RUNS = _("Whoever runs the portal does not decide what it carries out.")
_MLPS = _("System, security and audit administration are three people's duties (GB/T 22239, level 3).")
_OWN = _("Whoever enters something at the counter does not approve it.")
_PRICE = _("Whoever sets prices and sells does not judge the risk.")

CONFLICTS: tuple[Conflict, ...] = (
    Conflict(Role.AUDITOR, Role.ADMINISTRATOR, _MLPS),
    Conflict(Role.AUDITOR, Role.RISK_OFFICER, _MLPS),
    Conflict(Role.ADMINISTRATOR, Role.RISK_OFFICER, _MLPS),
    *(Conflict(Role.AUDITOR, role, _AUDIT) for role in sorted(DECIDING - {Role.RISK_OFFICER})),
    Conflict(Role.ADMINISTRATOR, Role.APPROVER, _RUNS),
    Conflict(Role.ADMINISTRATOR, Role.REVIEWER, _RUNS),
    Conflict(Role.ADMINISTRATOR, Role.TELLER, _RUNS),
    Conflict(Role.ADMINISTRATOR, Role.MANAGER, _RUNS),
    Conflict(Role.ADMINISTRATOR, Role.BRANCH_SUPERVISOR, _RUNS),
    Conflict(Role.TELLER, Role.BRANCH_SUPERVISOR, _OWN),
    Conflict(Role.TELLER, Role.APPROVER, _OWN),
    Conflict(Role.TELLER, Role.MANAGER, _OWN),
    Conflict(Role.PRODUCT_MANAGER, Role.RISK_OFFICER, _PRICE),
    Conflict(Role.MARKETER, Role.RISK_OFFICER, _PRICE),
)


def conflicts(roles: Collection[str]) -> list[Conflict]:
    """This function will list the pairs among these roles that exclude one another."""
    held = set(roles)
    return [pair for pair in CONFLICTS if pair.one in held and pair.other in held]


def critical(role: str) -> bool:
    """This function will say whether two people must approve that somebody gets a role."""
    return role in {
        Role.BRANCH_SUPERVISOR,
        Role.APPROVER,
        Role.RISK_OFFICER,
        Role.MANAGER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    }
