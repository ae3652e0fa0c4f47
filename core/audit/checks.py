"""What must be set before the portal runs."""

from typing import Any

from django.conf import settings
from django.core import checks

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
