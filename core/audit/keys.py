"""The key that seals the trail."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST = 16


def key() -> bytes:
    """This function will answer the sealing key; raises ImproperlyConfigured when there is none worth the name."""
    found: str = settings.AUDIT_KEY
    if len(found) < SHORTEST:
        raise ImproperlyConfigured(f"PORTAL_AUDIT_KEY must have at least {SHORTEST} characters")
    return found.encode()
