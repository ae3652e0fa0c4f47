"""Who works here, who is away, who holds what. Nothing is written here."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.staff import duties
from accounts.staff.models import AccessReview, Departure, Leave, RoleGrant
from core import policy

KNOWN = frozenset(role.value for role in Role)


def has_left(*, user: User) -> bool:
    """This function will say whether a colleague has left the bank."""
    return Departure.objects.filter(user=user).exists()


@dataclass(frozen=True)
class Holding:
    """One line of the access review: somebody holds a role."""

    public_id: uuid.UUID
    name: str
    employee_number: str
    role: str
    since: datetime | None  # None: held before the bank began to note it
    given_by: str
    is_active: bool
    last_sign_in: datetime | None
    last_act: datetime | None  # the person's last row in the audit trail
    last_decision: datetime | None  # their last decision on the desk

    def as_json(self) -> dict[str, Any]:
        return {
            "user": str(self.public_id),
            "name": self.name,
            "employee_number": self.employee_number,
            "role": self.role,
            "since": self.since.isoformat() if self.since else None,
            "given_by": self.given_by,
            "last_act": self.last_act.isoformat() if self.last_act else None,
        }


@dataclass(frozen=True)
class Held:
    """Somebody who holds duties that exclude one another."""

    name: str
    employee_number: str
    conflict: duties.Conflict


_HOLDINGS = """
    SELECT u.public_id, u.full_name, u.email, u.employee_number, g.name, r.since, coalesce(r.given_by, ''),
           u.is_active, u.last_login, act.acted_at, decided.decided_at
      FROM accounts_user u
      JOIN accounts_user_groups ug ON ug.user_id = u.id
      JOIN auth_group g ON g.id = ug.group_id
      LEFT JOIN staff_rolegrant r ON r.user_id = u.id AND r.role = g.name AND r.ended_at IS NULL
      LEFT JOIN LATERAL (SELECT a.acted_at FROM audit_row a WHERE a.actor_id = u.id ORDER BY a.id DESC LIMIT 1)
                act ON true
      LEFT JOIN LATERAL (SELECT max(d.decided_at) AS decided_at FROM reviews_decision d WHERE d.reviewer_id = u.id)
                decided ON true
     WHERE u.is_staff AND g.name = ANY(%s)
     ORDER BY u.employee_number NULLS LAST, u.id, g.name
"""


def holdings(*, now: datetime) -> list[Holding]:  # noqa: ARG001 - the list is as of this moment
    """This function will list who holds which role, since when, and when it was last used, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, [sorted(KNOWN)])
        return [
            Holding(public_id, name or email or "", number or "", role, since, by, active, login, act, decided)
            for public_id, name, email, number, role, since, by, active, login, act, decided in cursor.fetchall()
        ]


def incompatible() -> list[Held]:
    """This function will find everybody who holds duties that exclude one another, in one query."""
    roles: dict[str, set[str]] = defaultdict(set)
    names: dict[str, tuple[str, str]] = {}
    rows = User.objects.filter(is_staff=True, is_active=True, groups__name__in=KNOWN)
    for pk, number, name, email, role in rows.values_list(
        "pk", "employee_number", "full_name", "email", "groups__name"
    ).order_by("pk"):
        person = (number or f"account {pk}").upper()
        roles[person].add(role)
        names[person] = (name or email or "", number or "")
    return [Held(*names[person], pair) for person in sorted(roles) for pair in duties.conflicts(roles[person])]


def quarter(day: date) -> str:
    """This function will name the quarter of a day: 2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def review_of(period: str) -> AccessReview | None:
    """This function will find the confirmation of a quarter."""
    return AccessReview.objects.select_related("confirmed_by").filter(period=period).first()


def review_overdue(*, now: datetime) -> bool:
    """This function will say whether the last confirmation is older than the bank allows."""
    last = AccessReview.objects.order_by("-confirmed_at").first()
    days = int(policy.value("staff.access_review_days", on=timezone.localdate(now)))
    return last is None or (now - last.confirmed_at).days >= days


def absent(people: Collection[int], *, now: datetime) -> frozenset[int]:
    """This function will say which of these people (primary keys) are away, or have left (`settings.REVIEW_DOORS`)."""
    today = timezone.localdate(now)
    away = Leave.objects.filter(user__in=people, cancelled_at=None, starts_on__lte=today, ends_on__gte=today)
    left = Departure.objects.filter(user__in=people)
    return frozenset(away.values_list("user_id", flat=True).union(left.values_list("user_id", flat=True)))


def colleagues() -> list[User]:
    """This function will list everybody who works here or did, with roles, absences and departure, in four queries."""
    people = User.objects.filter(is_staff=True).select_related("departure").prefetch_related("groups", "leaves__deputy")
    return list(people.order_by("employee_number", "pk"))


def colleague(public_id: uuid.UUID) -> User | None:
    """This function will find somebody who works here or did."""
    return (
        User.objects.filter(is_staff=True, public_id=public_id)
        .select_related("departure__ended_by")
        .prefetch_related("groups", "leaves__deputy", "invitations")
        .first()
    )


def history(user: User) -> list[RoleGrant]:
    """This function will list the roles somebody holds or held, the newest first."""
    return list(RoleGrant.objects.filter(user=user).order_by("-since", "-id"))
