"""What can be said about a request without a person looking: findings for the desk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access.limits import figure
from accounts.recovery import queries
from accounts.recovery.models import Recovery

LABELS = {
    "number": gettext_lazy("The document number is the verified one"),
    "record": gettext_lazy("There is a verified identity to compare with"),
    "contacts": gettext_lazy("Address and number are unchanged"),
    "device": gettext_lazy("Asked from a device used before"),
    "repeated": gettext_lazy("First request in thirty days"),
}


@dataclass(frozen=True)
class Finding:
    """One check: pass, warn (look twice) or fail (no approval)."""

    name: str
    outcome: str
    sentence: Callable[[], str]
    evidence: Mapping[str, Any]


def run(recovery: Recovery, *, now: datetime) -> list[Finding]:
    """This function will run the checks of a request that is complete."""
    user = recovery.user
    record = queries.verified_record(user)
    found = [_number(recovery, record), _record(record)]
    days = figure("contact.former_told_days", now)
    changed = queries.contact_changed_since(user, now - timedelta(days=days))
    found.append(
        Finding(
            "contacts",
            "warn" if changed else "pass",
            lambda: (
                _("Address or number was changed in the last %(days)d days.") % {"days": days}
                if changed
                else _("Address and number were not changed in the last %(days)d days.") % {"days": days}
            ),
            {"changed": changed, "days": days},
        )
    )
    known = recovery.from_known_device
    found.append(
        Finding(
            "device",
            "pass" if known else "warn",
            lambda: (
                _("The request came from a browser this person has signed in with.")
                if known
                else _("The request came from a browser this person never signed in with.")
            ),
            {"known": known},
        )
    )
    earlier = queries.sent_lately(user, now=now) - 1
    found.append(
        Finding(
            "repeated",
            "warn" if earlier > 0 else "pass",
            lambda: _("Earlier requests in the last thirty days: %(count)d.") % {"count": max(earlier, 0)},
            {"earlier": max(earlier, 0)},
        )
    )
    return found


def reasons_for_two(findings: Sequence[Finding]) -> tuple[str, ...]:
    """This function will name the checks for which two different people have to agree."""
    return tuple(finding.name for finding in findings if finding.outcome == "warn")


def _number(recovery: Recovery, record: Any) -> Finding:
    if record is None:
        return Finding("number", "warn", lambda: _("There is no verified number to compare with."), {"record": False})
    same = queries.is_the_number(recovery, record)
    return Finding(
        "number",
        "pass" if same else "fail",
        lambda: (
            _("The number typed is the number that was verified.")
            if same
            else _("The number typed is not the number that was verified.")
        ),
        {"same": same},
    )


def _record(record: Any) -> Finding:
    return Finding(
        "record",
        "pass" if record is not None else "warn",
        lambda: (
            _("Compare the new photos with those of the verified identity.")
            if record is not None
            else _("Nobody's identity was verified here: the photos can be compared with one another only.")
        ),
        {"record": str(record.public_id) if record is not None else ""},
    )
