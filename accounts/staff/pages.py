"""Finished values for the templates about colleagues."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import LABELS, Role
from accounts.staff import duties, errors, queries

SENTENCES: dict[type[errors.NotDone], Promise] = {
    errors.EmailTaken: gettext_lazy("Somebody signs in with this address already. Nobody was invited."),
    errors.NumberTaken: gettext_lazy("Another account has this employee number. One person has one account."),
    errors.AlreadyLeft: gettext_lazy("This colleague has left the bank. Nothing was changed."),
    errors.LinkDead: gettext_lazy("This account is open already; a new link is not needed. Nothing was changed."),
    errors.NotOneself: gettext_lazy("Nobody does this for themselves. Nothing was changed."),
    errors.WrongDays: gettext_lazy("The last day lies before the first, or it is over. Nothing was changed."),
    errors.Overlaps: gettext_lazy("Another absence covers some of these days. Nothing was changed."),
    errors.ListChanged: gettext_lazy(
        "Somebody's roles have changed since you opened the list. Read it again, then confirm."
    ),
    errors.AlreadyConfirmed: gettext_lazy("This quarter's list is confirmed already. Nothing was changed."),
}


def refusal(error: errors.NotDone) -> str:
    """This function will say why something was not done."""
    return str(SENTENCES[type(error)])


def role_names(user: User) -> list[Promise | str]:
    """This function will name somebody's roles; the groups are fetched already."""
    return [LABELS[Role(group.name)] for group in user.groups.all() if group.name in queries.KNOWN]


def standing(user: User, *, now: datetime) -> dict[str, str]:
    """This function will say in a word how it stands with a colleague, and its colour."""
    today = timezone.localdate(now)
    if hasattr(user, "departure"):
        return {"text": _("Has left"), "tone": "info"}
    if not user.is_active:
        return {"text": _("Invited"), "tone": "waiting"}
    if any(leave.cancelled_at is None and leave.starts_on <= today <= leave.ends_on for leave in user.leaves.all()):
        return {"text": _("Away"), "tone": "waiting"}
    return {"text": _("At work"), "tone": "good"}


def row(user: User, *, now: datetime) -> dict[str, Any]:
    """This function will give one line of the list of colleagues."""
    return {
        "colleague": user,
        "url": reverse("admin:staff_colleague", args=[user.public_id]),
        "roles": role_names(user),
        "standing": standing(user, now=now),
    }


def screen(user: User, *, now: datetime) -> dict[str, Any]:
    """This function will give everything the page of one colleague shows."""
    today = timezone.localdate(now)
    grants = queries.history(user)
    noted = {grant.role for grant in grants if grant.ended_at is None}
    return {
        **row(user, now=now),
        "history": [{"label": LABELS.get(Role(grant.role), grant.role), "grant": grant} for grant in grants],
        "before_records": [
            LABELS[Role(group.name)]
            for group in user.groups.all()
            if group.name in queries.KNOWN and group.name not in noted
        ],
        "leaves": [leave for leave in user.leaves.all() if leave.cancelled_at is None and leave.ends_on >= today],
        "conflicts": duties.conflicts({group.name for group in user.groups.all()}),
        "has_left": hasattr(user, "departure"),
        "invited": not user.is_active and not hasattr(user, "departure"),
        "invitation": next(
            (one for one in user.invitations.all() if one.used_at is None and one.revoked_at is None), None
        ),
    }


def access(*, now: datetime) -> dict[str, Any]:
    """This function will give the access review: every role somebody holds, and what stands out."""
    lines, period = queries.holdings(now=now), queries.quarter(timezone.localdate(now))
    return {
        "lines": [
            {
                "line": line,
                "role": LABELS[Role(line.role)],
                "key": f"{line.public_id}:{line.role}",
                "used": max(filter(None, (line.last_act, line.last_decision)), default=None),
            }
            for line in lines
        ],
        "holdings": lines,
        "period": period,
        "review": queries.review_of(period),
        "overdue": queries.review_overdue(now=now),
        "conflicts": [
            {
                "held": held,
                "one": LABELS[held.conflict.one],
                "other": LABELS[held.conflict.other],
            }
            for held in queries.incompatible()
        ],
    }
