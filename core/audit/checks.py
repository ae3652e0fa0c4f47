"""What must be set before the portal runs."""

from typing import Any

from django.conf import settings
from django.core import checks

from core.audit import sinks
from core.audit.keys import SHORTEST


@checks.register(checks.Tags.security)
def sealing_key_is_set(**kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for a sealing key, without which the trail would never be chained."""
    if len(settings.AUDIT_KEY) >= SHORTEST:
        return []
    return [
        checks.Error(
            "The audit trail has no sealing key.",
            hint=f"Set PORTAL_AUDIT_KEY to at least {SHORTEST} characters from a random source.",
            id="audit.E001",
        )
    ]


@checks.register(checks.Tags.security)
def sinks_are_known(**kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will look whether every place that anchors are sent to is one the portal knows."""
    try:
        sinks.made()
    except sinks.WrongSink as error:
        return [checks.Error(str(error), hint="docs/operations.md lists them.", id="audit.E002")]
    return []


@checks.register(checks.Tags.security, deploy=True)
def anchors_leave_the_machine(**kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for a place outside this machine: whoever owns it could write the chain anew."""
    if settings.AUDIT_SINKS:
        return []
    return [
        checks.Warning(
            "The audit trail's anchors stay on this machine.",
            hint="Set PORTAL_AUDIT_SINKS to one or more places: docs/operations.md.",
            id="audit.W001",
        )
    ]
