"""The kind of change that gives a role to a colleague, or takes one away."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import LABELS, Role
from accounts.staff import duties, grants, persons
from core import audit
from core.changes.errors import Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.reviews.subject import Person, Text

GIVE, TAKE = "give", "take"


class RoleChange:
    """Payload: user (public id), role, act ("give" or "take")."""

    label: Text = gettext_lazy("Role of a colleague")
    hint: Text = gettext_lazy("A colleague gets a role, or no longer holds one.")

    def key(self, payload: Payload) -> str:
        return f"{payload['user']}:{payload['role']}"

    def title(self, payload: Payload) -> str:
        user = _user(payload)
        sign = "+" if payload["act"] == GIVE else "−"
        return f"{user.employee_number} {user.full_name} {sign} {payload['role']}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        if payload["act"] == GIVE and duties.critical(payload["role"]):
            return Approvals(2, ("critical",))
        return Approvals(1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The role decides, supervises or opens the portal to others.")

    def validate(self, payload: Payload, *, now: datetime) -> None:  # noqa: ARG002
        role, user = _role(payload), _user(payload)
        held = grants.held(user)
        if payload["act"] == TAKE:
            if role not in held:
                raise Refused(lambda: _("%(name)s does not hold this role.") % {"name": user}, field="role")
            return
        if not user.employee_number:
            raise Refused(
                lambda: (
                    _("%(name)s has no employee number; roles belong to a person the bank can tell.") % {"name": user}
                ),
                field="user",
            )
        if hasattr(user, "departure"):
            raise Refused(lambda: _("%(name)s has left the bank.") % {"name": user}, field="user")
        if role in held:
            raise Refused(lambda: _("%(name)s holds this role already.") % {"name": user}, field="role")
        # Of what waits beside it, the first that is approved stands; the other is refused when it is carried out.
        others = duties.conflicts({*grants.held_by_person(user), role.value})
        pair = next((pair for pair in others if role in {pair.one, pair.other}), None)
        if pair is not None:
            other = pair.other if pair.one == role else pair.one
            raise Refused(
                lambda: (
                    _("%(role)s and %(other)s exclude one another. %(why)s")
                    % {"role": LABELS[role], "other": LABELS[other], "why": pair.why}
                ),
                field="role",
            )

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        role, user = _role(payload), _user(payload)
        held = [LABELS[Role(name)] for name in grants.held(user)]
        after = {*grants.held(user)} ^ {role.value}
        lines = [
            Line(gettext_lazy("Colleague"), f"{user.full_name or user} ({user.employee_number or '–'})"),
            Line(
                gettext_lazy("Role"),
                _("%(role)s: given") % {"role": LABELS[role]}
                if payload["act"] == GIVE
                else _("%(role)s: taken away") % {"role": LABELS[role]},
            ),
            Line(
                gettext_lazy("Roles held"),
                ", ".join(str(LABELS[Role(name)]) for name in sorted(after)) or _("none"),
                ", ".join(map(str, held)) or _("none"),
            ),
        ]
        effect = (
            _("It counts with the colleague's next page.")
            if payload["act"] == GIVE
            else _("It counts with the colleague's next page; cases they hold can be taken over.")
        )
        return Preview(lines, [effect])

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        user = _user(payload, lock=lock)
        return json.dumps([sorted(grants.held(user)), user.is_active, user.employee_number, user.full_name])

    def concerns(self, payload: Payload, user: Person) -> bool:
        subject = _user(payload)
        return persons.is_same(subject, user)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        role, user = _role(payload), _user(payload, lock=True)
        self.validate(payload, now=now)  # once more under the lock: another role may have come in the meantime
        before = sorted(grants.held(user))
        if payload["act"] == GIVE:
            grants.give(user=user, role=role, by=key, now=now)
        else:
            grants.take(user=user, roles=[role.value], by=key, now=now)
        after = sorted(grants.held(user))
        audit.record(
            act=f"staff.role_{'given' if payload['act'] == GIVE else 'taken'}",
            subject=user,
            actor=actor,
            before={"roles": before},
            after={"roles": after, "by": key},
            now=now,
        )
        return {"roles": after}


def _role(payload: Payload) -> Role:
    try:
        return Role(payload["role"])
    except ValueError:
        raise Refused(lambda: _("There is no such role."), field="role") from None


def _user(payload: Payload, *, lock: bool = False) -> User:
    rows = User.objects.select_for_update() if lock else User.objects
    user = rows.filter(public_id=payload["user"], is_staff=True).first()
    if user is None:
        raise Refused(lambda: _("There is no such colleague."), field="user")
    return user
