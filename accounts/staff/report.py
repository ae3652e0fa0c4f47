"""The nightly report about duties that exclude one another, and an access review that is overdue."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import inbox
from accounts.models import User
from accounts.roles import LABELS, Role
from accounts.staff import queries
from core import audit

READERS = (Role.AUDITOR, Role.MANAGER)


def tell(*, now: datetime) -> list[queries.Held]:
    """This function will leave an audit row and a message for each day on which somebody holds what excludes itself.

    A repeat on the same day leaves nothing more.
    """
    found, today = queries.incompatible(), timezone.localdate(now)
    overdue = queries.review_overdue(now=now)
    if not (found or overdue):
        return found
    with transaction.atomic():
        fresh = False
        for reader in User.objects.filter(is_active=True, groups__name__in=READERS).distinct().order_by("pk"):
            if found:
                fresh |= inbox.send(
                    user=reader,
                    event="staff.duties_conflict",
                    key=f"staff.duties:{today}",
                    text=lambda: _words(found),
                    link=reverse("admin:staff_access"),
                    now=now,
                )
            if overdue:
                inbox.send(
                    user=reader,
                    event="staff.review_due",
                    key=f"staff.review:{queries.quarter(today)}",
                    text=_due,
                    link=reverse("admin:staff_access"),
                    now=now,
                )
        if fresh:
            audit.record(
                act="staff.duties_conflict",
                subject="staff:duties",
                actor="system: nightly look at duties",
                after={held.employee_number or held.name: [held.conflict.one, held.conflict.other] for held in found},
                now=now,
            )
    return found


def _words(found: list[queries.Held]) -> tuple[str, str]:
    lines = [
        _("%(name)s (%(number)s): %(one)s and %(other)s. %(why)s")
        % {
            "name": held.name,
            "number": held.employee_number or "–",
            "one": LABELS[held.conflict.one],
            "other": LABELS[held.conflict.other],
            "why": held.conflict.why,
        }
        for held in found
    ]
    title = ngettext(
        "%(count)d colleague holds duties that exclude one another",
        "%(count)d colleagues hold duties that exclude one another",
        len({held.employee_number or held.name for held in found}),
    ) % {"count": len({held.employee_number or held.name for held in found})}
    return title, "\n".join(lines)


def _due() -> tuple[str, str]:
    return (
        _("Confirm who holds which role"),
        _("The list of roles has not been confirmed for longer than the bank allows. A manager reads and confirms it."),
    )
